"""What students see of a record: less than the instructor, and never what would betray more.

The record that a judge makes is whole. `students_view` makes the students' record of it: a pure
function, applied before anything is written, so that no writer has to know what is secret.

Cases whose inputs or outputs students see at different times, or never, run in different workers
(`Circle`): a learner's code could hand on what it is given in one case by what it does in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from msgspec import structs

from grader.result import (
    Case,
    CaseStatus,
    Evidence,
    Exercise,
    ExerciseStatus,
    Fault,
    Feedback,
    Result,
    Visibility,
    Worst,
    result_of,
    status_of,
)
from grader.usual import LEVELS

Circle = Literal["open", "after_due", "closed"]
CIRCLES: Final[tuple[Circle, ...]] = ("open", "after_due", "closed")
"""Who may know what went into a case: everybody, everybody after the due date, the instructor."""

COURSE_FAULT: Final = "course"
CLOSED_COURSE_FAULT: Final = "course_closed"
"""`Fault.kind` where the course is wrong, and where its message may tell a closed case's inputs."""

_NOT_TOLD: Final = "the course or the grader is wrong, not your work; your instructor can see why"
_WRONG: Final = "the answer is not right; what is expected is not shown"
_CLOSED: Final[Mapping[Feedback, str]] = {
    "property": "this does not hold; what it is tried on is not shown",
    "verdict": "this fails; what it asks is not shown",
}


def lower(one: Feedback, other: Feedback) -> Feedback:
    """The one of two levels that tells less."""
    return max(one, other, key=LEVELS.index)


def circle(visibility: Visibility, feedback: Feedback) -> Circle:
    """Who may know what goes into a case and comes out of it."""
    if visibility == "hidden" or feedback in _CLOSED:
        return "closed"
    return "open" if visibility == "visible" else "after_due"


def is_plain(visibility: Visibility, feedback: Feedback) -> bool:
    """Whether students see everything of a case, and see it now."""
    return visibility == "visible" and feedback == "full"


def level(visibility: Visibility, feedback: Feedback) -> Feedback:
    """How much students see of a case once it is shown: of a hidden one its property at most."""
    return lower(feedback, "property") if visibility == "hidden" else feedback


def known_as(
    place: int, name: str, title: str, visibility: Visibility, feedback: Feedback
) -> tuple[str, str]:
    """Name and title of a case as students know it: its number, where no more is told.

    Args:
        place: its place in the exercise, from 0.
        name: its name.
        title: its title.
        visibility: see `Case`.
        feedback: see `Case`.
    """
    if level(visibility, feedback) == "verdict":
        return f"case_{place + 1}", f"case {place + 1}"
    return name, title


def students_view(result: Result, *, after_due: bool = False) -> Result:
    """The record as students may see it.

    Args:
        result: the whole record, or a students' one.
        after_due: whether the due date has passed.
    """
    environment, duration_s = result.environment, result.duration_s
    secret = environment.secret_seed
    exercises = tuple(
        students_exercise(exercise, after_due=after_due, secret=secret)
        for exercise in result.exercises
    )
    pairs = zip(exercises, result.exercises, strict=True)
    if not secret and all(seen is exercise for seen, exercise in pairs):
        return result
    if secret:
        environment = structs.replace(environment, seed=None)
    if any(_circles(exercise) - {"open"} for exercise in result.exercises):
        # The time of everything holds that of closed cases.
        duration_s = sum(exercise.duration_s for exercise in exercises)
    return result_of(environment, exercises, result.quizzes, duration_s)


def students_exercise(
    exercise: Exercise, *, after_due: bool = False, secret: bool = False
) -> Exercise:
    """The record of one exercise as students may see it.

    Output, operations, notes and duration are those of the worker that ran the open cases.

    Args:
        exercise: the whole record, or a students' one.
        after_due: whether the due date has passed.
        secret: whether the seed is one that students must not know.
    """
    fault = _fault(exercise.error, secret)
    open_to_all = all(is_plain(case.visibility, case.feedback) for case in exercise.cases)
    if open_to_all and not secret and fault is exercise.error:
        return exercise
    names = {
        case.name: known_as(place, case.name, case.title, case.visibility, case.feedback)
        for place, case in enumerate(exercise.cases)
    }
    stubs = {case.function for case in exercise.cases} - {
        case.function for case in exercise.cases if case.status != "not_started"
    }
    cases = tuple(
        _case(case, names, after_due, secret, exercise.error is not None, case.function in stubs)
        for case in exercise.cases
    )
    pairs = zip(exercise.cases, cases, strict=True)
    later = sum(case.max_score for case, seen in pairs if seen.status == "withheld")
    taught = not cases or any(case.feedback == "full" for case in cases if _is_shown(case))
    return structs.replace(
        exercise,
        status=_status(exercise, cases),
        score=sum(case.score for case in cases) if cases else exercise.score,
        max_score=sum(case.max_score for case in cases) if cases else exercise.max_score,
        withheld=exercise.withheld + later,
        cases=cases,
        hints=exercise.hints if taught else (),
        error=fault,
    )


def _circles(exercise: Exercise) -> set[Circle]:
    return {circle(case.visibility, case.feedback) for case in exercise.cases}


def _is_shown(case: Case) -> bool:
    return case.visibility != "hidden" and case.status != "withheld"


def _status(exercise: Exercise, cases: tuple[Case, ...]) -> ExerciseStatus:
    """The status by the cases that count; where none does yet, nothing has failed."""
    if not cases or exercise.status == "not_started":
        return exercise.status
    counted = [case for case in cases if case.status != "withheld"]
    return status_of(counted, exercise.error) if counted or exercise.error else "passed"


def _fault(fault: Fault | None, secret: bool) -> Fault | None:
    told = fault is None or fault.kind not in (COURSE_FAULT, CLOSED_COURSE_FAULT)
    if told or (fault is not None and fault.kind == COURSE_FAULT and not secret):
        return fault
    return Fault(kind=CLOSED_COURSE_FAULT, message=_NOT_TOLD)


def _case(
    case: Case,
    names: Mapping[str, tuple[str, str]],
    after_due: bool,
    secret: bool,
    did_not_load: bool,
    is_stub: bool,
) -> Case:
    name, title = names[case.name]
    waits_for = tuple(names[other][0] if other in names else other for other in case.waits_for)
    case = structs.replace(case, name=name, title=title, waits_for=waits_for)
    if case.status == "withheld" or (case.visibility == "after_due" and not after_due):
        return _withheld(case)
    seen = level(case.visibility, case.feedback)
    if seen in _CLOSED:
        return _verdict(case, _CLOSED[seen], did_not_load, is_stub)
    if seen == "own_output":
        return _own_output(case)
    if not secret:
        return case
    untold = case.status == "grader_error"
    return structs.replace(case, reproduction="", message=_NOT_TOLD if untold else case.message)


def _bare(case: Case, **further: object) -> Case:
    """The case without anything that was seen, or is said to whoever failed it."""
    nothing = {
        "message": "",
        "evidence": None,
        "diagnosis": None,
        "picture": None,
        "waits_for": (),
        "hint": "",
        "judged": "",
        "reproduction": "",
    }
    return structs.replace(case, **{**nothing, **further})


def _withheld(case: Case) -> Case:
    return _bare(case, status="withheld", score=0.0, max_score=0.0)


def _verdict(case: Case, failed: str, did_not_load: bool, is_stub: bool) -> Case:
    """Passed or failed: how it fails (late, with what exception) could carry its inputs out.

    That a file does not load, or that a function is a stub, is known from open cases or the text.
    """
    if case.status == "passed":
        return _bare(case)
    if case.status == "grader_error":
        return _bare(case, message=_NOT_TOLD)
    if did_not_load:
        return _bare(case, message=case.message)
    if case.status == "not_started" and is_stub:
        # Its own message names a function as the learner's code calls it.
        return _bare(case, message=f"{case.function} is not started")
    status: CaseStatus = "failed"
    return _bare(case, status=status, message=failed)


def _own_output(case: Case) -> Case:
    """What the learner's own code did, and nothing that the course knows."""
    if case.status == "passed":
        return _bare(case)
    if case.status == "grader_error":
        return _bare(case, message=_NOT_TOLD)
    seen = case.evidence or Evidence()
    if case.status == "failed":
        worst = seen.worst and Worst(
            where=seen.worst.where, yours=seen.worst.yours, expected="", off_by="", allowed=""
        )
        return _bare(case, message=_WRONG, evidence=worst and Evidence(worst=worst))
    return _bare(
        case,
        message=case.message,
        waits_for=case.waits_for,
        evidence=seen.excerpt and Evidence(excerpt=seen.excerpt),
    )
