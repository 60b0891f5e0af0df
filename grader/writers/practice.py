"""A quiz or a review on a terminal, piece by piece: a question, what an answer was, what is next.

Everything is a pure function of records and of the look: nothing is printed, no environment read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rich.cells import cell_len

from grader.result import Answered
from grader.writers import words
from grader.writers.quiz_page import paragraphs
from grader.writers.terminal import TONES
from grader.writers.typeset import Line, Role, Span, clipped, hanging, paint
from grader.writers.visible import ascii_text, one_line, visible

WANTED: Final[Mapping[str, str]] = {
    "one choice": "one letter",
    "several choices": "several letters",
    "number": "a number",
    "shape": "a shape such as 3, 4",
    "order": "letters in order",
}
"""The shape of the answer that is wanted, by kind."""

KEYS: Final = (
    ("Enter", "skips the question; nothing is written"),
    ("q", "leaves; all that you answered is kept"),
    ("?", "shows these keys"),
)

_LONGEST: Final = 20_000
_MONTH: Final = 60


@dataclass(frozen=True)
class Look:
    """How to write: columns, whether colour is welcome, whether there is nothing but ASCII."""

    width: int
    colour: bool = False
    ascii_only: bool = False

    def title(self, title: str, place: str) -> str:
        """What a quiz or a review is about, and on the right where it belongs."""
        head, side = Span(self._say(title), "strong"), Span(self._say(place), "dim")
        gap = self.width - head.width - side.width
        if gap >= 2:
            return self._text([Line((head, Span(" " * gap), side))])
        rows = hanging([], head.text, self.width, role="strong")
        return self._text([*rows, Line((side,))])

    def note(self, text: str, role: Role = "dim", margin: int = 0) -> str:
        """A sentence beside the matter, so many columns from the left."""
        sentence = self._say(text)
        sentence = sentence[:1].upper() + sentence[1:]
        return self._text(hanging([Span(" " * margin)], sentence, self.width, role=role))

    def question(self, asked: Answered, place: str) -> str:
        """A question that nothing is told about: its text, its options, no answer.

        Args:
            asked: the record; only what is asked is looked at.
            place: such as ``question 3 of 7``.
        """
        lines = [Line((Span(self._say(place), "dim"),))]
        for text, is_code in paragraphs(asked.asks):
            lines += [_EMPTY, *(self._code(text) if is_code else self._prose(text))]
        if asked.options:
            lines.append(_EMPTY)
        for option in asked.options:
            prefix = [Span("  "), Span(self._say(option.letter), "strong"), Span("  ")]
            lines += hanging(prefix, self._say(option.text), self.width)
        return self._text([*lines, _EMPTY])

    def prompt(self, asked: Answered) -> str:
        """What stands before the place to type in; never coloured, for it is edited beside."""
        shape = WANTED.get(asked.kind, asked.kind)
        within = f", within {asked.tolerance:g}" if asked.tolerance else ""
        return f"{shape}{within} > "

    def verdict(self, asked: Answered) -> str:
        """What an answer was, and the reasons that the grader gives."""
        state = words.ANSWER_STATES[asked.status]
        mark = Span(state.ascii_mark if self.ascii_only else state.mark, TONES[state.tone])
        said = f"{state.word}: {asked.message}" if asked.message else state.word
        lines = [_EMPTY, *hanging([mark, Span(" ")], self._say(said), self.width, role="strong")]
        for reason in asked.reasons:
            about = [Span(f"  {self._say(reason.about)}: ", "strong")] if reason.about else []
            lines += hanging(about or [Span("  ")], self._say(reason.text), self.width)
        return self._text(lines)

    def keys(self) -> str:
        """What can be typed beside an answer."""
        return self.choices(KEYS)

    def choices(self, listed: Sequence[tuple[str, str]]) -> str:
        """What can be typed, and what each means."""
        widest = max(len(key) for key, _ in listed)
        lines = [
            line
            for key, what in listed
            for line in hanging([Span(f"  {key:<{widest}}  ", "strong")], what, self.width)
        ]
        return self._text(lines)

    def recall(self, title: str, asks: str, times: Sequence[int], place: str) -> str:
        """An exercise in which mistakes were made; which they were is not said.

        Args:
            title: what the exercise is called.
            asks: what it asks for.
            times: in how many texts each mistake was made.
            place: such as ``2 of 5``.
        """
        lines = [Line((Span(self._say(place), "dim"),)), _EMPTY]
        lines += hanging([], self._say(title), self.width, role="strong")
        if asks:
            lines += [_EMPTY, *self._prose(asks)]
        made = (
            f"You made a mistake here, in {words.count(sum(times), 'text')} that you had judged. "
            "What was it?"
            if len(times) == 1
            else f"You made {len(times)} different mistakes here. What were they?"
        )
        return self._text([*lines, _EMPTY, *self._prose(made), _EMPTY])

    def mistakes(self, made: Iterable[tuple[str, str, int]]) -> str:
        """What the mistakes were: title, hint, in how many texts."""
        lines: list[Line] = [_EMPTY]
        for title, hint, times in made:
            texts = f" ({words.count(times, 'text')})"
            lines += hanging([Span("  ")], self._say(title + texts), self.width, role="strong")
            lines += hanging([Span("    ")], self._say(hint), self.width)
        return self._text([*lines, _EMPTY])

    def table(self, rows: Sequence[tuple[str, str]]) -> str:
        """What is due when: the time on the left, a line each."""
        widest = max((cell_len(when) for when, _ in rows), default=0)
        lines: list[Line] = []
        before = ""
        for when, what in rows:
            shown = when if when != before else ""
            before = when
            room = self.width - widest - 2
            text = clipped(self._say(what), room, "..." if self.ascii_only else "…")
            lines.append(Line((Span(f"{shown:<{widest}}  ", "strong"), Span(text))))
        return self._text(lines)

    def _prose(self, text: str) -> list[Line]:
        return hanging([], self._say(text), self.width)

    def _code(self, text: str) -> list[Line]:
        """Code as it stands, whole: set further left, then broken by the terminal, if too long."""
        rows = [self._lettered(row) for row in visible(text, _LONGEST).expandtabs(4).split("\n")]
        margin = max(0, min(4, self.width - max(cell_len(row) for row in rows)))
        return [Line((Span(" " * margin + row),)) for row in rows]

    def _say(self, text: str) -> str:
        return self._lettered(one_line(text, _LONGEST))

    def _lettered(self, text: str) -> str:
        return ascii_text(text) if self.ascii_only else text

    def _text(self, lines: Iterable[Line]) -> str:
        return paint(lines, self.colour)


_EMPTY: Final = Line(())


def standing(right: int, total: int, score: float, max_score: float) -> str:
    """How a quiz stands, such as ``5 of 7 right, 6 of 9 points.``."""
    number = f"All {total}" if right == total > 1 else f"{right or 'None'} of {total}"
    return f"{number} right, {words.points(score, max_score)}."


def when(due: datetime, now: datetime) -> str:
    """A time to come in a learner's words: ``now``, ``in 10 minutes``, ``tomorrow``, a date."""
    local = due.astimezone(now.tzinfo)
    days = (local.date() - now.date()).days
    if due <= now:
        return "now"
    minutes = -(-int((due - now).total_seconds()) // 60)
    if minutes < 60:  # past midnight too: who learns late waits ten minutes, not a day
        return f"in {words.count(max(minutes, 1), 'minute')}"
    if days == 0:
        return "later today"
    if days == 1:
        return "tomorrow"
    return f"in {days} days" if days < _MONTH else f"on {local.date().isoformat()}"
