"""Whose a submission is: by ids, else by a name that only one student has; never by a guess."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from grader.cohort.names import squeezed, words
from grader.cohort.records import HandedIn, Student

_KINDS: Final = ("canvas", "moodle", "gradescope", "github", "sis", "login")
# How many pairs of names are compared for hints: some seconds.
_MAX_COMPARED: Final = 250_000


class Unmatched(msgspec.Struct, frozen=True, kw_only=True):
    """A submission that is nobody's.

    Attributes:
        handed_in: the submission.
        why: what is known of it, and why that is not enough.
        nearest: the student without submission whose name is nearest, for the instructor to look
            at; None if none is near.
    """

    handed_in: HandedIn
    why: str
    nearest: Student | None = None


class Matched(msgspec.Struct, frozen=True, kw_only=True):
    """Whose each submission is.

    Attributes:
        owners: of each submission, in the order they were given in; None where it is nobody's.
        unmatched: submissions that are nobody's, or could be of several.
        absent: students without submission, in the order of the roster.
    """

    owners: tuple[Student | None, ...]
    unmatched: tuple[Unmatched, ...] = ()
    absent: tuple[Student, ...] = ()


def match(roster: Sequence[Student], handed_in: Sequence[HandedIn]) -> Matched:
    """Finds the student of each submission.

    The first of these decides that anybody fits, and only if one alone does: an id of the same
    kind; the email address; the export's name for the student as an id, a login, or the end of a
    clone's name; the full name, accents, case and order aside. A student whom the export gives
    another id of the same kind does not fit.

    Args:
        roster: who takes the course; whoever handed something in, if empty.
        handed_in: what came in.
    """
    index = _Index(roster or roster_of(handed_in))
    found = [index.owner(one) for one in handed_in]
    owners = tuple(owner if isinstance(owner, Student) else None for owner in found)
    present = {owner.id for owner in owners if owner is not None}
    absent = tuple(student for student in index.students if student.id not in present)
    reasons = [
        (one, why) for one, why in zip(handed_in, found, strict=True) if isinstance(why, str)
    ]
    hints = _hints([one for one, _ in reasons], absent)
    unmatched = tuple(
        Unmatched(handed_in=one, why=why, nearest=nearest)
        for (one, why), nearest in zip(reasons, hints, strict=True)
    )
    return Matched(owners=owners, unmatched=unmatched, absent=absent)


def roster_of(handed_in: Iterable[HandedIn]) -> tuple[Student, ...]:
    """The students of a class that has no roster: whoever handed something in."""
    seen: dict[tuple[str, ...], HandedIn] = {}
    for one in handed_in:
        seen.setdefault(_identity(one), one)
    uses = Counter(one.who for one in seen.values())
    return tuple(
        Student(
            id=one.who if uses[one.who] == 1 else " ".join((one.who, *identity)),
            name=one.name or one.who,
            email=one.ids.get("email", ""),
            ids=one.ids,
        )
        for identity, one in seen.items()
    )


def _identity(one: HandedIn) -> tuple[str, ...]:
    return tuple(f"({kind} {value})" for kind, value in sorted(one.ids.items())) or (one.who,)


class _Index:
    """Students by everything that a submission may say of them."""

    def __init__(self, students: Sequence[Student]) -> None:
        self.students = students
        self._of: dict[tuple[str, str], list[Student]] = {}
        for student in students:
            for key in set(_keys(student)):
                self._of.setdefault(key, []).append(student)

    def owner(self, one: HandedIn) -> Student | str:
        """The student, or why there is none."""
        contradicted: list[Student] = []
        for clue, keys in _clues(one):
            fitting: dict[str, Student] = {}
            for key in keys:
                fitting.update((student.id, student) for student in self._of.get(key, ()))
            agreeing = [student for student in fitting.values() if _agree(one, student)]
            contradicted += [student for student in fitting.values() if student not in agreeing]
            if len(agreeing) == 1:
                return agreeing[0]
            if agreeing:
                both = " and ".join(student.id for student in agreeing[:3])
                return f"its {clue} fits {len(agreeing)} students, such as {both}"
        if contradicted:
            other = contradicted[0]
            return f"it could be of {other.id} ({other.name}), but the ids or names differ"
        return "no student of the roster has its ids or its name"


def _keys(student: Student) -> Iterator[tuple[str, str]]:
    for kind, value in student.ids.items():
        yield kind, value.casefold()
    for address in (student.email, student.ids.get("login", "")):
        if "@" in address:
            yield "email", address.casefold()
    yield "id", student.id
    for value in (student.id, *(student.ids.get(kind, "") for kind in ("sis", "login", "github"))):
        if value:
            yield "any", value.casefold()
    if "email" in student.ids or student.email:
        yield "any", (student.email or student.ids["email"]).casefold()
    yield "words", " ".join(sorted(words(student.name)))
    for name in squeezed(student.name):
        yield "squeezed", name


def _clues(one: HandedIn) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What a submission says of its student, the surest first: in words, and as keys."""
    for kind in _KINDS:
        if kind in one.ids:
            yield f"{kind} id", [(kind, one.ids[kind].casefold())]
    if "email" in one.ids:
        yield "email address", [("email", one.ids["email"].casefold())]
    yield "name as an id", [("id", one.who)]
    said = (one.who, one.ids.get("gradescope", ""))
    yield "name as an id", [("any", value.casefold()) for value in said if value]
    parts = one.who.casefold().split("-")
    ends = ["-".join(parts[cut:]) for cut in range(1, len(parts))]
    yield "end", [("github", end) for end in ends if end]
    for name in filter(None, (one.name, one.who)):
        in_order = " ".join(sorted(words(name)))
        if in_order:
            yield "name", [("words", in_order)]
            yield "name", [("squeezed", "".join(words(name)))]


def _agree(one: HandedIn, student: Student) -> bool:
    """Whether nothing that is said of both tells them apart."""
    for kind in _KINDS:
        mine, own = one.ids.get(kind), student.ids.get(kind)
        if mine and own and mine.casefold() != own.casefold():
            return False
    # Moodle numbers teams as it numbers participants: 17 may be another one's number.
    known = student.name if student.name != student.id else ""
    names = set(words(one.name)), set(words(known))
    return "moodle" not in one.ids or not all(names) or bool(names[0] & names[1])


def _hints(handed_in: Sequence[HandedIn], absent: Sequence[Student]) -> list[Student | None]:
    """For each submission the student whose name is nearest."""
    if len(handed_in) * len(absent) > _MAX_COMPARED:
        return [None] * len(handed_in)
    by_name = {name: student for student in absent for name in squeezed(student.name)}
    hints: list[Student | None] = []
    for one in handed_in:
        near = difflib.get_close_matches("".join(words(one.name or one.who)), by_name, n=1)
        hints.append(by_name[near[0]] if near else None)
    return hints
