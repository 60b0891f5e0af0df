"""README's pictures: how a terminal's bytes become an SVG, and those that are committed."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest

pytest.importorskip("pyte")

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
SVG = "{http://www.w3.org/2000/svg}"
COMMITTED = pytest.mark.parametrize("path", sorted(DOCS.glob("*.svg")), ids=lambda path: path.name)

LOG = (
    "$ dlgrade watch\r\n",
    "\x1b[H\x1b[2J\x1b[2moptimization\x1b[0m 1/4 \x1b[32m██\x1b[0m\x1b[2m░░░\x1b[0m 2/5\n"
    "\x1b[1;31m✗\x1b[0m \x1b[1mdouble\x1b[0m <script>&amp;\x1b[4mhere\x1b[0m\n漢字 wide",
    "\x1b[H\x1b[2J\x1b[32m✓\x1b[0m double",
)
"""What a programme wrote, a piece for each screen."""


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[ModuleType, ModuleType]]:
    """The two modules in docs/: screens, and pictures."""
    pytest.importorskip("pexpect")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        yield importlib.import_module("screens"), importlib.import_module("pictures")
        for name in ("screens", "pictures"):
            sys.modules.pop(name)


@pytest.fixture(scope="module")
def screens(made: tuple[ModuleType, ModuleType]) -> ModuleType:
    """From bytes to an SVG."""
    return made[0]


@pytest.fixture(scope="module")
def recording(screens: ModuleType) -> Any:
    """The log as a recording in two panes, of which the upper one never changes."""
    terminal = screens.Terminal(40, 6)
    above = screens.Pane("file.py", ((screens.Run(0, "x = 1"),),))
    moments = []
    for seconds, piece in zip((1.0, 2.5, 0.5), LOG, strict=True):
        terminal.feed(piece)
        pane = screens.Pane("terminal", terminal.rows(), key="h")
        moments.append(screens.Moment(seconds, (above, pane)))
    return screens.Recording("A < title", "What & happens", 40, (2, 6), tuple(moments))


def test_a_screen_is_read_with_its_looks(screens: ModuleType) -> None:
    """Colours, bold, faint and underlined text, each at its column; wide letters take two."""
    terminal = screens.Terminal(40, 6)
    for piece in LOG[:2]:
        terminal.feed(piece)
    first, second, third = terminal.rows()
    assert [(run.column, run.text, run.ink) for run in first] == [
        (0, "optimization", "dim"),
        (13, "1/4", "text"),
        (17, "██", "green"),
        (19, "░░░", "dim"),
        (23, "2/5", "text"),
    ]
    assert [(run.text, run.ink, run.bold, run.underlined) for run in second] == [
        ("✗", "red", True, False),
        ("double", "text", True, False),
        ("<script>&amp;", "text", False, False),
        ("here", "text", False, True),
    ]
    assert third == (screens.Run(0, "漢字 wide"),)


def test_a_recording_is_well_formed(screens: ModuleType, recording: Any) -> None:
    """Whatever was on the screen is text of the picture, and nothing else."""
    for theme in screens.THEMES:
        root = ElementTree.fromstring(screens.draw(recording, theme))
        assert root.findtext(f"{SVG}title") == "A < title"
        assert root.findtext(f"{SVG}desc") == "What & happens"
        texts = [element.text for element in root.iter(f"{SVG}text")]
        assert "<script>&amp;" in texts
        assert {element.tag for element in root.iter()} == {
            f"{SVG}{name}"
            for name in ("svg", "title", "desc", "style", "g", "rect", "path", "text")
        }


def test_columns_hold_in_every_font(screens: ModuleType, recording: Any) -> None:
    """Each run says how wide it is; a wide letter is two columns."""
    root = ElementTree.fromstring(screens.draw(recording, screens.LIGHT))
    widths = {element.text: element.get("textLength") for element in root.iter(f"{SVG}text")}
    assert widths["optimization"] == f"{12 * screens.CELL:.1f}"
    assert widths["漢字 wide"] == f"{9 * screens.CELL:.1f}"


def test_each_state_has_its_time(screens: ModuleType, recording: Any) -> None:
    """States that look alike are one; the times of a pane fill the whole without a gap."""
    text = screens.draw(recording, screens.DARK)
    assert text.count('id="p0-') == 1
    assert text.count('id="p1-') == 3
    assert "@keyframes p1-0{0%{opacity:1}25.00%,100%{opacity:0}}" in text
    assert "@keyframes p1-1{0%{opacity:0}25.00%{opacity:1}87.50%,100%{opacity:0}}" in text
    assert "@keyframes p1-2{0%{opacity:0}87.50%{opacity:1}100%{opacity:1}}" in text
    assert "4.00s step-end infinite" in text


def test_without_motion_the_last_state_stays(screens: ModuleType, recording: Any) -> None:
    """Animation is named only where motion is welcome; until then one state of a pane is seen."""
    text = screens.draw(recording, screens.DARK)
    still, _, moving = text.partition("@media (prefers-reduced-motion:no-preference)")
    assert "animation" not in still
    assert "animation:" in moving
    assert ".s{opacity:0}.z{opacity:1}" in still
    assert re.findall(r'class="s z" id="(.*?)"', text) == ["p0-0", "p1-2"]


def test_a_still_does_not_move(screens: ModuleType, recording: Any) -> None:
    """One moment makes a picture without animation or hidden parts."""
    one = screens.Recording("a", "b", 40, (2, 6), recording.moments[:1])
    text = screens.draw(one, screens.LIGHT)
    assert "opacity:0" not in text
    assert "keyframes" not in text


def test_text_stands_out(screens: ModuleType) -> None:
    """Every ink has a contrast of 4.5 : 1 on what it stands on."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        high, low = sorted((luminance(one), luminance(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    inks = ("text", "dim", "red", "green", "brown", "blue", "magenta", "cyan")
    for theme in screens.THEMES:
        pairs = [(ink, ground) for ink in inks for ground in ("ground", "saved")]
        pairs += [("dim", "bar"), ("accent", "bar")]
        low = {pair: contrast(getattr(theme, pair[0]), getattr(theme, pair[1])) for pair in pairs}
        assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}


def test_an_unknown_picture(
    made: tuple[ModuleType, ModuleType], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and the names that there are; nothing is recorded."""
    assert made[1].main(["wach"]) == 2
    assert "there is no picture wach; there are watch, check, " in capsys.readouterr().err


def test_code_keeps_its_columns(made: tuple[ModuleType, ModuleType]) -> None:
    """Each piece of a line stands where it stands in the file, behind the line's number."""
    (row,) = made[1].code(["    for n in range(2):  # twice"], 7)
    assert row[0].text == "  7"
    line = "".ljust(60)
    for run in row[1:]:
        line = line[: run.column] + run.text + line[run.column + len(run.text) :]
    assert line.rstrip() == "         for n in range(2):  # twice"
    assert {run.text: run.ink for run in row}["for"] == "magenta"


def test_every_picture_is_there_twice(made: tuple[ModuleType, ModuleType]) -> None:
    """Light and dark, and no other."""
    names = (*made[1].TERMINALS, "watch-still")
    wanted = {f"{name}-{theme}.svg" for name in names for theme in ("light", "dark")}
    assert {path.name for path in DOCS.glob("*.svg")} == wanted
    pages = {f"{name}-{theme}.png" for name in made[1].PAGES for theme in ("light", "dark")}
    assert {path.name for path in DOCS.glob("*.png")} == pages


@COMMITTED
def test_a_committed_svg_stands_alone(path: Path) -> None:
    """Well-formed, small, described, without scripts, links or the paths of some machine."""
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert path.stat().st_size < 300_000
    assert root.get("role") == "img"
    assert len(root.findtext(f"{SVG}title") or "") > 10
    assert len(root.findtext(f"{SVG}desc") or "") > 40
    assert root.get("aria-labelledby") == "title about"
    assert not re.search(r"<script|href|url\(|@import|@font-face|\son\w+=", text)
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"/(root|home|tmp|usr|opt|work)/", text)


@COMMITTED
def test_both_themes_show_the_same(path: Path) -> None:
    """Only the colours differ."""
    other = path.with_name(path.name.replace("-light", "-dark"))
    colour = re.compile(r"#[0-9a-f]{6}")
    assert colour.sub("#", path.read_text()) == colour.sub("#", other.read_text())


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.png")), ids=lambda path: path.name)
def test_a_committed_png_is_small(path: Path) -> None:
    """A PNG that is sharp on dense screens, below 250 kB."""
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(data[16:20], "big") == 1500
    assert len(data) < 250_000


def test_the_picture_of_check_is_what_it_prints_today(tmp_path: Path) -> None:
    """Every line of the verdict is in the picture, word for word."""
    demo = ROOT / "solutions" / "_demo" / "normalization" / "layer_norm.py"
    file = tmp_path / "dlgrade-demo" / "normalization" / "layer_norm.py"
    file.parent.mkdir(parents=True)
    file.write_bytes(demo.read_bytes())
    lost = ("NO_COLOR", "FORCE_COLOR", "DLGRADE_COURSE")
    kept = {name: value for name, value in os.environ.items() if name not in lost}
    done = subprocess.run(
        [sys.executable, "-m", "grader", "check", str(file.relative_to(tmp_path))],
        cwd=tmp_path,
        env={**kept, "COLUMNS": "92", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    root = ElementTree.parse(DOCS / "check-light.svg").getroot()
    shown = "".join(element.text or "" for element in root.iter(f"{SVG}text"))
    verdict = done.stdout.partition("Isolation is")[0].splitlines()
    missing = [line for line in verdict if line.replace(" ", "") not in shown.replace(" ", "")]
    assert "cause:" in done.stdout
    assert missing == []
