"""What is known while a learner works; the judge is another one where that will do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec import structs

from grader.errors import DlgradeError, Stopped
from grader.home import Home
from grader.progress import Card, change, read
from grader.result import Case, Diagnosis, Environment, Exercise, Result, result_of
from grader.service import Service
from grader.settings import Settings
from grader.submission import Submitted
from grader.watch import Desk, Hints

ENVIRONMENT = Environment(
    dlgrade="1", python="3", torch="2", numpy="2", platform="here", seed=0, threads=1, isolation=()
)
FAILED = Case(
    name="twice",
    title="the answer is twice as much",
    function="double",
    status="failed",
    score=0,
    max_score=1,
    diagnosis=Diagnosis(mistake="once", title="returns x as it is", hint="Once is not twice."),
)


class Judge:
    """Judges by the text alone: what holds ``right`` passes, anything else makes a mistake."""

    def __init__(self) -> None:
        self.judged: list[str] = []
        self.pictures: list[bool] = []

    def grade(
        self,
        submission: Sequence[Submitted],
        settings: Settings,
        tell: Callable[[Exercise], None],
        stop: Callable[[], bool],
    ) -> Result:
        """As `grader.service.Service.grade`."""
        if stop():
            raise Stopped("nobody waits")
        found = [self._judged(submitted) for submitted in submission if not submitted.entry.is_quiz]
        for part in found:
            tell(part)
        self.pictures.append(settings.pictures)
        self.judged += [part.name for part in found]
        return result_of(ENVIRONMENT, found, [])

    def _judged(self, submitted: Submitted) -> Exercise:
        passed = b"right" in (submitted.source or b"")
        case = structs.replace(FAILED, status="passed", diagnosis=None) if passed else FAILED
        return Exercise(
            name=submitted.entry.name,
            topic=submitted.entry.topic,
            title="",
            asks="",
            file=submitted.file,
            line=None,
            status="passed" if passed else "failed",
            score=float(passed),
            max_score=1,
            duration_s=0,
            cases=(case,),
            hints=("one", "two", "three"),
        )


@pytest.fixture
def judge() -> Judge:
    """The other one."""
    return Judge()


@pytest.fixture
def desk(home: Home, judge: Judge) -> Desk:
    """A desk beside it."""
    return Desk(home, cast(Service, judge), Settings())


def see(desk: Desk, home: Home, number: int, text: str) -> Result:
    """Saves a file and judges it."""
    entry = home.course.entries[number]
    home.file(entry).write_text(text)
    return desk.judge([entry], lambda _: None, lambda: False)


def test_where_a_learner_begins(desk: Desk, home: Home, judge: Judge) -> None:
    """At the first exercise; later where they were, unless that passes by now."""
    first, second = home.course.entries
    assert (desk.current, desk.is_new, desk.due()) == (first, True, 0)
    see(desk, home, 1, "wrong")
    desk.go(second)
    desk.keep()
    assert Desk(home, cast(Service, judge), Settings()).current == second
    see(desk, home, 1, "right")
    desk.keep()
    again = Desk(home, cast(Service, judge), Settings())
    assert (again.current, again.is_new) == (first, False)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process cannot be changed")
def test_a_day_is_the_learners(home: Home, judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """At noon, what is asked in ten hours is asked today, and what is in 13 hours is not."""
    now = datetime.now(UTC)
    cards = {
        f"arithmetic/quiz#{hours}": Card(due=(now + timedelta(hours=hours)).isoformat())
        for hours in (10, 13)
    }
    change(home.folder, lambda known: structs.replace(known, cards=cards))
    with monkeypatch.context() as changed:
        changed.setenv("TZ", f"NOON{now.hour - 12:+d}")
        time.tzset()
        assert Desk(home, cast(Service, judge), Settings()).due() == 1
    time.tzset()


def test_next_is_what_does_not_pass(desk: Desk, home: Home) -> None:
    """It goes round; where everything else passes there is nothing to go to."""
    _, second = home.course.entries
    (quiz,) = home.course.quizzes
    see(desk, home, 0, "right")
    assert desk.following() == quiz
    assert desk.next() and desk.current == quiz
    assert desk.next() and desk.current == second
    assert desk.next() and desk.current == quiz, "the first one passes"
    see(desk, home, 1, "right")
    assert not desk.next()
    assert desk.current == quiz


def test_hints_aim_first(desk: Desk, home: Home) -> None:
    """A recognised mistake uses no step up; each further question shows one more, to the last."""
    assert desk.hints(more=False) is None
    see(desk, home, 0, "wrong")
    aimed = ("Your double returns x as it is. Once is not twice.",)
    assert desk.hints(more=False) == Hints(aimed, (), 3)
    assert desk.hints(more=True) == Hints(aimed, ("one",), 3)
    assert desk.hints(more=False) == Hints(aimed, ("one",), 3)
    for _ in range(5):
        desk.hints(more=True)
    assert desk.hints(more=True) == Hints(aimed, ("one", "two", "three"), 3)
    see(desk, home, 0, "right")
    assert desk.hints(more=False) == Hints((), ("one", "two", "three"), 3)
    desk.keep()
    assert read(home.folder).of("arithmetic/double").hints == 3


def test_another_command_changes_the_progress_too(desk: Desk, home: Home) -> None:
    """What was learnt meanwhile elsewhere stays."""
    see(desk, home, 0, "right")
    change(home.folder, lambda known: known.with_("second/twice", known.of("x")))
    desk.keep()
    assert set(read(home.folder).studied) == {"arithmetic/double", "second/twice"}


def test_what_could_not_be_written_is_written_later(
    desk: Desk, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs nothing once it is not full any more."""

    def full(*_: Any) -> None:
        raise DlgradeError("no space")

    see(desk, home, 0, "right")
    with monkeypatch.context() as patched:
        patched.setattr("grader.progress.write", full)
        with pytest.raises(DlgradeError, match="no space"):
            desk.keep()
        see(desk, home, 1, "right")
        with pytest.raises(DlgradeError, match="no space"):
            desk.keep()
    assert not read(home.folder).studied
    desk.keep()
    known = read(home.folder)
    assert known.of("arithmetic/double").passed and known.of("second/twice").passed


def test_without_progress(desk: Desk, home: Home) -> None:
    """Where none is kept, none is begun; what is known stays known until the end."""
    (home.folder / ".dlgrade.json").unlink()
    see(desk, home, 0, "right")
    desk.keep()
    assert not (home.folder / ".dlgrade.json").exists()
    assert desk.standing(home.course.entries[0]).state == "passed"


def test_a_verdict_that_nobody_wants(desk: Desk, home: Home) -> None:
    """It changes nothing."""
    with pytest.raises(Stopped):
        desk.judge(home.course.entries, lambda _: None, lambda: True)
    assert desk.verdict(desk.current) is None
    desk.keep()
    assert not read(home.folder).studied


def test_pictures_are_for_the_report_only(desk: Desk, home: Home, judge: Judge) -> None:
    """A verdict while one works does not wait for a drawing."""
    see(desk, home, 0, "wrong")
    with pytest.raises(KeyError):
        desk.draw([], lambda _: None, lambda: False)  # this judge knows no quiz
    assert judge.pictures == [False, True]
    assert judge.judged == ["double", "twice"], "what was judged is not judged again"


def test_a_missing_file(desk: Desk, home: Home) -> None:
    """A notebook beside the stub answers for it."""
    entry = desk.current
    assert not desk.is_missing(entry)
    home.file(entry).unlink()
    assert desk.is_missing(entry)
    home.file(entry).with_suffix(".ipynb").write_text("{}")
    assert not desk.is_missing(entry)


@pytest.fixture
def real(home: Home) -> Iterator[Desk]:
    """A desk with a judge as it is."""
    with Service(home.course, jobs=1) as service:
        yield Desk(home, service, Settings())


def test_the_record_for_the_report(real: Desk, home: Home) -> None:
    """It holds the whole course, whatever was judged before."""
    right = home.course.entries[0].solution.read_text()
    home.file(home.course.entries[0]).write_text(right.replace("x * times", "x * 1"))
    drawn = real.draw(home.course.entries, lambda _: None, lambda: False)
    assert [part.status for part in drawn.exercises] == ["partial", "not_started"]
    assert [quiz.status for quiz in drawn.quizzes] == ["not_started"]
    home.file(home.course.entries[0]).write_text(right)
    real.judge([home.course.entries[0]], lambda _: None, lambda: False)
    assert Path(real.draw([], lambda _: None, lambda: False).exercises[0].file).name == "double.py"
    assert real.standing(home.course.entries[0]).state == "passed"
