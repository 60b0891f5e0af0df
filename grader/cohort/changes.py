"""What a new grading of a class changes: for whom, how many points, and which cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from grader.cohort.records import CaseSummary, Standing, Student, Summary


class CaseChange(msgspec.Struct, frozen=True):
    """A case that ends otherwise.

    Attributes:
        label: exercise or quiz, and the case; the exercise alone where it has no cases now or had
            none before.
        before: its status, or the exercise's; ``absent`` if it was not there.
        after: likewise.
    """

    label: str
    before: str
    after: str


class Change(msgspec.Struct, frozen=True):
    """A student for whom something changes.

    Attributes:
        student: who.
        before: points, and points to be had; None where there is no score.
        after: likewise.
        cases: what ends otherwise, of the attempt that counts.
    """

    student: Student
    before: tuple[float, float] | None
    after: tuple[float, float] | None
    cases: tuple[CaseChange, ...]


def changes(before: Sequence[Standing], after: Sequence[Standing]) -> tuple[Change, ...]:
    """What changes for whom, in the order of ``after``; those for whom nothing does are left out.

    Args:
        before: where everybody stands.
        after: where the same students would stand.
    """
    known = {standing.student.id: standing for standing in before}
    found = (
        Change(
            student=new.student,
            before=_points(known[new.student.id]),
            after=_points(new),
            cases=tuple(_cases(_counted(known[new.student.id]), _counted(new))),
        )
        for new in after
    )
    return tuple(one for one in found if one.before != one.after or one.cases)


def _points(standing: Standing) -> tuple[float, float] | None:
    return None if standing.score is None else (standing.score, standing.max_score)


def _counted(standing: Standing) -> Summary | None:
    return None if standing.counted is None else standing.attempts[standing.counted].summary


def _cases(before: Summary | None, after: Summary | None) -> Iterator[CaseChange]:
    old, new = _statuses(before), _statuses(after)
    for label in dict.fromkeys((*old, *new)):
        was, is_ = old.get(label, "absent"), new.get(label, "absent")
        if was != is_:
            yield CaseChange(label, was, is_)


def _statuses(summary: Summary | None) -> dict[str, str]:
    """Every case by its label; an exercise that has none, such as one not handed in, by its own."""
    if summary is None:
        return {}
    found: dict[str, str] = {}
    for part in summary.parts:
        cases: Sequence[CaseSummary] = part.cases
        found.update((f"{part.label}/{case.name}", case.status) for case in cases)
        if not cases:
            found[part.label] = part.status
    return found
