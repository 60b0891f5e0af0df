"""Makes every picture of README.md from the programme as it is: ``python docs/pictures.py``.

A learner, and for the class page an instructor, is played on a pseudo-terminal, in a new folder:
what dlgrade writes there is what the pictures show, and where it says something else than expected
this stops. Only the pauses are set here. Needs the extras ``test`` and ``web``, and Chromium for
the pages. Look at every picture before you commit it.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pexpect
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Number, Operator, Token
from screens import THEMES, Moment, Pane, Recording, Rows, Run, Terminal, draw

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent
COLUMNS: Final = 92
PROMPT: Final = "$ "
PATIENCE_S: Final = 60

EXERCISE: Final = Path("exercises/optimization/gradient_descent.py")
FIRST_TRY: Final = (
    "    for _ in range(steps):",
    "        residual = X @ w - y",
    "        gradient = X.T @ residual / len(y)",
    "        w = w - lr * gradient",
    "    return w",
)
MENDED: Final = (
    *FIRST_TRY[:2],
    "        gradient = 2 * X.T @ residual / len(y)",
    *FIRST_TRY[3:],
)


_UNWANTED: Final = (
    "COLUMNS",
    "DLGRADE_COURSE",
    "FORCE_COLOR",
    "LINES",
    "NO_COLOR",
    "PROMPT_COMMAND",
)
"""What the environment would change in the pictures."""


class Shell:
    """A shell on a pseudo-terminal, in the folder of a new learner.

    Args:
        folder: where it is.
        lines: of its screen.
        columns: of its screen.
    """

    def __init__(self, folder: Path, lines: int, columns: int = COLUMNS) -> None:
        tools = folder / ".tools"
        tools.mkdir(exist_ok=True)
        command = tools / "dlgrade"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grader "$@"\n')
        command.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
        self._terminal = Terminal(columns, lines)
        self._child = pexpect.spawn(
            "bash",
            ["--norc", "--noprofile", "--noediting"],
            cwd=str(folder),
            env={
                **kept,
                "PATH": f"{tools}:{kept['PATH']}",
                "PYTHONPATH": str(ROOT),
                "PS1": PROMPT,
                "TERM": "xterm-256color",
                "LC_ALL": "C.UTF-8",
                "BASH_SILENCE_DEPRECATION_WARNING": "1",
            },
            dimensions=(lines, columns),
            encoding="utf-8",
        )
        self.until(lambda text: text.endswith(PROMPT.rstrip()))

    def type(self, text: str) -> None:
        """Presses keys."""
        self._child.send(text)

    def until(self, seen: Callable[[str], bool] | str) -> Rows:
        """Waits until the screen shows something and stands still; what it shows then.

        Raises:
            TimeoutError: if it does not come; says what is there instead.
        """
        wanted = seen if callable(seen) else lambda text: seen in text
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            try:
                self._terminal.feed(self._child.read_nonblocking(65536, timeout=0.3))
            except pexpect.TIMEOUT:
                if wanted(self._terminal.text.rstrip()):
                    return self._terminal.rows()
        raise TimeoutError(f"the screen never showed {seen}; it shows:\n{self._terminal.text}")

    def run(self, command: str) -> Rows:
        """Runs a command to its end; the screen without the prompt that follows."""
        self.type(f"{command}\n")
        self.until(lambda text: text.endswith("\n" + PROMPT.rstrip()))
        return self._terminal.rows()[:-1]

    def close(self) -> None:
        """Ends the shell."""
        self._child.close(force=True)


@contextmanager
def _learner() -> Iterator[Path]:
    """A folder in which nobody has worked yet, with the exercises in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shell = Shell(folder, 30)
        try:
            shell.run("dlgrade init")
        finally:
            shell.close()
        yield folder


_INKS: Final = ((Comment, "dim"), (Keyword, "magenta"), (Number, "cyan"), (Operator, "blue"))


def code(lines: list[str], first: int) -> Rows:
    """Lines of Python as an editor shows them, numbered from ``first``."""
    rows = []
    for number, line in enumerate(lines, first):
        runs = [Run(0, f"{number:>3}", "dim")]
        column = 5
        for kind, text in PythonLexer(ensurenl=False, stripnl=False).get_tokens(line):
            ink = next((ink for family, ink in _INKS if kind in family), "text")
            if kind is Token.Operator.Word:
                ink = "magenta"
            if text.strip():
                lead = len(text) - len(text.lstrip())
                runs.append(Run(column + lead, text.strip(), ink))
            column += len(text)
        rows.append(tuple(runs))
    return tuple(rows)


class _Editor:
    """The end of a learner's file, as an editor beside the terminal would show it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stub = path.read_text(encoding="utf-8")
        lines = self._stub.splitlines()
        self._first = lines.index("    raise NotImplementedError") + 1
        self._signature = next(line for line in lines if line.startswith("def "))
        self._line = lines.index(self._signature) + 1

    def shown(self, body: tuple[str, ...], marked: tuple[int, ...] = (), key: str = "") -> Pane:
        """The file with a body, of which some lines are set off."""
        docstring = (Run(0, "  ⋮", "dim"),)
        signature = code([self._signature], self._line)
        rows = (*signature, docstring, *code(list(body), self._first))
        return Pane(str(EXERCISE), rows, tuple(line + 2 for line in marked), key)

    def save(self, body: tuple[str, ...]) -> None:
        """Writes the file."""
        text = self._stub.replace("    raise NotImplementedError", "\n".join(body))
        self._path.write_text(text, encoding="utf-8")


def watch() -> Recording:
    """The first minutes of a learner with ``dlgrade watch`` beside the editor."""
    lines = 17
    with _learner() as folder:
        shell = Shell(folder, lines)
        try:
            moments = tuple(_watched(shell, _Editor(folder / EXERCISE)))
        finally:
            shell.close()
    return Recording(
        title="dlgrade watch: a verdict at every save",
        about=(
            "An editor above, a terminal with dlgrade watch below. The learner fills in "
            "gradient_descent and saves. The verdict: 1 of 9 points; cause: leaves the factor 2 of "
            "the square's derivative out. A press of h shows a hint. The factor is put in, the "
            "file is saved again, and all 4 cases pass. A press of n goes on to the next exercise. "
            "The pauses are set for the recording."
        ),
        columns=COLUMNS,
        lines=(7, lines),
        moments=moments,
    )


def _watched(shell: Shell, editor: _Editor) -> Iterator[Moment]:
    stub = ("    raise NotImplementedError",)
    resting = editor.shown(stub)

    def moment(seconds: float, editing: Pane, rows: Rows, key: str = "") -> Moment:
        return Moment(seconds, (editing, Pane("terminal", rows, key=key)))

    prompt = shell.until(PROMPT.rstrip())
    typed = "dlgrade watch"
    for end in range(len(typed) + 1):
        row = (Run(0, f"{PROMPT}{typed[:end]}▏"),)
        yield moment(0.9 if end in (0, len(typed)) else 0.07, resting, (*prompt[:-1], row))
    shell.type(f"{typed}\n")
    started = shell.until("not started")
    yield moment(2.6, resting, started)
    for end in range(1, len(FIRST_TRY) + 1):
        yield moment(0.45, editor.shown(FIRST_TRY[:end]), started)
    editor.save(FIRST_TRY)
    saved = editor.shown(FIRST_TRY, key="saved")
    yield moment(0.7, saved, started)
    wrong = shell.until("cause: leaves the factor 2")
    yield moment(6.5, saved, wrong)
    shell.type("h")
    hinted = shell.until("a square has a factor 2")
    yield moment(0.6, editor.shown(FIRST_TRY), wrong, "h")
    yield moment(4.0, editor.shown(FIRST_TRY), hinted, "h")
    line = next(n for n, (a, b) in enumerate(zip(FIRST_TRY, MENDED, strict=True)) if a != b)
    before, after = FIRST_TRY[line], MENDED[line]
    start = next(n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    extra = len(after) - len(before)
    yield moment(1.2, editor.shown(FIRST_TRY, (line,)), hinted)
    for end in range(1, extra + 1):
        half = after[: start + end] + before[start:]
        body = (*FIRST_TRY[:line], half, *FIRST_TRY[line + 1 :])
        yield moment(0.25, editor.shown(body, (line,)), hinted)
    editor.save(MENDED)
    saved = editor.shown(MENDED, (line,), "saved")
    yield moment(0.7, saved, hinted)
    passed = shell.until("✓ gradient_descent")
    yield moment(3.6, saved, passed)
    shell.type("n")
    following = shell.until("2/4")
    yield moment(0.6, editor.shown(MENDED), passed, "n")
    yield moment(4.0, editor.shown(MENDED), following, "n")
    shell.type("q")


def still_of(recording: Recording) -> Recording:
    """What a recording shows when a cause has been seen: for readers who want no motion."""
    moment = next(
        moment
        for moment in recording.moments
        if any("cause:" in _said(runs) for pane in moment.panes for runs in pane.rows)
    )
    about = (
        "An editor above, a terminal with dlgrade watch below. The learner has saved "
        "gradient_descent. The verdict: 1 of 9 points; cause: leaves the factor 2 of the square's "
        "derivative out. Below it, the keys."
    )
    return replace(recording, about=about, moments=(moment,))


def check() -> Recording:
    """A verdict with its cause, as ``dlgrade check`` prints it."""
    path = "dlgrade-demo/normalization/layer_norm.py"
    with _learner() as folder:
        shutil.copytree(ROOT / "solutions" / "_demo", folder / "dlgrade-demo")
        rows = _printed(folder, f"dlgrade check {path}")
    # What the machine that makes the pictures lacks (in magenta) is no matter of the README.
    rows = tuple(runs for runs in rows if not any(run.ink == "magenta" for run in runs))
    return _still(
        "dlgrade check: a wrong answer, its evidence and its cause",
        "layer_norm has 3 of 12 points. The worst number, how far it is off and what is allowed; "
        "all values differ by the same factor; cause: divides the variance by n - 1, LayerNorm "
        "divides by n. Then the command for a hint, and where the report is.",
        rows,
    )


def _printed(folder: Path, command: str) -> Rows:
    shell = Shell(folder, 50)
    try:
        return shell.run(command)
    finally:
        shell.close()


def _said(runs: tuple[Run, ...]) -> str:
    return " ".join(run.text for run in runs)


def _still(title: str, about: str, rows: Rows) -> Recording:
    moment = Moment(1, (Pane("terminal", rows),))
    return Recording(title, about, COLUMNS, (len(rows),), (moment,))


def quiz() -> Recording:
    """A question answered wrong, and why it is."""
    with _learner() as folder:
        shell = Shell(folder, 50)
        try:
            shell.type("dlgrade quiz normalization\n")
            shell.until("one letter")
            shell.type("a\n")
            rows = shell.until("question 2")
            last = next(n for n, runs in enumerate(rows) if "It comes again" in _said(runs))
        finally:
            shell.close()
    return _still(
        "dlgrade quiz: a question, an answer and the reason",
        "The first question of the quiz on normalization is answered wrong; dlgrade says why it is "
        "wrong, and that the question comes again.",
        rows[: last + 1],
    )


def progress() -> Recording:
    """How far a learner is, as ``dlgrade list`` shows it."""
    with _learner() as folder:
        for name in ("gradient_descent", "sgd"):
            source = ROOT / "solutions" / "optimization" / f"{name}.py"
            shutil.copyfile(source, folder / "exercises" / "optimization" / f"{name}.py")
        demo = ROOT / "solutions" / "_demo" / "normalization" / "layer_norm.py"
        shutil.copyfile(demo, folder / "exercises" / "normalization" / "layer_norm.py")
        _printed(folder, "dlgrade check --no-html -q")
        rows = _printed(folder, "dlgrade list optimization normalization")
    return _still(
        "dlgrade list: how far you are and what is next",
        "Two topics with their exercises and quizzes: two exercises pass, one has some points, the "
        "rest is not started; the last lines say what to do next.",
        rows,
    )


TERMINALS: Final[dict[str, Callable[[], Recording]]] = {
    "watch": watch,
    "check": check,
    "quiz": quiz,
    "list": progress,
}


def report() -> None:
    """An exercise in the report of the demo, from its heading to its figure, in both schemes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _printed(folder, "dlgrade demo -q")
        _photograph(folder / "report.html", "report", _heading_to_figure)


def _heading_to_figure(page: Any) -> tuple[float, float]:
    """Where the picture of the report begins and ends."""
    section = page.locator("section#layer_norm").bounding_box()
    figure = page.locator("section#layer_norm figure").first.bounding_box()
    return section["y"] - 16, figure["y"] + figure["height"] + 8


def _photograph(file: Path, name: str, part: Callable[[Any], tuple[float, float]]) -> None:
    """Writes a part of a page, top and bottom in its own pixels, in both schemes."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for theme in THEMES:
            page: Any = browser.new_page(
                viewport={"width": 1000, "height": 900},
                color_scheme=theme.name,
                device_scale_factor=1.5,
                reduced_motion="reduce",
            )
            page.goto(file.as_uri())
            top, bottom = part(page)
            clip = {"x": 0, "y": top, "width": 1000, "height": bottom - top}
            image = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip)))
            # A page has few colours: 256 of them look the same and take half the room.
            few = image.convert("RGB").quantize(
                256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
            )
            few.save(HERE / f"{name}-{theme.name}.png", optimize=True)
        browser.close()


_NAMES: Final = (
    *("Abara, Chidi", "Berg, Signe", "Castro, Inés", "Demir, Elif"),
    *("Eze, Ada", "Fischer, Jonas", "Gallo, Marta", "Hansen, Ola"),
    *("Ito, Haru", "Jensen, Freja", "Kaya, Deniz", "Lind, Sven"),
    *("Moreau, Chloé", "Novák, Petr", "Okafor, Ben", "Petrov, Dmitri"),
    *("Quist, Nora", "Rossi, Luca", "Sato, Mei", "Tanaka, Jun"),
    *("Ünal, Fatma", "Vogel, Lena", "Weber, Paul", "Xu, Lin"),
    *("Yıldız, Can", "Zając, Ewa"),
)
"""An invented class."""

_ABSENT: Final = (7, 18)
"""Who handed in nothing, by their places."""

_CLASS: Final = "--only layer_norm --only perplexity"


def _handed_in(folder: Path) -> None:
    """What Canvas gives out of the invented class: everybody's files, and the gradebook."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import classes

    demo = (ROOT / "solutions/_demo/normalization/layer_norm.py").read_text(encoding="utf-8")
    rows = ["Student,ID,SIS User ID,SIS Login ID,Section,Week 3: LayerNorm (4711)"]
    rows.append("    Points Possible,,,,,26.00")
    answers = classes.answers(4 * len(_NAMES))
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        for place, name in enumerate(_NAMES):
            rows.append(f'"{name}",{3101 + place},,,Tuesday,')
            if place in _ABSENT:
                continue
            # Every fourth made the demo's mistake; a remark keeps them apart.
            own = {Path(label).name: text for label, text in answers[4 * place].items()}
            if place % 4 == 3:
                own["layer_norm"] = f"{demo}# {place}\n"
            late = "_LATE" if place % 11 == 2 else ""
            squeezed = "".join(filter(str.isalnum, name)).lower()
            for file, text in own.items():
                archive.writestr(f"{squeezed}{late}_{3101 + place}_{9000 + place}_{file}.py", text)
    (folder / "gradebook.csv").write_text("\n".join(rows), encoding="utf-8")


def class_page() -> None:
    """The class page of the invented class, from its headline to the hardest cases."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _handed_in(folder)
        command = "dlgrade cohort submissions.zip --out graded --canvas gradebook.csv"
        for runs in _printed(folder, f"{command} {_CLASS}"):
            print(_said(runs))
        _photograph(folder / "graded" / "class.html", "class", _talk_to_points)


def _talk_to_points(page: Any) -> tuple[float, float]:
    """Where the picture of the class begins and ends."""
    panel = page.locator("section:has(> #class\\:points)").bounding_box()
    return 0, panel["y"] + panel["height"] + 12


def _write(name: str, recording: Recording) -> None:
    for theme in THEMES:
        path = HERE / f"{name}-{theme.name}.svg"
        path.write_text(draw(recording, theme), encoding="utf-8")


PAGES: Final[dict[str, Callable[[], None]]] = {"report": report, "class": class_page}


def main(names: list[str]) -> int:
    """Makes the pictures that are named, or all."""
    known = [*TERMINALS, *PAGES]
    for name in names:
        if name not in known:
            print(f"there is no picture {name}; there are {', '.join(known)}", file=sys.stderr)
            return 2
    for name in names or known:
        if name in PAGES:
            PAGES[name]()
        else:
            recording = TERMINALS[name]()
            _write(name, recording)
            if len(recording.moments) > 1:
                _write(f"{name}-still", still_of(recording))
        print(f"made docs/{name}-*")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
