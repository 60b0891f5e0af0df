"""What an instructor should know of a class: a frozen summary of its standings, computed purely.

Only the attempt that counts is looked at where exercises, cases and mistakes are counted. Whoever
handed in nothing, and whoever could not be judged, is counted apart and never as 0 points.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median, quantiles
from typing import Final, Literal

import msgspec

from grader.cohort.records import (
    Attempt,
    CaseSummary,
    HandedIn,
    PartSummary,
    Standing,
    Student,
    Summary,
)
from grader.cohort.twins import Compared
from grader.result import CaseStatus, ExerciseStatus

BINS: Final = 10
"""Bars of the distribution."""

EXAMPLES: Final = 3
"""Reports that are named as examples of a mistake."""

SLOWEST: Final = 5
"""Submissions that are named for the time they took."""

_FAILED: Final[frozenset[CaseStatus]] = frozenset(
    {"failed", "error", "timeout", "crashed", "forbidden"}
)
_JUDGED: Final = _FAILED | {"passed"}
_GROUPS: Final[Mapping[ExerciseStatus, str]] = {
    "passed": "passed",
    "partial": "partial",
    "failed": "failed",
    "error": "failed",
    "not_started": "not_started",
    "grader_error": "unjudged",
}
_ENOUGH: Final = 0.05
_FEW: Final = 3
"""A case that fewer than a twentieth of the class tried, or fewer than three, is not ranked."""

TroubleKind = Literal["unreadable", "ungraded", "grader", "nothing"]


class Frozen(msgspec.Struct, frozen=True, kw_only=True):
    """What all records here share."""


class Lesson(Frozen, frozen=True):
    """What treats a topic.

    Attributes:
        topic: folder name.
        title: the headline of its lesson.
        file: where it is, such as ``exercises/normalization/README.md``.
    """

    topic: str
    title: str
    file: str


class Provenance(Frozen, frozen=True):
    """What the page was made from.

    Attributes:
        course: what the course is called.
        digest: of its files; empty if unknown.
        seed: None if it is secret.
        versions: name → version: dlgrade, torch, Python.
        made: when, with its zone.
        engine: what graded, in a few words.
    """

    course: str
    made: datetime
    digest: str = ""
    seed: int | None = None
    versions: Mapping[str, str] = {}
    engine: str = ""


class Stray(Frozen, frozen=True):
    """A submission that matches no student.

    Attributes:
        handed_in: the submission.
        nearest: the student whose name is nearest, as a hint; empty if none is near.
        report: path of its report below the output folder; empty if there is none.
    """

    handed_in: HandedIn
    nearest: str = ""
    report: str = ""


class Example(Frozen, frozen=True):
    """A report in which something can be seen.

    Attributes:
        name: of the student.
        report: path below the output folder; empty if there is none.
        label: of the exercise.
    """

    name: str
    report: str
    label: str


class Cause(Frozen, frozen=True):
    """A mistake that was diagnosed.

    Attributes:
        mistake: its name in the course.
        title: what it does, as a clause.
        hint: what to look at; empty if none is known.
        students: how many made it.
        tried: how many tried any of ``labels``.
        labels: the exercises in which it was made, most often first.
        examples: reports that show it, those with the fewest other failures first.
        lessons: what treats it.
    """

    mistake: str
    title: str
    hint: str
    students: int
    tried: int
    labels: tuple[str, ...]
    examples: tuple[Example, ...]
    lessons: tuple[Lesson, ...] = ()


class Hurdle(Frozen, frozen=True):
    """A case, and how many passed it of those who got as far.

    Attributes:
        label: of the exercise.
        title: the line that the learner reads.
        passed: how many passed.
        tried: how many it was judged for: it neither waited nor was not started.
        unexplained: how many failed it without a known cause.
        lesson: what treats its topic.
    """

    label: str
    title: str
    passed: int
    tried: int
    unexplained: int = 0
    lesson: Lesson | None = None

    @property
    def share(self) -> float:
        """Passed of tried, from 0 to 1."""
        return self.passed / self.tried


class Progress(Frozen, frozen=True):
    """How far the class is with an exercise or a quiz: students by state."""

    label: str
    title: str
    passed: int = 0
    partial: int = 0
    failed: int = 0
    not_started: int = 0
    unjudged: int = 0


class Spread(Frozen, frozen=True):
    """How the points are spread over those who have some, 0 included.

    Attributes:
        max_score: points to be had.
        bins: how many have points in each of `BINS` equal parts; the maximum is in the last.
        quartiles: a quarter, half and three quarters have at most as many; None if nobody has any.
        low: the fewest points.
        high: the most.
    """

    max_score: float
    bins: tuple[int, ...]
    quartiles: tuple[float, float, float] | None = None
    low: float = 0.0
    high: float = 0.0

    @property
    def number(self) -> int:
        """How many students have points."""
        return sum(self.bins)


class Row(Frozen, frozen=True):
    """A student in the table.

    Attributes:
        student: who.
        report: of the attempt that counts; empty if there is none.
        score: points after the rules; None if nothing counts.
        max_score: points to be had.
        taken: points that the rules took.
        attempts: how many there are.
        counted: number of the one that counts, from 1; 0 if there is none.
        submitted: when that came.
        late: whether the export calls it late.
        flags: what to look at, each with its exercise.
        why: what the rules did, in a sentence.
        unjudged: whether anything of it was not judged, by the grader's fault.
    """

    student: Student
    report: str = ""
    score: float | None = None
    max_score: float = 0.0
    taken: float = 0.0
    attempts: int = 0
    counted: int = 0
    submitted: datetime | None = None
    late: bool = False
    flags: tuple[str, ...] = ()
    why: str = ""
    unjudged: bool = False


class Trouble(Frozen, frozen=True):
    """What kept submissions from being judged.

    Attributes:
        kind: ``unreadable`` (nothing of it could be read), ``ungraded`` (not yet graded),
            ``grader`` (its own fault, or the machine's), ``nothing`` (nothing in it to grade).
        what: what was seen; empty if nothing is to be said.
        whom: names of the students, or what the export calls the submissions.
    """

    kind: TroubleKind
    what: str
    whom: tuple[str, ...]


class Pace(Frozen, frozen=True):
    """What grading cost.

    Attributes:
        graded: how many submissions have a verdict.
        total_s: their seconds together.
        median_s: of one submission.
        slowest: name and seconds of the slowest, the longest first.
    """

    graded: int = 0
    total_s: float = 0.0
    median_s: float = 0.0
    slowest: tuple[tuple[str, float], ...] = ()


class ClassRecord(Frozen, frozen=True):
    """A class in brief: all that the class page shows.

    Attributes:
        provenance: what it was made from.
        rows: the students, by name.
        spread: of the points.
        missing: how many handed in nothing.
        unscored: how many handed in something that has no points.
        causes: mistakes, what most students made first.
        hurdles: cases that somebody failed, the hardest first.
        progress: exercises and quizzes, in the course's order.
        compared: what came of looking for near-duplicates; empty if nobody looked.
        strays: submissions that match no student.
        troubles: what was not judged.
        pace: what grading cost.
    """

    provenance: Provenance
    rows: tuple[Row, ...]
    spread: Spread
    missing: int = 0
    unscored: int = 0
    causes: tuple[Cause, ...] = ()
    hurdles: tuple[Hurdle, ...] = ()
    progress: tuple[Progress, ...] = ()
    compared: tuple[Compared, ...] = ()
    strays: tuple[Stray, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    pace: Pace = Pace()


class _Seen(Frozen, frozen=True):
    """A part of the attempt that counts."""

    student: Student
    report: str
    part: PartSummary


def class_record(
    standings: Sequence[Standing],
    provenance: Provenance,
    lessons: Mapping[str, Lesson] = {},
    compared: Iterable[Compared] = (),
    strays: Iterable[Stray] = (),
) -> ClassRecord:
    """The class in brief.

    Args:
        standings: one per student.
        provenance: what they were made from.
        lessons: by topic; see `grader.cohort.lessons`.
        compared: what came of looking for near-duplicates, by exercise.
        strays: submissions that match no student.
    """
    strays = tuple(strays)
    seen = [
        _Seen(student=standing.student, report=attempt.report, part=part)
        for standing in standings
        if (attempt := _counted(standing)) is not None and attempt.summary is not None
        for part in attempt.summary.parts
    ]
    return ClassRecord(
        provenance=provenance,
        rows=tuple(sorted(map(_row, standings), key=_by_name)),
        spread=_spread(standings),
        missing=sum(not standing.attempts for standing in standings),
        unscored=sum(bool(each.attempts) and each.score is None for each in standings),
        causes=_causes(seen, lessons),
        hurdles=_hurdles(seen, lessons),
        progress=_progress(seen, standings),
        compared=tuple(compared),
        strays=strays,
        troubles=_troubles(standings, strays),
        pace=_pace(standings),
    )


def _counted(standing: Standing) -> Attempt | None:
    return None if standing.counted is None else standing.attempts[standing.counted]


def _by_name(row: Row) -> tuple[str, str]:
    return _in_order(row.student.name), row.student.id


def _in_order(name: str) -> str:
    """A name as lists sort it: Ångström beside Angel, capitals beside small letters."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _row(standing: Standing) -> Row:
    row = Row(
        student=standing.student,
        score=standing.score,
        max_score=standing.max_score,
        attempts=len(standing.attempts),
        why=standing.why,
    )
    attempt = _counted(standing)
    if attempt is None:
        return row
    parts = () if attempt.summary is None else attempt.summary.parts
    score, raw = standing.score, standing.raw
    return msgspec.structs.replace(
        row,
        report=attempt.report,
        taken=0.0 if score is None or raw is None else max(0.0, raw - score),
        counted=(standing.counted or 0) + 1,
        submitted=attempt.handed_in.submitted,
        late=attempt.handed_in.late,
        flags=tuple(f"{part.label}: {flag}" for part in parts for flag in part.flags),
        unjudged=any(_is_unjudged(part) for part in parts),
    )


def _is_unjudged(part: PartSummary) -> bool:
    return part.status == "grader_error" or any(
        case.status == "grader_error" for case in part.cases
    )


def _spread(standings: Iterable[Standing]) -> Spread:
    pairs = [(each.score, each.max_score) for each in standings if each.score is not None]
    scores = sorted(score for score, _ in pairs)
    most = max((max_score for _, max_score in pairs), default=0.0)
    bins = [0] * BINS
    for score, max_score in pairs:
        share = score / max_score if max_score > 0 else 0.0
        bins[min(max(int(share * BINS + 1e-9), 0), BINS - 1)] += 1
    if not scores:
        return Spread(max_score=most, bins=tuple(bins))
    # Of one student all three are the same.
    low, middle, high = quantiles(scores * (1 + (len(scores) == 1)), n=4, method="inclusive")
    return Spread(
        max_score=most,
        bins=tuple(bins),
        quartiles=(low, middle, high),
        low=scores[0],
        high=scores[-1],
    )


def _causes(seen: Iterable[_Seen], lessons: Mapping[str, Lesson]) -> tuple[Cause, ...]:
    """Mistakes by name and title: the same in two exercises is one, with both named."""
    made: dict[tuple[str, str], list[tuple[_Seen, CaseSummary]]] = defaultdict(list)
    tried: dict[str, set[str]] = defaultdict(set)
    for each in seen:
        judged = any(case.status in _JUDGED for case in each.part.cases)
        if judged or each.part.status == "error":
            tried[each.part.label].add(each.student.id)
        for case in each.part.cases:
            if case.mistake and case.status in _FAILED:
                made[case.mistake, case.cause].append((each, case))
    found = [_cause(key, places, tried, lessons) for key, places in made.items()]
    return tuple(sorted(found, key=lambda cause: (-cause.students, cause.title, cause.mistake)))


def _cause(
    key: tuple[str, str],
    places: Sequence[tuple[_Seen, CaseSummary]],
    tried: Mapping[str, set[str]],
    lessons: Mapping[str, Lesson],
) -> Cause:
    by_label: dict[str, set[str]] = defaultdict(set)
    for each, _ in places:
        by_label[each.part.label].add(each.student.id)
    labels = sorted(by_label, key=lambda label: (-len(by_label[label]), label))
    topics = dict.fromkeys(topic_of(label) for label in labels)
    return Cause(
        mistake=key[0],
        title=key[1],
        hint=next((case.hint for _, case in places if case.hint), ""),
        students=len(set().union(*by_label.values())),
        tried=len(set().union(*(tried[label] for label in labels))),
        labels=tuple(labels),
        examples=_examples(each for each, _ in places),
        lessons=tuple(lessons[topic] for topic in topics if topic in lessons),
    )


def _examples(seen: Iterable[_Seen]) -> tuple[Example, ...]:
    """One report per student, those first that show little else."""

    def clearest(each: _Seen) -> tuple[bool, int, str, str]:
        failed = sum(case.status in _FAILED for case in each.part.cases)
        return not each.report, failed, _in_order(each.student.name), each.student.id

    chosen: dict[str, Example] = {}
    for each in sorted(seen, key=clearest):
        example = Example(name=each.student.name, report=each.report, label=each.part.label)
        chosen.setdefault(each.student.id, example)
        if len(chosen) == EXAMPLES:
            break
    return tuple(chosen.values())


def topic_of(label: str) -> str:
    """``normalization`` of ``normalization/layer_norm``."""
    return label.partition("/")[0]


def _hurdles(seen: Sequence[_Seen], lessons: Mapping[str, Lesson]) -> tuple[Hurdle, ...]:
    passed: Counter[tuple[str, str]] = Counter()
    tried: Counter[tuple[str, str]] = Counter()
    unexplained: Counter[tuple[str, str]] = Counter()
    titles: dict[tuple[str, str], str] = {}
    for each in seen:
        for case in each.part.cases:
            key = each.part.label, case.name
            failed = case.status in _FAILED
            if case.status in _JUDGED:
                titles.setdefault(key, case.title)
                tried[key] += 1
                passed[key] += not failed
                unexplained[key] += failed and not case.mistake
    students = len({each.student.id for each in seen})
    enough = max(min(_FEW, students), _ENOUGH * students)
    found = [
        Hurdle(
            label=key[0],
            title=titles[key],
            passed=passed[key],
            tried=number,
            unexplained=unexplained[key],
            lesson=lessons.get(topic_of(key[0])),
        )
        for key, number in tried.items()
        if number >= enough and passed[key] < number
    ]
    return tuple(sorted(found, key=lambda it: (it.share, -it.tried, it.label, it.title)))


def _progress(seen: Sequence[_Seen], standings: Sequence[Standing]) -> tuple[Progress, ...]:
    """Of those whose attempt was graded; a part that it lacks was not started."""
    graded = sum(
        (attempt := _counted(each)) is not None and attempt.summary is not None
        for each in standings
    )
    titles: dict[str, str] = {}
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for each in seen:
        titles.setdefault(each.part.label, each.part.title)
        states[each.part.label][_GROUPS[each.part.status]] += 1
    for counts in states.values():
        counts["not_started"] += graded - counts.total()
    return tuple(
        Progress(label=label, title=titles[label], **states[label]) for label in _order(seen)
    )


def _order(seen: Iterable[_Seen]) -> tuple[str, ...]:
    """The labels in the course's order, as far as the longest submissions tell."""
    by_student: dict[str, list[str]] = defaultdict(list)
    for each in seen:
        by_student[each.student.id].append(each.part.label)
    longest_first = sorted(by_student.values(), key=len, reverse=True)
    return tuple(dict.fromkeys(label for labels in longest_first for label in labels))


def _troubles(standings: Iterable[Standing], strays: Iterable[Stray]) -> tuple[Trouble, ...]:
    """What went wrong, the same for several as one."""
    found: dict[tuple[TroubleKind, str], dict[str, None]] = defaultdict(dict)
    for standing in standings:
        for attempt in standing.attempts:
            for key in _troubles_of(attempt):
                found[key][standing.student.name] = None
    for stray in strays:
        if stray.handed_in.fault:
            found["unreadable", stray.handed_in.fault][stray.handed_in.who] = None
    order: tuple[TroubleKind, ...] = ("grader", "ungraded", "unreadable", "nothing")
    return tuple(
        Trouble(kind=kind, what=what, whom=tuple(whom))
        for (kind, what), whom in sorted(
            found.items(), key=lambda item: (order.index(item[0][0]), -len(item[1]), item[0][1])
        )
    )


def _troubles_of(attempt: Attempt) -> list[tuple[TroubleKind, str]]:
    summary = attempt.summary
    if attempt.handed_in.fault:
        return [("unreadable", attempt.handed_in.fault)]
    if summary is None:
        return [("ungraded", "")]
    if summary.problem:
        return [("grader" if summary.status == "grader_error" else "nothing", summary.problem)]
    return [("grader", _unjudged(part)) for part in summary.parts if _is_unjudged(part)]


def _unjudged(part: PartSummary) -> str:
    said = (case.message for case in part.cases if case.status == "grader_error" and case.message)
    message = next(said, "")
    return f"{part.label}: {message}" if message else f"{part.label} was not judged"


def _pace(standings: Iterable[Standing]) -> Pace:
    graded: list[tuple[str, Summary]] = [
        (standing.student.name, attempt.summary)
        for standing in standings
        for attempt in standing.attempts
        if attempt.summary is not None and not attempt.summary.problem
    ]
    if not graded:
        return Pace()
    slowest = sorted(graded, key=lambda pair: (-pair[1].duration_s, pair[0]))[:SLOWEST]
    return Pace(
        graded=len(graded),
        total_s=sum(summary.duration_s for _, summary in graded),
        median_s=median(summary.duration_s for _, summary in graded),
        slowest=tuple((name, summary.duration_s) for name, summary in slowest),
    )
