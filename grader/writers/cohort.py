"""A class on the terminal: how it stands, and what a new grading would change. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from grader.cohort.changes import Change
from grader.cohort.records import Student
from grader.cohort.statistics import Cause, ClassRecord, Hurdle, Trouble, TroubleKind
from grader.writers.typeset import Line, Role, Span, hanging
from grader.writers.visible import ascii_text, one_line
from grader.writers.words import amount, count, points

_LABEL: Final = 14
_HARDEST: Final = 3
_NAMES: Final = 5
_CASES: Final = 6
_LONGEST: Final = 200
_LONGEST_PATH: Final = 4_096

_TROUBLES: Final[dict[TroubleKind, tuple[str, Role]]] = {
    "unreadable": ("cannot be read", "odd"),
    "nothing": ("nothing in it", "odd"),
    "ungraded": ("not graded", "odd"),
    "grader": ("grader failed", "bad"),
}


class Sheet:
    """Lines for one width.

    Args:
        width: columns to fill.
        ascii_only: whether there is nothing but ASCII.
    """

    def __init__(self, width: int, ascii_only: bool = False) -> None:
        self._width = width
        self._ascii = ascii_only

    def summary(self, record: ClassRecord, places: Sequence[tuple[str, str]]) -> Iterator[Line]:
        """The class in a few lines.

        Args:
            record: what is known of it.
            places: what was written, and where.
        """
        yield from self._students(record)
        yield from self._median(record)
        yield from self._late(record)
        for number, hurdle in enumerate(record.hurdles[:_HARDEST]):
            yield from self._row("hardest" if number == 0 else "", _hurdle(hurdle))
        for cause in record.causes[:1]:
            yield from self._row("usual mistake", _cause(cause))
        if record.strays:
            names = _names(stray.handed_in.source for stray in record.strays)
            what = f"{count(len(record.strays), 'submission')} of nobody on the roster: {names}"
            yield from self._row("unmatched", what, "odd")
        for trouble in record.troubles:
            yield from self._trouble(trouble)
        yield from self._to_look_at(record)
        for what, where in places:
            # Not wrapped, however long it is: a path is there to be copied.
            said = one_line(where, _LONGEST_PATH)
            head = Span(f"{what:<{_LABEL}}", "dim")
            yield Line((head, Span(ascii_text(said) if self._ascii else said, "link")))

    def changes(self, found: Sequence[Change], students: int) -> Iterator[Line]:
        """What changes for whom, then which cases did it.

        Args:
            found: for whom something changes.
            students: how many there are.
        """
        scores = sum(change.before != change.after for change in found)
        rest = f"of {count(students, 'student')} {'has' if scores == 1 else 'have'} other points"
        yield from self._row("", f"{scores} {rest}", "strong", 0)
        for change in found:
            yield from self._row("", _change(change), margin=2)
            for case in change.cases[:_CASES]:
                said = f"{case.label}: {_word(case.before)} → {_word(case.after)}"
                yield from self._row("", said, "dim", 6)
            if len(change.cases) > _CASES:
                yield from self._row("", f"and {len(change.cases) - _CASES} more", "dim", 6)
        often = Counter(case for change in found for case in change.cases)
        if len(found) > 1 and often:
            yield from self._row("", "By case:", "strong", 0)
            for case, number in often.most_common(_CASES):
                said = f"{case.label}: {_word(case.before)} → {_word(case.after)}"
                yield from self._row("", f"{said}, for {count(number, 'student')}", margin=2)

    def _students(self, record: ClassRecord) -> Iterator[Line]:
        said = f"{record.spread.number} of {len(record.rows)} have points"
        if record.missing:
            said += f", {record.missing} handed in nothing"
        if record.unscored:
            said += f", {record.unscored} handed in something that has none"
        yield from self._row("students", said)

    def _median(self, record: ClassRecord) -> Iterator[Line]:
        spread = record.spread
        if spread.quartiles is None:
            return
        low, middle, high = map(amount, spread.quartiles)
        said = f"{middle} of {amount(spread.max_score)} points"
        yield from self._row("median", f"{said}; half of them have {low} to {high}")

    def _late(self, record: ClassRecord) -> Iterator[Line]:
        late = sum(row.late for row in record.rows)
        fined = sum(bool(row.taken) for row in record.rows)
        if late or fined:
            whom = f"points are taken from {fined}" if fined else "no points are taken"
            yield from self._row("late", f"{count(late, 'student')}; {whom}")

    def _to_look_at(self, record: ClassRecord) -> Iterator[Line]:
        flagged = sum(bool(row.flags) for row in record.rows)
        groups = len({twins.students for each in record.compared for twins in each.twins})
        found = [
            f"{count(flagged, 'student')} with flags" if flagged else "",
            f"{count(groups, 'group')} of near-duplicates" if groups else "",
        ]
        if any(found):
            yield from self._row("to look at", f"{', '.join(filter(None, found))}: see the page")

    def _trouble(self, trouble: Trouble) -> Iterator[Line]:
        label, role = _TROUBLES[trouble.kind]
        said = f"{count(len(trouble.whom), 'submission')} ({_names(trouble.whom)})"
        yield from self._row(label, f"{said}: {trouble.what}" if trouble.what else said, role)

    def _row(
        self, label: str, text: str, role: Role = "plain", margin: int | None = None
    ) -> list[Line]:
        head = f"{label:<{_LABEL}}" if margin is None else " " * margin
        words = one_line(text, _LONGEST)
        words = ascii_text(words) if self._ascii else words
        return hanging((Span(head, "dim"),) if head else (), words, self._width, role=role)


def _hurdle(hurdle: Hurdle) -> str:
    return f"{hurdle.label}: {hurdle.title} ({hurdle.passed} of {hurdle.tried} pass)"


def _cause(cause: Cause) -> str:
    return f"{', '.join(cause.labels)}: {cause.title} ({count(cause.students, 'student')})"


def _change(change: Change) -> str:
    before = "none" if change.before is None else amount(change.before[0])
    after = "none" if change.after is None else points(*change.after)
    if change.before is not None and change.after is not None:
        most = (change.before[1], change.after[1])
        before = points(*change.before) if most[0] != most[1] else before
    return f"{_called(change.student)}: {before} → {after}"


def _called(student: Student) -> str:
    return student.name if student.name == student.id else f"{student.name} ({student.id})"


def _word(status: str) -> str:
    return status.replace("_", " ")


def _names(names: Iterable[str]) -> str:
    known = list(names)
    shown = ", ".join(one_line(name, 40) for name in known[:_NAMES])
    return shown if len(known) <= _NAMES else f"{shown} and {len(known) - _NAMES} more"
