"""A file is graded once, and what cannot grade is not asked again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import grader.service
from grader.course import Course, find
from grader.errors import EngineError, IsolationError
from grader.pytest_plugin.gradebook import Gradebook
from grader.pytest_plugin.hooks import Hooks
from grader.pytest_plugin.nodes import CaseTest
from grader.result import Environment, Exercise, Result
from grader.settings import Settings
from grader.submission import Submitted

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"

ENVIRONMENT = Environment(
    dlgrade="0.1.0",
    python="3.11",
    torch="2",
    numpy="2",
    platform="Linux x86_64",
    seed=0,
    threads=1,
    isolation=(),
)


class Recorded:
    """Stands for the service: knows what it was asked for, and gives everybody one point of two."""

    def __init__(self, course: Course, *, mode: str) -> None:
        self.mode = mode
        self.files: list[str] = []
        self.events: list[str] = []
        self.fault: EngineError | None = None
        self.lacks: IsolationError | None = None

    def start(self) -> None:
        """Notes that it was started."""
        self.events.append("start")

    def close(self) -> None:
        """Notes that it was closed."""
        self.events.append("close")

    def held(self) -> None:
        """Fails if it was told to."""
        if self.lacks is not None:
            raise self.lacks

    def grade(self, submission: Sequence[Submitted], settings: Settings) -> Result:
        """Notes the file, and fails if it was told to."""
        self.files.extend(each.file for each in submission)
        if self.fault is not None:
            raise self.fault
        record = Exercise(
            name="double",
            topic="arithmetic",
            title="Doubling",
            asks="",
            file=submission[0].file,
            line=None,
            status="partial",
            score=1.0,
            max_score=2.0,
            duration_s=0.1,
            cases=(),
        )
        return Result(
            score=1.0,
            max_score=2.0,
            status="failed",
            environment=ENVIRONMENT,
            exercises=(record,),
        )


@pytest.fixture
def gradebook(monkeypatch: pytest.MonkeyPatch) -> Gradebook:
    """One that asks the recorded service."""
    monkeypatch.setattr(grader.service, "Service", Recorded)
    return Gradebook(find(FIXTURE), Settings(isolation="off"))


def submitted(gradebook: Gradebook, file: str) -> Submitted:
    """A file that answers the course's only exercise."""
    return Submitted(gradebook.course.entries[0], file, b"")


def test_a_file_is_graded_once(gradebook: Gradebook) -> None:
    """Five tests of it ask five times."""
    for _ in range(5):
        assert gradebook.record(submitted(gradebook, "double.py")).score == 1.0
    service: Any = gradebook.start()
    assert service.files == ["double.py"]
    assert service.mode == "off"
    assert service.events == ["start"]
    gradebook.close()
    gradebook.close()
    assert service.events == ["start", "close"]


def test_nothing_is_started_for_nothing(gradebook: Gradebook) -> None:
    """A run that selects no test of ours has no result."""
    assert gradebook.together() is None
    gradebook.close()


def test_one_file_that_cannot_be_graded_costs_no_other(gradebook: Gradebook) -> None:
    """It is not tried again; the next one is."""
    service: Any = gradebook.start()
    service.fault = EngineError("the judge has ended")
    for _ in range(3):
        with pytest.raises(EngineError, match="the judge has ended"):
            gradebook.record(submitted(gradebook, "one.py"))
    service.fault = None
    assert gradebook.record(submitted(gradebook, "two.py")).score == 1.0
    assert service.files == ["one.py", "two.py"]


def test_what_does_not_work_is_not_asked_again(gradebook: Gradebook) -> None:
    """Each start of a broken engine takes its time: two in a row are enough."""
    service: Any = gradebook.start()
    service.fault = EngineError("the judge has ended")
    for file in ("one.py", "two.py", "three.py", "four.py"):
        with pytest.raises(EngineError, match="the judge has ended"):
            gradebook.record(submitted(gradebook, file))
    assert service.files == ["one.py", "two.py"]
    assert gradebook.together() is None


def test_files_add_up(gradebook: Gradebook) -> None:
    """The sum is one result over all files."""
    for file in ("one.py", "two.py"):
        gradebook.record(submitted(gradebook, file))
    result = gradebook.together()
    assert result is not None
    assert (result.score, result.max_score, result.status) == (2.0, 4.0, "failed")
    assert [each.file for each in result.exercises] == ["one.py", "two.py"]


def test_less_isolation_than_was_asked_for_ends_the_run(gradebook: Gradebook) -> None:
    """It is said once, before any test, with the exit code of the command."""
    strict = Gradebook(gradebook.course, Settings(isolation="strict"))
    service: Any = strict.start()
    service.lacks = IsolationError("--isolation strict grades nothing here")
    config: Any = SimpleNamespace(getoption=lambda name: False)
    hooks = Hooks(config, strict)
    hooks.pytest_runtestloop(session=SimpleNamespace(items=[object()]))  # type: ignore[arg-type]
    ours: Any = SimpleNamespace(items=[CaseTest.__new__(CaseTest)])
    with pytest.raises(pytest.exit.Exception, match="strict grades nothing here") as ended:
        hooks.pytest_runtestloop(session=ours)
    assert ended.value.returncode == 3
    service.lacks = None
    hooks.pytest_runtestloop(session=ours)


def test_processes_of_xdist_send_what_they_graded(gradebook: Gradebook) -> None:
    """The tests of a file may be spread over processes; its points count once."""
    gradebook.record(submitted(gradebook, "one.py"))
    worker: Any = SimpleNamespace(workeroutput={})
    Hooks(worker, gradebook).pytest_sessionfinish(session=None)  # type: ignore[arg-type]
    above: Any = SimpleNamespace()
    collecting = Hooks(above, Gradebook(gradebook.course, gradebook.settings))
    for _ in range(2):
        collecting.pytest_testnodedown(node=worker, error=None)
    collecting.pytest_testnodedown(node=SimpleNamespace(), error="it died early")
    result = collecting.gradebook.together()
    assert result is not None
    assert (result.score, result.max_score) == (1.0, 2.0)
