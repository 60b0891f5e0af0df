"""The warm process: its death, its end, and what it is started with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from living import alive, gone

from grader.errors import EngineError
from grader.pool import Limits, Policy, Report
from grader.pool.fork import ForkPool
from grader.wire.frames import Request
from grader.wire.values import decode

Build = Callable[..., Request]
IDENTITY = "def f(n):\n    return n"
KILL_PARENT = "import os, signal\ndef f(n):\n    os.kill(os.getppid(), signal.SIGKILL)"
SLEEPS = "import time\ndef f(n):\n    time.sleep(n)\n    return n"

JUDGE = """
import sys, time, threading
from grader.pool import Limits, Policy, create
from grader.wire.frames import Call, Request, Task
from grader.wire.layers import PROTECTION

source = b'''
import os, time
def f():
    if os.fork() == 0:
        os.setsid()
        time.sleep(0.5)  # the worker itself tells its number first
    open(PATH, "a").write(f"{os.getpid()} {os.getppid()} ")
    time.sleep(60)
'''.replace(b"PATH", repr(sys.argv[1]).encode())
request = Request("e", "e.py", source, {"f": ()}, (), (Task("a", (Call("f", {}),)),))
pool = create(sys.argv[2], policy=Policy(without=PROTECTION))
pool.start()
pool.submit(1, request, Limits(wall_s=100, cpu_s=100))
pool.wait()
"""


@pytest.fixture
def pool(unprotected: Policy) -> Iterator[ForkPool]:
    """A pool, not started, that may be broken by a test."""
    pool = ForkPool(policy=unprotected)
    yield pool
    pool.close()


def warm_pid(pool: ForkPool) -> int:
    """The number of a pool's warm process."""
    assert pool._warm is not None
    return pool._warm.pid


def test_a_dead_warm_process_is_replaced(pool: ForkPool, build: Build) -> None:
    """A job that is on its way when the warm process dies is run in a new one."""
    with pool:
        pool.submit(1, build(IDENTITY, {"n": 1}), Limits())
        assert pool.wait().end == "finished"
        warm = warm_pid(pool)
        pool.submit(
            2,
            build("import time\ndef f(n):\n    time.sleep(0.3)\n    return n", {"n": 2}),
            Limits(),
        )
        os.kill(warm, signal.SIGKILL)
        report = pool.wait()
        assert (report.id, report.end, report.answers[0].values) == (2, "finished", (2,))
        os.kill(warm_pid(pool), signal.SIGKILL)
        pool.submit(3, build(IDENTITY, {"n": 3}), Limits())
        assert pool.wait().end == "finished"


def test_a_job_that_kills_twice_is_to_blame(pool: ForkPool, build: Build) -> None:
    """What ran beside it is run again and finishes; only the one that kills again is given up."""
    with pool:
        for number in range(1, 5):
            source = KILL_PARENT if number == 2 else f"import time\ntime.sleep(0.2)\n{IDENTITY}"
            pool.submit(number, build(source, {"n": number}), Limits())
        reports = {report.id: report for report in (pool.wait() for _ in range(4))}
    assert {number: report.end for number, report in reports.items()} == {
        1: "finished",
        2: "killed",
        3: "finished",
        4: "finished",
    }
    assert [reports[number].answers[0].values for number in (1, 3, 4)] == [(1,), (3,), (4,)]


def test_a_warm_process_that_cannot_start_says_why(
    pool: ForkPool, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the process printed is in the error."""
    monkeypatch.setattr(
        "grader.pool.launch._BOOT", "raise SystemExit('no torch here'){module}{call}"
    )
    with pool:
        pool.submit(1, build(IDENTITY, {"n": 1}), Limits())
        with pytest.raises(EngineError, match="no torch here"):
            pool.wait()


@pytest.mark.parametrize("engine", ["fork", "fresh"])
def test_a_dead_judge_leaves_nobody(engine: str, tmp_path: Path) -> None:
    """When the judge is killed, the warm process and the workers go with it."""
    told = tmp_path / "pids"
    judge = subprocess.Popen([sys.executable, "-c", JUDGE, str(told), engine])
    deadline = time.monotonic() + 60
    while not told.exists() or len(told.read_text().split()) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    pids = [int(pid) for pid in told.read_text().split()]
    judge.kill()
    judge.wait()
    # Without fork nobody is left to end what a worker started itself.
    ours = [pid for pid in pids if pid != judge.pid][: 4 if engine == "fork" else 1]
    try:
        assert gone(ours, patience_s=10.0)
    finally:
        for pid in set(pids) - {judge.pid}:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("kills", [1, 2])
def test_a_worker_that_is_killed_is_begun_once_more(
    pool: ForkPool, build: Build, kills: int
) -> None:
    """Once may be the system's doing, and is not said as the learner's; twice is believed."""
    reports: list[Report] = []
    with pool:
        pool.held()
        pool.submit(1, build(SLEEPS, {"n": 2}), Limits())
        waiting = threading.Thread(target=lambda: reports.append(pool.wait()))
        waiting.start()
        seen: set[int] = set()
        for _ in range(kills):
            worker = new_child(warm_pid(pool), seen)
            seen.add(worker)
            os.kill(worker, signal.SIGKILL)
        waiting.join()
    (report,) = reports
    assert report.end == ("finished" if kills == 1 else "killed")
    assert len(report.answers) == (1 if kills == 1 else 0)


def new_child(pid: int, seen: set[int]) -> int:
    """A child of a process that was not there before; waits for one."""
    deadline = time.monotonic() + 30
    while True:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in map(int, children):
            if child not in seen:
                return child
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_pool_that_a_thread_started_outlives_the_thread(pool: ForkPool, build: Build) -> None:
    """The end of the starting thread is not the end of the judge."""
    with pool:
        pool.close()
        thread = threading.Thread(target=pool.start)
        thread.start()
        thread.join()
        pool.submit(1, build(IDENTITY, {"n": 1}), Limits())
        assert pool.wait().end == "finished"


def test_a_closed_pool_has_no_process(pool: ForkPool) -> None:
    """Closing ends the warm process, twice is once, and before it is ready is soon enough."""
    pool.start()
    warm = warm_pid(pool)
    pool.close()
    pool.close()
    assert not alive(warm)


def test_workers_see_a_clean_world(run: Callable[..., Report], tmp_path: Path) -> None:
    """Neither the judge's environment nor its folders are there for a learner."""
    source = """
        import os, sys
        def f(home):
            environment = "\\0".join(f"{name}={value}" for name, value in os.environ.items())
            descriptors = sorted(os.listdir("/proc/self/fd"))
            return environment, os.getcwd(), list(sys.path), descriptors
    """
    os.environ["COURSE_TOKEN"] = "secret"
    try:
        report = run(source, {"home": str(tmp_path)})
    finally:
        del os.environ["COURSE_TOKEN"]
    environment, folder, path, descriptors = decode(report.answers[0].values[0])
    assert "COURSE_TOKEN" not in environment
    names = {setting.partition("=")[0] for setting in environment.split("\0") if setting}
    assert names == {
        "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_ARENA_MAX",
        "GLIBC_TUNABLES", "PYTHONHASHSEED", "PYTHONUTF8", "LANG", "PATH",
    }  # fmt: skip
    assert folder == "/"
    assert all(Path(entry).is_absolute() for entry in path)
    assert not any(
        (Path(entry) / "tests").is_dir() and (Path(entry) / "grader").is_dir() for entry in path
    )
    # Nothing, printed text twice, answers; 3 is this listing, in the place of the request.
    assert descriptors == ["0", "1", "2", "3", "4"]
