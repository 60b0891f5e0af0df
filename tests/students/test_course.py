"""How a course says what students see, and which worker is given what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from msgspec.structs import replace

from grader import disclosure
from grader.course import Course, find, load
from grader.declared import Declared, Unclear, written
from grader.errors import CourseError
from grader.exercise import Exercise
from grader.home import make
from grader.judge import apart, request_for, tasks
from grader.oracle import oracles
from grader.pool import Pool
from grader.result import Result
from grader.settings import Settings
from grader.submission import Submitted, collect
from grader.verdict import Verdict
from grader.watch import Desk
from grader.wire.frames import Request


@pytest.fixture
def course(secretive: ModuleType, tmp_path: Path) -> Course:
    """The secretive course."""
    return find(secretive.write_course(tmp_path / "course", secretive.Secrets()))


@pytest.fixture
def requests(course: Course) -> Callable[[Settings], dict[str, Request]]:
    """Circle → what its worker is given, for an answer to an exercise of that course."""

    def requests(settings: Settings) -> dict[str, Request]:
        entry = course.entries[0]
        exercise = load(entry)
        asked = tasks(entry, exercise, oracles(entry, exercise, settings.seed), settings.seed)
        submitted = Submitted(entry, "a.py", b"")
        return {
            shown: request_for(submitted, exercise, some, settings)
            for shown, some in apart(exercise, asked, settings).items()
        }

    return requests


def cases(request: Request) -> list[str]:
    """The cases that a worker is asked for."""
    return [task.case for task in request.tasks]


def test_each_circle_has_a_worker_of_its_own(
    requests: Callable[[Settings], dict[str, Request]],
) -> None:
    """What is hidden for good is not beside what is seen after the due date."""
    found = requests(Settings())
    assert {shown: cases(request) for shown, request in found.items()} == {
        "open": ["seen", "own"],
        "closed": ["unseen", "unsaid", "held", "untitled"],
        "after_due": ["later"],
    }


def test_a_bound_closes_what_was_open(
    requests: Callable[[Settings], dict[str, Request]],
) -> None:
    """The worker that says whether the file loads then knows no input at all."""
    found = requests(Settings(feedback="property"))
    assert cases(found["open"]) == []
    assert len(cases(found["closed"])) == 7
    assert "after_due" not in found


def test_an_open_exercise_needs_one_worker() -> None:
    """Nothing is slower than it was for a course that hides nothing."""
    for entry in find().entries[:3]:
        exercise = load(entry)
        asked = tasks(entry, exercise, oracles(entry, exercise, 0), 0)
        assert apart(exercise, asked, Settings()) == {"open": list(asked)}


def test_a_worker_is_not_told_the_seed(
    requests: Callable[[Settings], dict[str, Request]],
) -> None:
    """What is derived from it does not lead back: it is a hash, and is not near it."""
    seed = 2**63 + 12345
    for request in requests(Settings(seed=seed, secret_seed=True)).values():
        for task in request.tasks:
            assert 0 <= task.upstream_seed < 2**48
            assert abs(task.upstream_seed - seed % 2**48) > 2**16


def test_an_answer_from_the_wrong_worker_does_not_count(
    course: Course, requests: Callable[[Settings], dict[str, Request]], fork_pool: Pool
) -> None:
    """A worker may claim to answer a case that it was never asked."""
    settings, entry = Settings(), course.entries[0]
    source = entry.solution.read_bytes()
    reports = {}
    for number, (shown, request) in enumerate(requests(settings).items()):
        fork_pool.submit(900_000 + number, replace(request, source=source), settings.limits)
        reports[shown] = fork_pool.wait()
    exercise = load(entry)
    known = oracles(entry, exercise, 0)
    submitted = Submitted(entry, "a.py", source)

    def judged(shown: str, **more: object) -> set[str]:
        closed = replace(reports[shown], **more)
        others = {**reports, shown: closed}
        record = Verdict(
            submitted, exercise, known, others.pop("open"), settings.limits, False, 0, others
        ).record()
        return {case.name for case in record.cases if case.status == "passed"}

    everything = {"seen", "own", "unseen", "unsaid", "held", "untitled", "later"}
    assert judged("closed") == everything
    # The open worker's report carries the answers of the closed one, which has none itself.
    moved = (*reports["open"].answers, *reports["closed"].answers)
    reports["closed"] = replace(reports["closed"], answers=())
    assert judged("open", answers=moved) == {"seen", "own", "later"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"visibility": "secret"}, "visibility='secret' is none of 'visible', 'after_due'"),
        ({"feedback": "none"}, "feedback='none' is none of 'full', 'own_output', 'property'"),
    ],
)
def test_authors_are_told_what_there_is(words: dict[str, str], said: str) -> None:
    """A level that is misspelt must not be taken for full."""

    def f(x: object) -> object:
        return x

    exercise = Exercise(f, title="F", hints=["a", "b", "c"])
    with pytest.raises(CourseError, match=said):

        @exercise.case(points=1, **words)  # type: ignore[arg-type]
        def one(inputs: object) -> dict[str, object]:
            """a title"""
            return {}


AUTHOR = """
exercise = Exercise(f, title="F", hints=["a", "b", "c"])

def f(x): ...

@exercise.case(points=1, visibility="hidden", feedback={0})
def one(inputs):
    "a title"
"""


def test_what_a_text_declares_is_read_without_running_it() -> None:
    """The levels too; one that is computed is left to whoever runs the file."""
    found = written(AUTHOR.replace("{0}", '"verdict"').encode())
    assert found == (Declared("one", "a title", "f", "hidden", "verdict"),)
    for other in ("LEVEL", '"none"'):
        with pytest.raises(Unclear):
            written(AUTHOR.replace("{0}", other).encode())


def test_the_course_has_the_last_word(course: Course) -> None:
    """Later tables win, and what a table leaves out stays as it was."""
    (course.solutions / disclosure.FILE).write_text(
        '[cases."secretive"]\nfeedback = "own_output"\n'
        '[cases."secretive/prints/un*"]\nvisibility = "after_due"\n'
    )
    found = load(course.select(["prints"])[0]).cases
    assert {case.feedback for case in found.values()} == {"own_output"}
    assert found["unseen"].visibility == "after_due"
    assert found["seen"].visibility == "visible"
    assert load(course.select(["digs"])[0]).cases["unseen"].visibility == "hidden"


@pytest.mark.parametrize(
    "text",
    ["[cases", '[cases."*"]\nvisibility = "no"', '[cases."*"]\nshown = true', "[students]"],
)
def test_a_rule_that_cannot_be_read_is_refused(course: Course, text: str) -> None:
    """Rather than to leave open what was to be hidden."""
    (course.solutions / disclosure.FILE).write_text(text)
    with pytest.raises(CourseError, match=r'must hold tables \[cases."topic/exercise/case"\]'):
        load(course.entries[0])


def test_patterns_that_fit_nothing_are_named() -> None:
    """A misspelt name hides nothing."""
    patterns = ("t", "t/e", "t/e/c*", "t/x", "u")
    rules = disclosure.Rules({pattern: disclosure.Rule() for pattern in patterns})
    assert rules.unused([("t/e", "case")]) == ["t/x", "u"]


def test_a_watch_shows_what_students_see(
    course: Course, secretive: ModuleType, tmp_path: Path
) -> None:
    """Whatever comes from the judge: to the window, the page and the hints."""

    class Judge:
        def grade(self, submission: object, settings: object, told: object, stop: object) -> Result:
            told(whole.exercises[0])  # type: ignore[operator]
            return whole

    home = make(course, tmp_path / "work").home
    entry = course.select(["is_mistaken"])[0]
    whole = _closed_failure(entry.name)
    desk = Desk(home, Judge(), Settings())  # type: ignore[arg-type]
    heard: list[object] = []
    result = desk.judge([entry], heard.append, lambda: False)
    desk.go(entry)
    assert "TOLD" not in repr((heard, result, desk.verdict(entry), desk.hints(more=False)))
    assert collect(course, [home.folder])


def _closed_failure(name: str) -> Result:
    """A record with one hidden case that tells everything."""
    from grader.result import Case, Diagnosis, Environment, Exercise, result_of

    case = Case(
        name="unseen",
        title="a number that nobody sees",
        function="scale",
        status="failed",
        score=0,
        max_score=2,
        message="TOLD",
        diagnosis=Diagnosis(mistake="TOLD", title="TOLD", hint="TOLD"),
        visibility="hidden",
    )
    exercise = Exercise(
        name=name,
        topic="secretive",
        title="Scaling",
        asks="",
        file="x.py",
        line=None,
        status="failed",
        score=0,
        max_score=2,
        duration_s=0.1,
        cases=(case,),
    )
    environment = Environment(
        dlgrade="0", python="3", torch="2", numpy="2", platform="", seed=0, threads=1, isolation=()
    )
    return result_of(environment, [exercise], [])
