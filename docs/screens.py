"""What a terminal showed, as an SVG: a still, or a recording that moves by CSS alone.

The bytes that a programme wrote go through a terminal emulator; the screens that come out are drawn
as text. An SVG is one file without scripts, fonts or links, so it may stand in an ``<img>``. Every
run of text says how wide it is, so columns stay columns in whatever font the reader has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import pyte
from pyte.screens import Char
from rich.cells import cell_len

FONT: Final = (
    "ui-monospace,'SF Mono','Cascadia Mono','DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',"
    "monospace"
)
SIZE: Final = 14
CELL: Final = 8.4
ROW: Final = 20
MARGIN: Final = 18
BAR: Final = 36
"""The height of a window's title."""


@dataclass(frozen=True)
class Theme:
    """Colours, named by what they are for; text stands out from the ground by 4.5 : 1 at least."""

    name: str
    ground: str
    bar: str
    edge: str
    text: str
    dim: str
    red: str
    green: str
    brown: str
    blue: str
    magenta: str
    cyan: str
    accent: str
    saved: str


LIGHT: Final = Theme(
    name="light",
    ground="#ffffff",
    bar="#f3f5f8",
    edge="#cdd4dc",
    text="#1f2430",
    dim="#626b78",
    red="#c4232f",
    green="#18753a",
    brown="#8a5a00",
    blue="#1558c0",
    magenta="#7c3fc4",
    cyan="#0f6f78",
    accent="#1558c0",
    saved="#fff3cf",
)
DARK: Final = Theme(
    name="dark",
    ground="#11151c",
    bar="#1a202a",
    edge="#343d4a",
    text="#e3e8ef",
    dim="#939daa",
    red="#ff7f78",
    green="#52c77a",
    brown="#dfae55",
    blue="#78b0ff",
    magenta="#c79bff",
    cyan="#52cbd4",
    accent="#78b0ff",
    saved="#2d2a18",
)
THEMES: Final = (LIGHT, DARK)


@dataclass(frozen=True)
class Run:
    """Text of one look on one line.

    Attributes:
        column: where it begins, from 0.
        text: without a line feed.
        ink: the name of a colour of the theme.
        bold: whether it is bold.
        underlined: whether it is underlined.
    """

    column: int
    text: str
    ink: str = "text"
    bold: bool = False
    underlined: bool = False


Rows = tuple[tuple[Run, ...], ...]


class _Screen(pyte.Screen):
    """A terminal that knows faint text.

    pyte does not. dlgrade never blinks, so here blinking stands for faint.
    """

    def select_graphic_rendition(self, *attrs: int, private: bool = False) -> None:
        super().select_graphic_rendition(*(5 if code == 2 else code for code in attrs))


class Terminal:
    """What a programme's output makes of a screen.

    Args:
        columns: of the screen.
        lines: of the screen.
    """

    def __init__(self, columns: int, lines: int) -> None:
        self._screen = _Screen(columns, lines)
        # A programme that ends lines as Unix does: a line feed goes back to the first column.
        self._screen.set_mode(pyte.modes.LNM)
        self._stream = pyte.Stream(self._screen)

    def feed(self, text: str) -> None:
        """Takes what was written."""
        self._stream.feed(text)

    @property
    def text(self) -> str:
        """What is on the screen, without looks."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def rows(self) -> Rows:
        """What is on the screen, without empty lines at its end."""
        found = [tuple(self._runs(line)) for line in range(self._screen.lines)]
        while found and not found[-1]:
            found.pop()
        return tuple(found)

    def _runs(self, line: int) -> Iterator[Run]:
        cells = self._screen.buffer[line]
        run: Run | None = None
        for column in range(self._screen.columns):
            cell = cells[column]
            if not cell.data:  # the second half of a wide character
                continue
            ink = _ink(cell)
            look = (ink, cell.bold, cell.underscore)
            if run and look == (run.ink, run.bold, run.underlined):
                run = Run(run.column, run.text + cell.data, *look)
                continue
            if run and run.text.strip():
                yield _trimmed(run)
            run = Run(column, cell.data, *look)
        if run and run.text.strip():
            yield _trimmed(run)


def _ink(cell: Char) -> str:
    if cell.blink:
        return "dim"
    return cell.fg if cell.fg in Theme.__dataclass_fields__ else "text"


def _trimmed(run: Run) -> Run:
    """Without the space around it, which is drawn by drawing nothing."""
    text = run.text.lstrip()
    column = run.column + len(run.text) - len(text)
    return Run(column, text.rstrip(), run.ink, run.bold, run.underlined)


@dataclass(frozen=True)
class Pane:
    """A part of the picture at one moment.

    Attributes:
        title: what stands in its bar.
        rows: its text.
        marked: numbers of lines that are set off, from 0.
        key: what was pressed or done, shown at the end of the bar.
    """

    title: str
    rows: Rows
    marked: tuple[int, ...] = ()
    key: str = ""


@dataclass(frozen=True)
class Moment:
    """What is seen for a while: panes from top to bottom.

    Attributes:
        seconds: how long.
        panes: as many at every moment of a recording.
    """

    seconds: float
    panes: tuple[Pane, ...]


@dataclass(frozen=True)
class Recording:
    """Moments one after another, and words for those who do not see them.

    Attributes:
        title: what it is.
        about: what happens in it.
        columns: how wide it is.
        lines: how many lines each pane has room for.
        moments: what is seen; one of them makes a still.
    """

    title: str
    about: str
    columns: int
    lines: tuple[int, ...]
    moments: tuple[Moment, ...] = field(repr=False)


def draw(recording: Recording, theme: Theme) -> str:
    """The recording as an SVG; its last moment stays for readers who want no motion."""
    width = round(recording.columns * CELL + 2 * MARGIN)
    tops, height = [], 0
    for lines in recording.lines:
        tops.append(height)
        height += BAR + lines * ROW + MARGIN
    moving = len(recording.moments) > 1
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="title about" '
        f'font-family="{FONT}" font-size="{SIZE}">',
        f'<title id="title">{escape(recording.title)}</title>',
        f'<desc id="about">{escape(recording.about)}</desc>',
    ]
    tracks = [_track(recording, number) for number in range(len(tops))]
    parts.append(f"<style>{_style(recording, tracks, theme) if moving else _inks(theme)}</style>")
    parts.append(
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="9" '
        f'fill="{theme.ground}" stroke="{theme.edge}"/>'
    )
    for number, (top, track) in enumerate(zip(tops, tracks, strict=True)):
        parts.append(_bar(top, width, theme))
        for place, (_, _, pane) in enumerate(track):
            last = " z" if place == len(track) - 1 else ""
            name = f' class="s{last}" id="p{number}-{place}"' if moving else ""
            parts.append(f'<g{name} transform="translate({MARGIN} {top})">')
            parts += _pane(pane, width)
            parts.append("</g>")
    parts.append(f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="9" ')
    parts[-1] += f'fill="none" stroke="{theme.edge}"/>'
    return "\n".join([*parts, "</svg>", ""])


Track = list[tuple[float, float, Pane]]


def _track(recording: Recording, number: int) -> Track:
    """What one pane shows: from when, until when; moments that look alike are one."""
    track: Track = []
    now = 0.0
    for moment in recording.moments:
        pane = moment.panes[number]
        if track and track[-1][2] == pane:
            track[-1] = (track[-1][0], now + moment.seconds, pane)
        else:
            track.append((now, now + moment.seconds, pane))
        now += moment.seconds
    return track


def _inks(theme: Theme) -> str:
    names = ("text", "dim", "red", "green", "brown", "blue", "magenta", "cyan")
    rules = [f".{name}{{fill:{getattr(theme, name)}}}" for name in names]
    return "".join(
        [
            "text{white-space:pre}",
            *rules,
            f".key{{fill:none;stroke:{theme.accent}}}.say{{fill:{theme.accent}}}",
            f".mark{{fill:{theme.saved}}}",
        ]
    )


def _style(recording: Recording, tracks: Sequence[Track], theme: Theme) -> str:
    """Every state is hidden but the last; where motion is welcome each has its time in turn."""
    total = sum(moment.seconds for moment in recording.moments)
    rules, times = [], []
    for number, track in enumerate(tracks):
        for place, (begin, end, _) in enumerate(track):
            name = f"p{number}-{place}"
            first, last = 100 * begin / total, 100 * end / total
            steps = [f"0%{{opacity:{int(begin == 0)}}}"]
            if begin:
                steps.append(f"{first:.2f}%{{opacity:1}}")
            if place < len(track) - 1:
                steps.append(f"{last:.2f}%,100%{{opacity:0}}")
            else:
                steps.append("100%{opacity:1}")
            times.append(f"@keyframes {name}{{{''.join(steps)}}}")
            rules.append(f"#{name}{{animation-name:{name}}}")
    motion = f".s{{animation:{total:.2f}s step-end infinite}}{''.join(rules)}"
    return (
        f"{_inks(theme)}.s{{opacity:0}}.z{{opacity:1}}{''.join(times)}"
        f"@media (prefers-reduced-motion:no-preference){{{motion}}}"
    )


def _bar(top: int, width: int, theme: Theme) -> str:
    corner = 9 if top == 0 else 0
    y = top + 0.5
    return (
        f'<path d="M.5 {y + BAR}V{y + corner}a{corner} {corner} 0 0 1 {corner} -{corner}'
        f'H{width - 0.5 - corner}a{corner} {corner} 0 0 1 {corner} {corner}V{y + BAR}z" '
        f'fill="{theme.bar}" stroke="{theme.edge}"/>'
    )


def _pane(pane: Pane, width: int) -> Iterable[str]:
    yield _text(0, BAR / 2 + 5, Run(0, pane.title, "dim"))
    if pane.key:
        size = cell_len(pane.key) * CELL
        right = width - 2 * MARGIN
        yield (
            f'<rect class="key" x="{right - size - 16:.1f}" y="{BAR / 2 - 11:g}" '
            f'width="{size + 16:.1f}" height="22" rx="6"/>'
        )
        yield _text(right - size - 8, BAR / 2 + 5, Run(0, pane.key, "say"))
    for line in pane.marked:
        yield (
            f'<rect class="mark" x="{1 - MARGIN}" y="{BAR + MARGIN / 2 + line * ROW:g}" '
            f'width="{width - 2}" height="{ROW}"/>'
        )
    for line, runs in enumerate(pane.rows):
        baseline = BAR + MARGIN / 2 + line * ROW + 15
        for run in runs:
            yield from _drawn(run, baseline)


def _drawn(run: Run, baseline: float) -> Iterator[str]:
    """Text; a bar that is made of blocks becomes a bar, which no font can tear apart."""
    if not set(run.text) <= {"█", "░"}:
        yield _text(run.column * CELL, baseline, run)
        return
    at = run.column
    for block, opacity in (("█", 1), ("░", 0.3)):
        size = run.text.count(block)
        if size:
            yield (
                f'<rect class="{run.ink}" x="{at * CELL:.1f}" y="{baseline - 11:g}" '
                f'width="{size * CELL:.1f}" height="12" opacity="{opacity}"/>'
            )
            at += size


def _text(x: float, y: float, run: Run) -> str:
    looks: dict[str, Any] = {"class": run.ink, "x": f"{x:.1f}", "y": f"{y:g}"}
    looks["textLength"] = f"{cell_len(run.text) * CELL:.1f}"
    if cell_len(run.text) > 1:
        looks["lengthAdjust"] = "spacingAndGlyphs"
    if run.bold:
        looks["font-weight"] = "700"
    if run.underlined:
        looks["text-decoration"] = "underline"
    shown = " ".join(f"{name}={quoteattr(str(value))}" for name, value in looks.items())
    return f"<text {shown}>{escape(run.text)}</text>"
