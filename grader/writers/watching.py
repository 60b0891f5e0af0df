"""The frame around a verdict while a learner works: where they are, and which keys there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grader.result import Exercise, Quiz, Result
from grader.writers import terminal, words
from grader.writers.typeset import Line, Role, Span, clipped, clipped_left, hanging
from grader.writers.visible import ascii_text, one_line

_BAR: Final = 20
_LEAST_BAR: Final = 6
_ASKS_LINES: Final = 2

KEYS: Final = (
    ("n", "next"),
    ("h", "hint"),
    ("d", "details"),
    ("l", "list"),
    ("c", "check all"),
    ("o", "report"),
    ("r", "reset"),
    ("q", "quit"),
)
"""Each key and what it does."""

MORE_KEYS: Final = (("enter", "back to the verdict"), ("space, b", "turn the page"))
"""Those that are only told when one asks."""

_SHORT: Final = 16
"""With fewer rows than this the keys are named, not explained."""

_LEAST_BODY: Final = 13
"""Lines of a verdict that are worth more than what stands around it."""

_GO_BACK: Final = "enter: back to the verdict"
_AROUND: Final = 4
"""Lines around it that are worth as much: progress, title, the file to edit, the keys."""

GREETING: Final = 9
"""The rank of lines of a body that go where it does not fit."""

_WIDEST_NAME: Final = 28
_LEAST_TITLE: Final = 16


@dataclass(frozen=True)
class Place:
    """Where a learner is.

    Attributes:
        name: of the exercise or quiz.
        title: what it is called.
        asks: what is to be done, in a sentence or two.
        topic: its topic.
        number: its place in the topic, from 1.
        of: how many exercises and quizzes the topic has.
        edit: the file to edit, with the line if one is known.
        lesson: the file with the topic's lesson; empty if there is none.
        passed: how many exercises and quizzes of the course pass.
        whole: how many there are.
    """

    name: str
    title: str
    asks: str
    topic: str
    number: int
    of: int
    edit: str
    lesson: str
    passed: int
    whole: int


@dataclass(frozen=True)
class Setting:
    """What lines are set for.

    Attributes:
        width: columns.
        ascii_only: whether the terminal's encoding lacks anything but ASCII.
    """

    width: int
    ascii_only: bool

    def text(self, text: str, limit: int = 600) -> str:
        """Text on one line in the letters that there are."""
        shown = one_line(text, limit)
        return ascii_text(shown) if self.ascii_only else shown

    @property
    def cut(self) -> str:
        """The sign for what is left out."""
        return "..." if self.ascii_only else "…"


@dataclass(frozen=True)
class Frame:
    """What fills a terminal.

    Attributes:
        lines: from the top; never more than there are rows.
        page: which page of the body they show, from 0.
        pages: how many pages it has.
    """

    lines: tuple[Line, ...]
    page: int
    pages: int


def frame(
    place: Place,
    body: Sequence[Line],
    setting: Setting,
    rows: int,
    *,
    note: str = "",
    live: str = "",
    page: int = 0,
    aside: bool = False,
    calm: str = "",
) -> Frame:
    """A body between the learner's place and the keys, which stay at the bottom.

    On a small terminal the body comes first: what is around it goes, the most dispensable before.

    Args:
        place: where the learner is.
        body: what they look at.
        setting: what the lines are set for.
        rows: how many there are on the terminal.
        note: a line about what is under way or went wrong.
        live: address of the live page, if there is one.
        page: which page of a body that does not fit; too large a number means the last.
        aside: whether the body is something else than the verdict, and how to go back is said.
        calm: what is said where there is no note.
    """
    above = head(place, setting)
    if aside:
        above = [above[0], above[-1]]
    below = foot(setting, rows, note, live, _GO_BACK if aside else calm)
    least = max(1, min(len(body), _LEAST_BODY, max(rows - _AROUND, rows * 2 // 3)))
    _trim(above, below, rows - least, setting.width)
    room = max(rows - sum(_height(line, setting.width) for line in (*above, *below)), 1)
    if len(body) > room:
        body = [line for line in body if line.rank < GREETING]
    shown, page, pages = _paged(body, room, page)
    blank = [Line(())] * (room - len(shown))
    lines = (_cut(line, setting) for line in (*above, *shown, *blank, *below))
    return Frame(tuple(lines), page, pages)


def _cut(line: Line, setting: Setting) -> Line:
    """A line no wider than the terminal; an address is never cut, for it is clicked or copied."""
    if line.width <= setting.width or _is_linked(line):
        return line
    spans: list[Span] = []
    room = setting.width
    for span in line.spans:
        if span.width > room or (span.width == room and span is not line.spans[-1]):
            return Line((*spans, Span(clipped(f"{span.text}  ", room, setting.cut), span.role)))
        spans.append(span)
        room -= span.width
    return line


def _trim(above: list[Line], below: list[Line], most: int, width: int) -> None:
    """Takes lines away, the most dispensable first, until the rest takes so many rows."""
    while sum(_height(line, width) for line in (*above, *below)) > most:
        side, line = max(
            ((side, line) for side in (below, above) for line in side), key=lambda at: at[1].rank
        )
        if line.rank == 0:
            return
        side.remove(line)


def _height(line: Line, width: int) -> int:
    """Rows that a line takes: an address goes on in the next row, anything else is cut."""
    return -(-line.width // width) if _is_linked(line) else 1


def _is_linked(line: Line) -> bool:
    return any(span.role == "link" for span in line.spans)


def _paged(body: Sequence[Line], room: int, page: int) -> tuple[list[Line], int, int]:
    if len(body) <= room:
        return list(body), 0, 1
    size = max(room - 1, 1)
    pages = -(-len(body) // size)
    page = min(page, pages - 1)
    shown = list(body[page * size : (page + 1) * size])
    if room > 1:
        shown += [Line(())] * (size - len(shown))
        shown.append(Line((Span(f"page {page + 1} of {pages}: space and b turn it", "dim"),)))
    return shown, page, pages


def head(place: Place, setting: Setting) -> list[Line]:
    """Topic and progress, the exercise and what it asks, the files to edit and to read.

    What has no rank stays on the smallest terminal.
    """
    lines = [_progress(place, setting)]
    named = (Span(setting.text(place.name, 60), "strong"), Span("  "))
    title = setting.text(place.title)
    lines += hanging(named, title, setting.width, rank=3, most=1, cut=setting.cut)
    if place.asks:
        lines += hanging(
            (Span("  "),),
            setting.text(place.asks),
            setting.width,
            role="dim",
            rank=6,
            most=_ASKS_LINES,
            cut=setting.cut,
        )
    for label, path, rank in (("edit", place.edit, 1), ("lesson", place.lesson, 5)):
        if path:
            shown = clipped_left(setting.text(path), setting.width - 10, setting.cut)
            lines.append(Line((Span(f"  {label:<8}", "dim"), Span(shown)), rank))
    return [*lines, Line((), 7)]


def foot(setting: Setting, rows: int, note: str = "", live: str = "", calm: str = "") -> list[Line]:
    """What is under way, the address of the live page if there is one, and the keys."""
    said = clipped(setting.text(note or calm), setting.width, setting.cut)
    lines = [Line((Span(said, "yours" if note else "dim"),), 0 if note else 8)]
    if live:
        lines.append(Line((Span("live page ", "dim"), Span(live, "link")), 4))
    if rows < _SHORT:
        keys = " ".join(key for key, _ in KEYS)
        return [*lines, Line((Span("keys ", "dim"), Span(keys, "strong"), Span("  ?", "dim")), 2)]
    return [*lines, *_keys(setting.width)]


def keys() -> list[Line]:
    """Every key and what it does, one below the other."""
    return [
        Line((Span(f"{key:>8}", "strong"), Span(f"  {what}"))) for key, what in (*KEYS, *MORE_KEYS)
    ]


def _keys(width: int) -> list[Line]:
    rows: list[list[Span]] = [[]]
    for key, what in KEYS:
        used = sum(span.width for span in rows[-1])
        if rows[-1] and used + 4 + len(what) + len(key) > width:
            rows.append([])
        gap = [Span("   ")] if rows[-1] else []
        rows[-1] += [*gap, Span(key, "strong"), Span(f" {what}", "dim")]
    return [Line(tuple(row), 4) for row in rows]


def hints(aimed: Sequence[str], steps: Sequence[str], after: str, setting: Setting) -> list[Line]:
    """Hints, the newest last, and what comes after them."""
    lines: list[Line] = []
    for text in aimed:
        lines += [*paragraph(text, setting), Line(())]
    for number, text in enumerate(steps, 1):
        label = (Span(f"{number}  ", "strong"),)
        lines += [*hanging(label, setting.text(text, 4_000), setting.width), Line(())]
    return [*lines, *hanging((), setting.text(after), setting.width, role="dim")]


def to_write(name: str, signatures: Sequence[str], setting: Setting) -> list[Line]:
    """What a learner sees of an exercise that they have not begun: what there is to write."""
    one = len(signatures) == 1
    what = "To write:" if one else "To write, one after another:"
    lines = paragraph(f"{name} is not started. {what}", setting)
    for signature in signatures:
        lines += hanging((Span("  def ", "dim"),), setting.text(signature), setting.width)
    it = "it" if one else "one of them"
    return [
        *lines,
        Line(()),
        *paragraph(f"Write {it} and save the file: the verdict appears here.", setting),
    ]


def overview(result: Result, setting: Setting) -> list[Line]:
    """Many verdicts at a glance: a line for each that is begun, and the rest as a number."""
    parts = words.parts(result)
    begun = [part for part in parts if part.status != "not_started"]
    idle = len(parts) - len(begun)
    points = words.points(result.score, result.max_score)
    lines = [*paragraph(f"{words.headline(result)}, {points}.", setting, "strong"), Line(())]
    column = min(max((len(part.name) for part in begun), default=0), _WIDEST_NAME)
    for part in sorted(begun, key=lambda part: part.status == "passed"):
        lines.append(_at_a_glance(part, column, setting))
    if idle:
        lines.append(Line((Span(f"  {idle} not started", "dim"),)))
    return lines


def _at_a_glance(part: Exercise | Quiz, column: int, setting: Setting) -> Line:
    """A line on one verdict: how it stands, and what is wrong first."""
    state, failing = words.EXERCISE_STATES[part.status], ""
    if isinstance(part, Quiz):
        state = words.quiz_state(part)
    elif words.failing_cases(part):
        failing = words.failing_cases(part)[0].title
    mark = state.ascii_mark if setting.ascii_only else state.mark
    name = clipped(setting.text(part.name, 200), column, setting.cut)
    standing = state.word
    if part.status in ("partial", "failed"):
        standing = words.points(part.score, part.max_score)
    seen = part.error.message if part.error else failing
    spans = (
        Span(f"{mark} ", terminal.TONES[state.tone]),
        Span(name + " " * (column + 2 - Span(name).width)),
        Span(f"{standing}  "),
    )
    room = setting.width - Line(spans).width
    beside = clipped(setting.text(seen), room, setting.cut) if room > _LEAST_TITLE else ""
    return Line((*spans, Span(beside, "dim")))


def paragraph(text: str, setting: Setting, role: Role = "plain", *, rank: int = 0) -> list[Line]:
    """Prose over as many lines as it takes."""
    return hanging((), setting.text(text, 4_000), setting.width, role=role, rank=rank)


def greeted(text: str, setting: Setting) -> list[Line]:
    """A greeting, where there is one and room for it."""
    return [*paragraph(text, setting, rank=GREETING), Line((), GREETING)] if text else []


def _progress(place: Place, setting: Setting) -> Line:
    left = setting.text(f"{place.topic} {place.number}/{place.of}", 60)
    right = f"{place.passed}/{place.whole}"
    room = setting.width - len(left) - len(right) - 4
    size = min(_BAR, room)
    if size < _LEAST_BAR:
        text = clipped(f"{left}  {right}", setting.width, setting.cut)
        return Line((Span(text, "dim"),))
    full = size * place.passed // max(place.whole, 1)
    done, left_over = ("#", "-") if setting.ascii_only else ("█", "░")
    return Line(
        (
            Span(left, "dim"),
            Span(" " * (room - size + 2)),
            Span(done * full, "good"),
            Span(left_over * (size - full), "dim"),
            Span("  "),
            Span(right),
        )
    )
