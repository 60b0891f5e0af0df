"""What attempts are worth under the rules: which one counts, and what lateness takes from it.

All arithmetic is in fractions. Points arrive as floats, whose noise is cut off first (`exact`), so
that a third is a third, and 17 points never become 16.999999.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Final, Literal

from msgspec.structs import replace

from grader.cohort.records import Attempt, PartSummary, Standing, Student, Summary
from grader.cohort.rules import Late, Rules
from grader.errors import UsageError

Worth = Mapping[str, Fraction]
"""Label of an exercise or quiz that counts → the points to be had for it, in the course's order."""

State = Literal["judged", "grader failed", "not graded yet", "unreadable", "nothing to grade"]

QUIZ: Final = "/quiz"
_FINEST: Final = 1_000_000
_MANY: Final = 50_000
"""Different points that are remembered: a class of thousands has the same few everywhere."""

_UNITS: Final[Mapping[str, timedelta]] = {"day": timedelta(days=1), "hour": timedelta(hours=1)}
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_PLACES: Final = (
    ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"),
    ("th", "st", "nd", "rd"),
)


@lru_cache(maxsize=_MANY)
def exact(points: float) -> Fraction:
    """The number that a float stands for: the simplest fraction within its noise."""
    return Fraction(points).limit_denominator(_FINEST)


def amount(points: Fraction | float) -> str:
    """Points with two decimals at most, halves up and no needless digits: ``17``, ``16.5``."""
    hundredths = floor(Fraction(points) * 100 + Fraction(1, 2))
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")


def state_of(attempt: Attempt) -> State:
    """What came of an attempt: a verdict, or whose fault it is that there is none."""
    summary = attempt.summary
    if attempt.handed_in.fault:
        return "unreadable"
    if summary is None:
        return "not graded yet"
    if summary.parts:
        return "judged"
    return "grader failed" if summary.status == "grader_error" else "nothing to grade"


def worth_of(attempts: Iterable[Attempt], rules: Rules) -> dict[str, Fraction]:
    """What counts in a class, and the points to be had for it.

    It is taken from the whole class: a submission may hold one exercise of five, and is graded for
    that one only.

    Raises:
        UsageError: if the rules name an exercise that nobody was graded for; says which is near.
    """
    found = [attempt.summary for attempt in attempts if attempt.summary is not None]
    most: dict[str, Fraction] = {}
    for label, points in _parts_in_order(found):
        most[label] = max(most.get(label, Fraction(0)), exact(points))
    if not most:
        return {}
    labels = [label for label, points in most.items() if points > 0]
    counted = {label for word in rules.count for label in _meant(word, labels, "count")}
    given: dict[str, Fraction] = {}
    for word, points_given in rules.points.items():
        meant = _meant(word, labels, "points")
        if len(meant) > 1:
            raise UsageError(
                f'points."{word}" names {len(meant)} exercises ({", ".join(meant)}); '
                "give each its own points"
            )
        given[meant[0]] = Fraction(points_given)
    what = {
        label: given.get(label, most[label])
        for label in labels
        if (label in counted or not rules.count) and (rules.quizzes or not label.endswith(QUIZ))
    }
    left_out = [label for label in given if label not in what]
    if left_out:
        raise UsageError(
            f"points names {left_out[0]!r}, which does not count under count and quizzes; "
            "let it count, or leave its points out"
        )
    return what


def _parts_in_order(summaries: Iterable[Summary]) -> list[tuple[str, float]]:
    """Labels and points of all parts, in the order of those who were graded for most."""
    shapes = {tuple((part.label, part.max_score) for part in each.parts) for each in summaries}
    parts = [part for shape in sorted(shapes, key=lambda it: (-len(it), it)) for part in shape]
    return sorted(parts, key=lambda part: part[0].endswith(QUIZ))


def _meant(word: str, labels: Sequence[str], rule: str) -> list[str]:
    """The labels that a topic, a name or a whole label means."""
    found = [label for label in labels if word in (label, *label.split("/", 1))]
    if found:
        return found
    near = difflib.get_close_matches(
        word, [name for label in labels for name in (label, *label.split("/", 1))], n=1
    )
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(labels)}"
    raise UsageError(f"{rule} names {word!r}, for which nobody was graded; {hint}")


def is_unjudged(part: PartSummary) -> bool:
    """Whether the grader owes a verdict on some of it."""
    return part.status == "grader_error" or any(
        case.status == "grader_error" for case in part.cases
    )


def earned(summary: Summary, worth: Worth) -> dict[str, Fraction]:
    """The points of each part that counts, before penalties; parts that are not there earn 0."""
    parts = {part.label: part for part in summary.parts}
    return {
        label: _scaled(parts[label].score, parts[label].max_score, points)
        if label in parts
        else Fraction(0)
        for label, points in worth.items()
    }


@lru_cache(maxsize=_MANY)
def _scaled(score: float, most: float, worth: Fraction) -> Fraction:
    """Points of a part that is worth another number of points, or the same."""
    whole = exact(most)
    if whole <= 0:
        return Fraction(0)
    return min(max(exact(score) / whole, Fraction(0)), Fraction(1)) * worth


def standings(handed: Iterable[tuple[Student, Sequence[Attempt]]], rules: Rules) -> list[Standing]:
    """Every student's row, in the order given.

    Args:
        handed: all students, those without an attempt as well.
        rules: how attempts become points.

    Raises:
        UsageError: if the rules name an exercise or a student that is not in the class.
    """
    rows = list(handed)
    _check_extensions([student for student, _ in rows], rules)
    what = worth_of((attempt for _, attempts in rows for attempt in attempts), rules)
    return [rank(student, attempts, rules, what) for student, attempts in rows]


def _check_extensions(students: Sequence[Student], rules: Rules) -> None:
    for name in rules.extensions:
        meant = [student for student in students if name in _names(student)]
        if not meant:
            near = difflib.get_close_matches(name, [student.id for student in students], n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UsageError(f"extensions names {name!r}, who is not in the class{hint}")
        if len(meant) > 1:
            raise UsageError(
                f"extensions names {name!r}, which is an id of {len(meant)} students: "
                f"{', '.join(student.id for student in meant)}; write another id of the one"
            )
    for student in students:
        several = sorted(_names(student) & rules.extensions.keys())
        if len({rules.extensions[name] for name in several}) > 1:
            raise UsageError(
                f"extensions names one student twice, as {' and '.join(several)}; keep one"
            )


def _names(student: Student) -> set[str]:
    return {student.id, student.email, *student.ids.values()} - {""}


@dataclass(frozen=True)
class _Weighed:
    """An attempt under the rules.

    Attributes:
        place: among all attempts, oldest first, from 0.
        state: what came of it.
        raw: points before penalties; the most that there can be while it is undecided.
        taken: what lateness takes from them.
        score: what is left, rounded.
        decided: whether the grader has judged every part that counts.
        closed: whether it came too late to earn anything.
        said: what lateness did, in sentences.
    """

    place: int
    state: State
    raw: Fraction
    taken: Fraction
    score: Fraction
    decided: bool
    closed: bool
    said: tuple[str, ...]


def rank(
    student: Student, attempts: Sequence[Attempt], rules: Rules, worth: Worth | None = None
) -> Standing:
    """A student's row: the attempt that counts, and its points after the rules.

    What the grader has not judged through its own fault never costs: while such an attempt could
    be the one that counts, there is no score.

    Args:
        student: who.
        attempts: all of theirs, in any order.
        rules: how attempts become points.
        worth: what counts in the class; taken from these attempts if it is not given.
    """
    ordered = sorted(attempts, key=_age)
    what = worth_of(ordered, rules) if worth is None else worth
    most = sum(what.values(), Fraction(0))
    weighed = [
        _weighed(place, attempt, student, rules, what) for place, attempt in enumerate(ordered)
    ]
    chosen = _chosen(weighed, rules)
    standing = Standing(student=student, attempts=tuple(ordered), max_score=float(most))
    if chosen is None or not chosen.decided:
        return replace(standing, why=" ".join(_why_nothing(weighed, chosen)))
    return replace(
        standing,
        counted=chosen.place,
        score=float(chosen.score),
        raw=float(chosen.raw),
        taken=float(chosen.taken),
        why=" ".join(_why(weighed, chosen, rules)),
    )


def _age(attempt: Attempt) -> tuple[int, float, str, str]:
    """Sorts attempts from old to new, in the same way however they come."""
    handed = attempt.handed_in
    when = handed.submitted.timestamp() if handed.submitted else float("inf")
    return handed.attempt, when, handed.source, handed.digest


def _weighed(place: int, attempt: Attempt, student: Student, rules: Rules, what: Worth) -> _Weighed:
    state = state_of(attempt)
    most = sum(what.values(), Fraction(0))
    raw, decided = Fraction(0), state == "judged"
    if attempt.summary is not None and state == "judged":
        lost = {part.label for part in attempt.summary.parts if is_unjudged(part)}
        points = earned(attempt.summary, what)
        raw = sum((what[name] if name in lost else points[name] for name in what), Fraction(0))
        decided = not lost & what.keys()
    elif state in ("grader failed", "not graded yet"):
        raw = most
    lateness = _lateness(attempt, student, rules)
    taken, closed, said = _taken(raw, most, lateness, rules.late)
    return _Weighed(
        place=place,
        state=state,
        raw=raw,
        taken=taken,
        score=_rounded(raw - taken, most, rules),
        decided=decided,
        closed=closed,
        said=said,
    )


def _rounded(points: Fraction, most: Fraction, rules: Rules) -> Fraction:
    if rules.round is not None:
        step = Fraction(rules.round)
        points = floor(points / step + Fraction(1, 2)) * step
    return min(max(points, Fraction(0)), most)


@dataclass(frozen=True)
class _Lateness:
    """How late an attempt came.

    Attributes:
        by: time after the due date; zero in time or where it is not known.
        flagged: whether only the export's own mark says that it came late.
        extended: the student's own due date, where it made a difference; None elsewhere.
    """

    by: timedelta = timedelta()
    flagged: bool = False
    extended: datetime | None = None


def _lateness(attempt: Attempt, student: Student, rules: Rules) -> _Lateness:
    """By the time of submission where it is known, else by the export's mark."""
    handed = attempt.handed_in
    own = [rules.extensions[name] for name in _names(student) & rules.extensions.keys()]
    due = own[0] if own else rules.due
    if handed.submitted is None or due is None:
        return _Lateness(flagged=handed.late, extended=own[0] if own and handed.late else None)
    by = handed.submitted - due
    mattered = bool(own) and (rules.due is None or handed.submitted > rules.due)
    return _Lateness(by=by if by > rules.grace else timedelta(), extended=due if mattered else None)


def _taken(
    raw: Fraction, most: Fraction, lateness: _Lateness, late: Late | None
) -> tuple[Fraction, bool, tuple[str, ...]]:
    """The points that lateness takes, whether it takes all, and sentences that say so."""
    nothing = Fraction(0)
    if late is None:
        return nothing, False, ()
    said = _of_extension(lateness)
    if not (lateness.by or lateness.flagged):
        return nothing, False, said
    if lateness.flagged and (lateness.extended is not None or not late.flagged):
        unknown = "It is marked late; by how much is not known, so nothing was taken."
        return nothing, False, (*said, unknown)
    if late.closed_after is not None and lateness.by > late.closed_after:
        return raw, True, (*said, _of_closing(lateness.by, late.closed_after))
    percent, came = _percent(lateness, late)
    base = raw if late.of == "earned" else most
    asked = base * percent / 100
    taken = min(asked, raw - raw * Fraction(late.at_least) / 100)
    of = "" if late.of == "earned" else "the maximum of "
    share = f"{amount(percent)} % of {of}{amount(base)}"
    if taken < asked:
        share = "all that were earned" if taken == raw else "the most that lateness may take"
    takes = f"takes {_points(taken)}, {share}" if taken else "costs nothing"
    return taken, False, (*said, f"{came}; that {takes}.")


def _percent(lateness: _Lateness, late: Late) -> tuple[Fraction, str]:
    """The percentage to take, and how late the attempt came in words."""
    if lateness.flagged:
        return Fraction(late.flagged), "It is marked late, without a time"
    came = f"It came {_span(lateness.by)} late"
    if late.per == "once":
        return Fraction(late.percent), came
    unit = _UNITS[late.per]
    started = -(-lateness.by // unit)
    if lateness.by != started * unit:
        came += f" ({started} started {late.per}{'' if started == 1 else 's'})"
    return min(Fraction(late.percent) * started, Fraction(100)), came


def _of_extension(lateness: _Lateness) -> tuple[str, ...]:
    if lateness.extended is None:
        return ()
    return (f"The extension until {lateness.extended:%Y-%m-%d %H:%M %Z} applies.",)


def _of_closing(by: timedelta, closed_after: timedelta) -> str:
    return f"It came {_span(by)} late, and nothing is earned after {_span(closed_after)}."


def _chosen(weighed: Sequence[_Weighed], rules: Rules) -> _Weighed | None:
    """The attempt that counts, or the undecided one that could; None if there is neither."""
    usable = [each for each in weighed if each.decided or _is_awaited(each)]
    usable = [each for each in usable if not each.closed] or usable
    if not usable:
        return None
    if rules.attempts == "first":
        return usable[0]
    if rules.attempts == "last":
        return usable[-1]
    return max(usable, key=lambda each: (each.score, each.decided, -each.place))


def _is_awaited(each: _Weighed) -> bool:
    """Whether it is the grader that owes a verdict."""
    return each.state in ("judged", "grader failed", "not graded yet")


def _why_nothing(weighed: Sequence[_Weighed], awaited: _Weighed | None) -> list[str]:
    if not weighed:
        return ["Nothing was handed in."]
    if awaited is None:
        which = "What was handed in" if len(weighed) == 1 else "None of what was handed in"
        if all(each.state == "nothing to grade" for each in weighed):
            verb = "holds nothing" if len(weighed) == 1 else "holds anything"
            return [f"{which} {verb} that this assignment asks for. Ask your instructor."]
        verb = "could not" if len(weighed) == 1 else "could"
        return [f"{which} {verb} be read. Ask your instructor."]
    what = "Your attempt" if len(weighed) == 1 else f"The {_place(awaited.place)} attempt"
    if awaited.state == "not graded yet":
        return [f"{what} has not been graded yet."]
    return [
        f"The grader failed on {what[:1].lower()}{what[1:]}, which is not your fault and costs "
        "nothing. There are no points until it has been graded again."
    ]


def _why(weighed: Sequence[_Weighed], chosen: _Weighed, rules: Rules) -> list[str]:
    said: list[str] = []
    if len(weighed) > 1:
        best = ", the best one" if rules.attempts == "best" else ""
        place = f"The {_place(chosen.place)} of {_number(len(weighed))} attempts counts{best}."
        said.append(place)
    skipped = [each for each in weighed if not each.decided and not _is_awaited(each)]
    said.extend(f"The {_place(each.place)} {_SKIPPED[each.state]}." for each in skipped)
    said.extend(chosen.said)
    if chosen.score != chosen.raw - chosen.taken:
        said.append(f"{_points(chosen.raw - chosen.taken)} were rounded to {amount(chosen.score)}.")
    return said


_SKIPPED: Final[Mapping[str, str]] = {
    "unreadable": "could not be read",
    "nothing to grade": "holds nothing that this assignment asks for",
}


def _points(points: Fraction) -> str:
    return f"{amount(points)} point{'' if points == 1 else 's'}"


def _number(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _place(place: int) -> str:
    """The ordinal of a place that is counted from 0: ``first``, ``11th``, ``22nd``."""
    words, endings = _PLACES
    if place < len(words):
        return words[place]
    number = place + 1
    teen = number % 100 in (11, 12, 13)
    return f"{number}{endings[0] if teen or number % 10 > 3 else endings[number % 10]}"


def _span(span: timedelta) -> str:
    """A time in its two largest units, down to minutes: ``1 day 3 hours``, ``1 minute``."""
    minutes = -(-span // timedelta(minutes=1))
    sizes = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
    filled = [f"{n} {unit}{'' if n == 1 else 's'}" for unit, n in sizes if n]
    return " ".join(filled[:2])
