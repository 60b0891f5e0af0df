"""A worker that is forked ahead of its job, and jobs that nobody waits for any more."""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from grader.errors import EngineError, Stopped
from grader.pool import Limits, Policy, Pool, Report, create
from grader.pool.fork import ForkPool
from grader.wire.frames import Request
from grader.wire.values import decode
from grader.worker.processes import children

Build = Callable[..., Request]
LIMITS = Limits(wall_s=20, cpu_s=20)
PID = "import os\ndef f(n):\n    return os.getpid() + 0 * n"
SLEEPS = "import time\ndef f(n):\n    time.sleep(60)"


@pytest.fixture(scope="module")
def spared(unprotected: Policy) -> Iterator[ForkPool]:
    """A pool that keeps a worker ready."""
    pool = create("fork", jobs=2, policy=unprotected, spare=True)
    assert isinstance(pool, ForkPool)
    with pool:
        pool.held()
        yield pool


NUMBERS = itertools.count(1)


def answer(pool: Pool, request: Request, limits: Limits = LIMITS) -> Report:
    """Runs one request."""
    pool.submit(next(NUMBERS), request, limits)
    return pool.wait()


def waiting(pool: ForkPool) -> list[int]:
    """The processes that wait for a job, once they have been forked."""
    assert pool._warm is not None
    for _ in range(200):
        found = children(pool._warm.pid)
        if found:
            return found
        time.sleep(0.01)
    return []


def test_the_next_job_runs_in_the_worker_that_waits(spared: ForkPool, build: Build) -> None:
    """It was there before its job, and its time is counted from the job on."""
    answer(spared, build(PID, {"n": 0}))
    (ready,) = waiting(spared)
    time.sleep(0.5)
    report = answer(spared, build(PID, {"n": 0}))
    assert decode(report.answers[0].values[0]) == ready
    assert report.end == "finished"
    assert report.wall_s < 0.5


def test_other_limits_get_another_worker(spared: ForkPool, build: Build) -> None:
    """A worker's limits are set when it is forked: it serves no job that is to have others."""
    answer(spared, build(PID, {"n": 0}))
    (ready,) = waiting(spared)
    report = answer(spared, build(PID, {"n": 0}), Limits(wall_s=20, cpu_s=20, output_bytes=2**22))
    assert decode(report.answers[0].values[0]) != ready
    for _ in range(200):
        if ready not in children(spared._warm.pid if spared._warm else 0):
            break
        time.sleep(0.01)
    assert ready not in waiting(spared)


def test_two_jobs_at_once(spared: ForkPool, build: Build) -> None:
    """One takes the worker that waits, the other its own; one waits again afterwards."""
    answer(spared, build(PID, {"n": 0}))
    for number in (1001, 1002):
        spared.submit(number, build(PID, {"n": 0}), LIMITS)
    reports = [spared.wait(), spared.wait()]
    assert {report.id for report in reports} == {1001, 1002}
    assert len({decode(report.answers[0].values[0]) for report in reports}) == 2
    assert len(waiting(spared)) == 1


def test_a_spare_that_was_killed_is_nobodys_fault(spared: ForkPool, build: Build) -> None:
    """The job that would have had it gets another one."""
    answer(spared, build(PID, {"n": 0}))
    (ready,) = waiting(spared)
    os.kill(ready, signal.SIGKILL)
    time.sleep(0.2)
    assert answer(spared, build(PID, {"n": 0})).end == "finished"


def test_a_spare_that_is_killed_as_its_job_comes(spared: ForkPool, build: Build) -> None:
    """Nobody knows yet that it is dead when it is told to go; the job is begun once more."""
    answer(spared, build(PID, {"n": 0}))
    (ready,) = waiting(spared)
    assert spared._warm is not None
    os.kill(spared._warm.pid, signal.SIGSTOP)
    try:
        os.kill(ready, signal.SIGKILL)
        spared.submit(1, build(PID, {"n": 0}), LIMITS)
        assert spared._spare is None  # it has the job
    finally:
        os.kill(spared._warm.pid, signal.SIGCONT)
    report = spared.wait()
    assert report.end == "finished"
    assert decode(report.answers[0].values[0]) != ready


@pytest.mark.parametrize("engine", ["fork", "fresh"])
def test_what_nobody_waits_for_is_dropped(engine: str, unprotected: Policy, build: Build) -> None:
    """Waiting stops when asked to; what was dropped never comes, and its number is free."""
    asked = itertools.count()
    with create(engine, jobs=1, policy=unprotected) as pool:  # type: ignore[arg-type]
        for number in (1, 2):
            pool.submit(number, build(SLEEPS, {"n": 0}), LIMITS)
        with pytest.raises(Stopped):
            pool.wait(lambda: next(asked) > 5)
        pool.drop()
        with pytest.raises(EngineError, match="nothing is submitted"):
            pool.wait()
        pool.submit(1, build(PID, {"n": 0}), LIMITS)
        assert pool.wait().end == "finished"
