"""A judge in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import Course, find
from grader.errors import EngineError, Stopped, UsageError
from grader.pool.launch import environment
from grader.result import Result
from grader.service import Service
from grader.settings import Settings
from grader.submission import Submitted
from grader.worker.processes import children

PLAIN = Settings(pictures=False)
FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"
SLEEPS = b"import time\ndef double(x, times=2):\n    time.sleep(60)\n"


@pytest.fixture(scope="module")
def service(course: Course) -> Iterator[Service]:
    """A service that the tests share."""
    with Service(course, jobs=1) as service:
        yield service


def without_durations(result: Result) -> Result:
    """A record whose exercises took no time."""
    import msgspec

    exercises = tuple(msgspec.structs.replace(e, duration_s=0.0) for e in result.exercises)
    return msgspec.structs.replace(result, exercises=exercises, duration_s=0.0)


def test_a_verdict_is_that_of_the_judge(
    service: Service, course: Course, right: tuple[Submitted, ...]
) -> None:
    """The record is the one that grading in this process gives, also the second time."""
    from grader import isolation, pool
    from grader.judge import grade

    policy = isolation.policy("auto", [course.solutions])
    wrong = (replace(right[0], source=b"def double(x, times=2):\n    return x\n"),)
    with pool.create(jobs=1, policy=policy) as sandbox:
        for submission in (right, wrong, right):
            expected = without_durations(grade(submission, sandbox, PLAIN))
            assert without_durations(service.grade(submission, PLAIN)) == expected


def test_whoever_asks_does_not_import_torch() -> None:
    """A service is asked without torch in the process that asks."""
    script = (
        "import sys; from pathlib import Path\n"
        "from grader.course import find; from grader.service import Service\n"
        "from grader.submission import collect\n"
        f"course = find(Path({str(FIXTURE)!r}))\n"
        "with Service(course, jobs=1) as service:\n"
        "    result = service.grade(collect(course, [course.solutions]))\n"
        "print(result.status, 'torch' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "passed False\n"


def test_progress_is_told(service: Service, right: tuple[Submitted, ...]) -> None:
    """Each exercise is told when it is finished, and is part of the whole."""
    told: list[object] = []
    result = service.grade(right, PLAIN, told.append)
    assert told == list(result.exercises)


def test_a_verdict_that_is_not_wanted_is_stopped(
    service: Service, right: tuple[Submitted, ...]
) -> None:
    """Stopping takes no longer than asking, ends the worker, and the next verdict is right."""
    sleeping = (replace(right[0], source=SLEEPS),)
    asked = []

    def stop() -> bool:
        asked.append(0)
        return len(asked) > 20

    with pytest.raises(Stopped):
        service.grade(sleeping, PLAIN, stop=stop)
    assert service.grade(right, PLAIN).status == "passed"


def test_a_dead_service_is_replaced(course: Course, right: tuple[Submitted, ...]) -> None:
    """The verdict under way fails with words; the next one comes from a new process."""
    with Service(course, jobs=1) as service:
        service.held()
        assert service._process is not None
        pid = service._process._popen.pid
        sleeping = (replace(right[0], source=SLEEPS),)
        threading.Timer(0.5, os.kill, (pid, signal.SIGKILL)).start()
        with pytest.raises(EngineError, match="has ended; try again"):
            service.grade(sleeping, PLAIN)
        assert service.grade(right, PLAIN).status == "passed"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_dead_warm_process_is_replaced(course: Course, right: tuple[Submitted, ...]) -> None:
    """The fork of the service is replaced by a process that holds nothing of it."""
    with Service(course, jobs=1) as service:
        assert service.grade(right, PLAIN).status == "passed"
        assert service._process is not None
        pid = service._process._popen.pid
        (warm,) = children(pid)
        os.kill(warm, signal.SIGKILL)
        assert service.grade(right, PLAIN).status == "passed"
        (other,) = children(pid)
        assert other != warm
        assert b"grader.worker" in Path(f"/proc/{other}/cmdline").read_bytes()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("how", ["close", "kill"])
def test_nobody_is_left_behind(how: str, right: tuple[Submitted, ...]) -> None:
    """Whether the service is closed or whoever asked is killed, all its processes go."""
    script = (
        "import sys, time; from pathlib import Path\n"
        "from grader.course import find; from grader.service import Service\n"
        f"service = Service(find(Path({str(FIXTURE)!r})), jobs=1)\n"
        "service.held()\n"
        "print(service._process._popen.pid, flush=True)\n"
        "sys.stdin.readline()\n"
        "service.close()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as asker:
        assert asker.stdout is not None and asker.stdin is not None
        pid = int(asker.stdout.readline())
        family = [pid, *children(pid)]
        assert len(family) == 2
        if how == "kill":
            asker.kill()
        else:
            asker.stdin.write("\n")
            asker.stdin.close()
        asker.wait(20)
    for _ in range(200):
        left = [each for each in family if Path(f"/proc/{each}").exists()]
        if not left:
            break
        time.sleep(0.05)
    assert left == []


def test_a_course_that_went_away_is_said(tmp_path: Path, right: tuple[Submitted, ...]) -> None:
    """A service that cannot begin says why."""
    import shutil

    shutil.copytree(FIXTURE, tmp_path / "course")
    service = Service(find(tmp_path / "course"), jobs=1)
    shutil.rmtree(tmp_path / "course" / "solutions")
    with pytest.raises(UsageError, match="is not a course"), service:
        service.grade(right, PLAIN)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_no_answer_and_no_secret_is_in_the_warm_process(
    service: Service, right: tuple[Submitted, ...], memory_of: Callable[[int], bytes]
) -> None:
    """What is forked before a course is known holds neither its text nor our environment."""
    if os.getuid() != 0:
        pytest.skip("only root may read another process's memory")
    service.grade(right, PLAIN)
    assert service._process is not None
    judge = service._process._popen.pid
    warm = children(judge)[0]
    secret = b"others_come_back"
    assert secret in memory_of(judge)
    assert secret not in memory_of(warm)
    assert Path(f"/proc/{warm}/environ").read_bytes().count(b"\0") == len(environment())
