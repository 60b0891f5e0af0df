"""The frame around a verdict while a learner works: where they are, and which keys there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grader.writers.typeset import Line, Span, chunked, clipped, clipped_left, hanging
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
    ("o", "open report"),
    ("r", "reset"),
    ("q", "quit"),
)
"""Each key and what it does."""


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


def head(place: Place, setting: Setting) -> list[Line]:
    """Topic and progress, the exercise and what it asks, the files to edit and to read."""
    lines = [_progress(place, setting)]
    named = (Span(setting.text(place.name, 60), "strong"), Span("  "))
    lines += hanging(named, setting.text(place.title), setting.width, most=1, cut=setting.cut)
    if place.asks:
        lines += hanging(
            (Span("  "),),
            setting.text(place.asks),
            setting.width,
            role="dim",
            most=_ASKS_LINES,
            cut=setting.cut,
        )
    for label, path in (("edit", place.edit), ("lesson", place.lesson)):
        if path:
            shown = clipped_left(setting.text(path), setting.width - 10, setting.cut)
            lines.append(Line((Span(f"  {label:<8}", "dim"), Span(shown))))
    return [*lines, Line(())]


def foot(setting: Setting, live: str = "") -> list[Line]:
    """The keys, and the address of the live page if there is one."""
    lines = [Line(())]
    if live:
        # Never cut, for it is clicked or copied.
        lines.append(Line((Span("live page ", "dim"), Span(live, "link"))))
    chunks = [Span(f"{key} {what}") for key, what in KEYS]
    bold = [
        Line(tuple(part for span in line.spans for part in _key(span)))
        for line in chunked((), chunks, setting.width)
    ]
    return [*lines, *bold]


def _key(span: Span) -> Sequence[Span]:
    key, gap, what = span.text.partition(" ")
    return (Span(key, "strong"), Span(gap + what, "dim")) if what and key else (span,)


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
