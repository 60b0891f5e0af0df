"""Invented classes whose mistakes are known, since they were dealt out one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

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
from grader.cohort.statistics import ClassRecord, Lesson, Provenance, Stray, class_record
from grader.cohort.twins import Compared, Twins
from grader.result import CaseStatus, ExerciseStatus, ResultStatus

HOSTILE: Final = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> \x1b[31mred\x1b[0m "
    "\u202egnp.exe\u2066 \x00\x07 {{ 7 * 7 }} {% raw %} \u200bhidden &amp; \ud800 ]]> -->"
)
NOON: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LESSONS: Final = {
    topic: Lesson(topic=topic, title=title, file=f"exercises/{topic}/README.md")
    for topic, title in [
        ("normalization", "Normalization"),
        ("optimization", "Optimization"),
        ("learning_rate", "Learning-rate schedules"),
        ("language_models", "Language models"),
    ]
}


@dataclass(frozen=True)
class Mistake:
    """A mistake, and which student of how many makes it: every one whose number divides evenly."""

    name: str
    title: str
    hint: str
    every: int


@dataclass(frozen=True)
class Plan:
    """An exercise of the invented course."""

    label: str
    title: str
    cases: tuple[tuple[str, str, float], ...]
    mistakes: tuple[Mistake, ...] = ()


UNBIASED: Final = Mistake(
    "unbiased_variance",
    "divides the variance by n - 1; LayerNorm divides by n",
    "torch.var and torch.std divide by n - 1 unless you say unbiased=False.",
    4,
)
DETACHED: Final = Mistake(
    "statistics_detached",
    "treats mean and variance as constants, so their part of the gradient is lost",
    "Mean and variance depend on x, and the gradient has to pass through both.",
    7,
)
PLANS: Final = (
    Plan(
        "optimization/sgd",
        "Gradient descent with momentum",
        (
            ("one_step", "one step goes against the gradient", 2),
            ("momentum", "the velocity is kept between steps", 3),
        ),
        (
            Mistake(
                "velocity_reset",
                "starts every step with a velocity of 0",
                "What must be remembered from one step to the next?",
                5,
            ),
        ),
    ),
    Plan(
        "normalization/batch_norm",
        "Batch normalisation",
        (
            ("statistics", "every channel has its own statistics", 3),
            ("gradients", "gradients flow through the statistics", 2),
        ),
        (DETACHED,),
    ),
    Plan(
        "normalization/layer_norm",
        "Layer normalisation",
        (
            ("statistics", "every position is normalised over its own features", 3),
            ("affine", "the normalised values are multiplied by weight, then bias is added", 2),
            ("gradients", "gradients flow through the statistics", 3),
        ),
        (UNBIASED, DETACHED),
    ),
    Plan(
        "learning_rate/warmup",
        "A linear warmup",
        (("start", "the first step has a small rate", 1), ("end", "the last step is whole", 1)),
        (
            Mistake("off_by_one", "reaches the full rate a step late", "Count from 1.", 9),
            Mistake("from_zero", "begins with a rate of 0", "The first step must move.", 11),
        ),
    ),
    Plan(
        "language_models/perplexity",
        "Perplexity",
        (
            ("plain", "perplexity is the exponential of the mean loss", 2),
            ("padding", "padding is not counted", 3),
            ("long", "a long text does not overflow", 2),
        ),
        (Mistake("padding_counted", "counts the padding", "Divide by what mask says.", 6),),
    ),
    Plan(
        "normalization/quiz",
        "What normalisation does",
        (("q1", "Which axes does layer norm average over?", 1), ("q2", "How many means?", 1)),
    ),
)
_GIVEN: Final = (
    *("Ada", "Ben", "Chloé", "Dmitri", "Emre", "Fatima", "Grace", "Hồ"),
    *("Íñigo", "Jürgen", "Kofi", "Li", "Mei", "Nia", "Olu"),
)
_FAMILY: Final = (
    *("Ångström", "Bose", "Curie", "Dijkstra", "Erdős", "Franklin"),
    *("Gauss", "Hopper", "Ito", "Jemison", "Klein"),
)


def student(number: int) -> Student:
    """The student of this number, with a name that no other has."""
    given, family = _GIVEN[number % 15], _FAMILY[number // 15 % 11]
    again = f" {number // 165 + 1}" if number >= 165 else ""
    return Student(id=f"s{number:04}", name=f"{family}, {given}{again}", section="AB"[number % 2])


def part(plan: Plan, number: int) -> PartSummary:
    """What the student of this number made of an exercise."""
    if (number + len(plan.label)) % 13 == 0:
        return _not_started(plan)
    made = [it for it in plan.mistakes if number % it.every == 0][:1]
    cases = tuple(_case(*case, place, made, number) for place, case in enumerate(plan.cases))
    score = sum(case.score for case in cases)
    passed = all(case.status == "passed" for case in cases)
    status: ExerciseStatus = "passed" if passed else "partial" if score else "failed"
    flags = ("uses exec at line 12",) if number % 50 == 3 and plan.mistakes else ()
    return PartSummary(
        label=plan.label,
        title=plan.title,
        status=status,
        score=score,
        max_score=sum(points for _, _, points in plan.cases),
        duration_s=0.02,
        cases=cases,
        flags=flags,
    )


def _not_started(plan: Plan) -> PartSummary:
    return PartSummary(
        label=plan.label,
        title=plan.title,
        status="not_started",
        score=0,
        max_score=sum(points for _, _, points in plan.cases),
        cases=tuple(
            CaseSummary(name=name, title=title, status="not_started", score=0, max_score=points)
            for name, title, points in plan.cases
        ),
    )


def _case(
    name: str, title: str, points: float, place: int, made: list[Mistake], number: int
) -> CaseSummary:
    case = CaseSummary(name=name, title=title, status="passed", score=points, max_score=points)
    if made and place > 0:
        return msgspec.structs.replace(
            case,
            status="failed",
            score=0,
            mistake=made[0].name,
            cause=made[0].title,
            hint=made[0].hint,
            message="all values differ by the same factor",
        )
    if name in ("long", "q2") and number % 3 == 0:
        status: CaseStatus = "error" if number % 2 else "failed"
        return msgspec.structs.replace(case, status=status, score=0, message="overflows")
    return case


def standing(number: int) -> Standing:
    """Of every 16 students one handed in nothing; of every 20 one came late."""
    who = student(number)
    most = sum(points for plan in PLANS for _, _, points in plan.cases)
    if number % 16 == 15:
        return Standing(student=who, max_score=most)
    parts = tuple(part(plan, number) for plan in PLANS)
    score = sum(each.score for each in parts)
    status: ResultStatus = "passed" if score == most else "failed"
    late = number % 20 == 7
    handed_in = HandedIn(
        source=f"export.zip/{who.id}",
        digest=f"{number:064x}",
        who=who.id,
        submitted=NOON - timedelta(minutes=37 * number % 5_000),
        late=late,
        attempt=1 + (number % 10 == 4),
    )
    summary = Summary(
        status=status,
        score=score,
        max_score=most,
        duration_s=0.1 + 0.001 * (number % 90),
        parts=parts,
    )
    attempt = Attempt(handed_in=handed_in, summary=summary, report=f"reports/{who.id}.html")
    attempts = (attempt,) * handed_in.attempt
    taken = 2.0 if late and score > 2 else 0.0
    return Standing(
        student=who,
        attempts=attempts,
        counted=len(attempts) - 1,
        score=score - taken,
        raw=score,
        max_score=most,
        why="1 day late: 2 points were taken." if taken else "",
    )


def troubled(number: int) -> list[Standing]:
    """A class of this size in which three submissions could not be judged."""
    standings = [standing(place) for place in range(number)]
    broken = Summary(
        status="grader_error", score=0, max_score=25, problem="the worker's machine ran out of disk"
    )
    faults = [
        Attempt(handed_in=_handed("a", fault="the archive is damaged: no end of its directory")),
        Attempt(handed_in=_handed("b"), summary=broken),
        Attempt(handed_in=_handed("c")),
    ]
    for place, attempt in enumerate(faults[: max(0, number - 2)], start=1):
        standings[place] = Standing(
            student=student(place), attempts=(attempt,), max_score=standings[0].max_score
        )
    return standings


def _handed(who: str, fault: str = "") -> HandedIn:
    return HandedIn(source=f"export.zip/{who}", digest=who * 64, who=who, fault=fault)


def compared(number: int) -> tuple[Compared, ...]:
    """What a look for near-duplicates may find."""
    if number < 5:
        return ()
    pair = student(0).id, student(number - 2).id
    pairs = number * (number - 1) // 2 - 1
    found = [
        Twins(label=label, students=pair, alike=0.97, rare=rare, others=others, pairs=pairs)
        for label, rare, others in [
            ("normalization/layer_norm", 12, 0),
            ("optimization/sgd", 7, 2),
        ]
    ]
    trio = tuple(student(place).id for place in (2, 3, 4))
    third = Twins(
        label="language_models/perplexity",
        students=trio,
        alike=0.88,
        rare=9,
        others=0,
        pairs=pairs,
    )
    return (
        Compared(label=found[0].label, answers=number, usual=0.83, unusual=0.95, twins=(found[0],)),
        Compared(label=found[1].label, answers=number, usual=0.7, unusual=0.9, twins=(found[1],)),
        Compared(label=third.label, answers=number, usual=0.4, unusual=0.7, twins=(third,), cut=1),
    )


def provenance(seed: int | None = 7) -> Provenance:
    """What an invented class was graded with."""
    return Provenance(
        course="Deep learning, winter term",
        digest="3f9a0c" * 10,
        seed=seed,
        versions={"dlgrade": "0.1.0", "torch": "2.13.0", "Python": "3.11.7"},
        made=NOON,
        engine="this machine, 4 at a time",
    )


def record(number: int, troubles: bool = True) -> ClassRecord:
    """A class of this size with one of everything."""
    strays = [
        Stray(handed_in=_handed("hopper_grace_LATE_991"), nearest="Hopper, Grace"),
        Stray(handed_in=_handed("participant 17")),
    ]
    return class_record(
        troubled(number) if troubles else [standing(place) for place in range(number)],
        provenance(),
        LESSONS,
        compared(number),
        strays if troubles and number > 5 else (),
    )


def makers(standings: list[Standing]) -> Mapping[str, set[str]]:
    """Mistake → ids of the students who made it, counted in another way than the page does."""
    found: dict[str, set[str]] = {}
    for each in standings:
        if each.counted is None:
            continue
        summary = each.attempts[each.counted].summary
        for one in summary.parts if summary else ():
            for case in one.cases:
                if case.mistake:
                    found.setdefault(case.mistake, set()).add(each.student.id)
    return found


def hostile(number: int) -> ClassRecord:
    """A class in which every text that learners and platforms can set means harm."""
    standings = []
    for place in range(number):
        plain = standing(place)
        who = Student(id=f"{place}{HOSTILE}", name=HOSTILE * 40, section=HOSTILE)
        attempts = tuple(
            msgspec.structs.replace(
                attempt,
                report="javascript:alert(3)//" + HOSTILE,
                handed_in=msgspec.structs.replace(attempt.handed_in, fault=""),
                summary=_flagged(attempt.summary),
            )
            for attempt in plain.attempts
        )
        standings.append(
            msgspec.structs.replace(plain, student=who, attempts=attempts, why=HOSTILE * 30)
        )
    stray = Stray(
        handed_in=HandedIn(source=HOSTILE * 9, digest="0", who=HOSTILE, fault=HOSTILE * 50),
        nearest=HOSTILE,
        report="https://192.0.2.1/x",
    )
    course = msgspec.structs.replace(provenance(), course=HOSTILE, engine=HOSTILE)
    return class_record(standings, course, LESSONS, (), [stray])


def _flagged(summary: Summary | None) -> Summary | None:
    if summary is None:
        return None
    parts = tuple(
        msgspec.structs.replace(one, flags=(HOSTILE * 20,) * 9, title=HOSTILE)
        for one in summary.parts
    )
    return msgspec.structs.replace(summary, parts=parts)
