"""Judges of several services that are forked from one import of torch."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from living import gone

from grader.course import Course
from grader.errors import EngineError
from grader.pool.launch import environment
from grader.service import Nursery, Service
from grader.settings import Settings
from grader.submission import Submitted
from grader.worker.processes import children

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks")

PLAIN = Settings(pictures=False)
SECRET = b"others_come_back"
"""A word of the small course's reference."""


@pytest.fixture
def nursery() -> Iterator[Nursery]:
    """A nursery."""
    with Nursery() as nursery:
        yield nursery


@pytest.fixture
def pair(course: Course, nursery: Nursery) -> Iterator[tuple[Service, Service]]:
    """Two services of one nursery, warm."""
    with (
        Service(course, jobs=1, nursery=nursery) as one,
        Service(course, jobs=1, nursery=nursery) as other,
    ):
        one.held()
        other.held()
        yield one, other


def judge_of(service: Service) -> int:
    """The process of a service."""
    assert service._process is not None
    return service._process._popen.pid


def process_of(nursery: Nursery) -> int:
    """The process of a nursery."""
    assert nursery.pid is not None
    return nursery.pid


def warm_of(service: Service) -> int:
    """The warm process of a service."""
    (warm,) = children(judge_of(service))
    return warm


def files_of(pid: int) -> list[str]:
    """What a process has open."""
    found = []
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # what this listing itself had open
            found.append(os.readlink(file))
    return sorted(found)


def test_judges_are_forked_from_one_process(
    nursery: Nursery, pair: tuple[Service, Service], right: tuple[Submitted, ...]
) -> None:
    """Both are its children with sessions of their own, and judge as without a nursery."""
    wrong = (replace(right[0], source=b"def double(x, times=2):\n    return x\n"),)
    assert sorted(map(judge_of, pair)) == sorted(children(process_of(nursery)))
    for service in pair:
        assert os.getsid(judge_of(service)) == judge_of(service)
        assert service.grade(right, PLAIN).status == "passed"
        assert service.grade(wrong, PLAIN).status == "failed"


def test_no_answer_and_no_secret_is_where_workers_are_forked_from(
    nursery: Nursery,
    pair: tuple[Service, Service],
    course: Course,
    right: tuple[Submitted, ...],
    memory_of: Callable[[int], bytes],
) -> None:
    """Also not in the warm process of a judge that is forked when others know the course."""
    if os.getuid() != 0:
        pytest.skip("only root may read another process's memory")
    for service in pair:
        service.grade(right, PLAIN)
    with Service(course, jobs=1, nursery=nursery) as late:
        late.grade(right, PLAIN)
        for service in (*pair, late):
            assert SECRET in memory_of(judge_of(service))
            assert SECRET not in memory_of(warm_of(service))
            told = Path(f"/proc/{warm_of(service)}/environ").read_bytes()
            assert told.count(b"\0") == len(environment())
        assert SECRET not in memory_of(process_of(nursery))


def test_nobody_holds_what_is_another_judges(
    nursery: Nursery, pair: tuple[Service, Service], course: Course
) -> None:
    """A judge has its own streams only, its warm process one socket, and the nursery no stream."""
    before = files_of(process_of(nursery))
    with Service(course, jobs=1, nursery=nursery) as third:
        third.held()
        assert files_of(process_of(nursery)) == before
        for kind in ("pipe:", "socket:"):
            held = [
                {file for file in files_of(judge_of(service)) if file.startswith(kind)}
                for service in (*pair, third)
            ]
            assert all(held)
            assert len(set.union(*held)) == sum(map(len, held))
        for service in (*pair, third):
            open_there = files_of(warm_of(service))
            assert [file for file in open_there if file.startswith("pipe:")] == []
            assert len([file for file in open_there if file.startswith("socket:")]) == 1


@pytest.mark.parametrize("how", ["close", "kill"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_judge_takes_its_warm_process_with_it(
    pair: tuple[Service, Service], right: tuple[Submitted, ...], how: str, which: int
) -> None:
    """Whether it was forked before or after another judge, which goes on."""
    ending, other = pair[which], pair[1 - which]
    family = judge_of(ending), warm_of(ending)
    if how == "kill":
        os.kill(family[0], signal.SIGKILL)
    else:
        ending.close()
    assert gone(family, patience_s=10.0)
    assert other.grade(right, PLAIN).status == "passed"


def test_a_dead_judge_is_replaced_by_a_fork(
    nursery: Nursery, pair: tuple[Service, Service], right: tuple[Submitted, ...]
) -> None:
    """The next verdict comes from the same nursery, which has let the dead one go."""
    first, mother = judge_of(pair[0]), process_of(nursery)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(EngineError, match="has ended; try again"):
        pair[0].grade(right, PLAIN)
    assert pair[0].grade(right, PLAIN).status == "passed"
    assert process_of(nursery) == mother
    assert sorted(map(judge_of, pair)) == sorted(children(mother))
    assert not Path(f"/proc/{first}").exists()


def test_a_dead_nursery_costs_nobody_a_verdict(
    nursery: Nursery, pair: tuple[Service, Service], right: tuple[Submitted, ...]
) -> None:
    """Its judges go on; the next judge comes from a new nursery."""
    mother = process_of(nursery)
    os.kill(mother, signal.SIGKILL)
    assert gone([mother], patience_s=10.0)
    first = judge_of(pair[0])
    assert pair[0].grade(right, PLAIN).status == "passed"
    assert judge_of(pair[0]) == first
    pair[0].close()
    assert gone([first], patience_s=10.0)
    assert pair[0].grade(right, PLAIN).status == "passed"
    assert process_of(nursery) != mother
    assert children(process_of(nursery)) == [judge_of(pair[0])]
    assert pair[1].grade(right, PLAIN).status == "passed"


def test_a_nursery_that_cannot_begin_is_said(
    course: Course, nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What went wrong in its process is in the message of the service."""
    from grader.pool.launch import command

    monkeypatch.setattr(
        "grader.service.nursery.command", lambda module, _: command(module, "nurse.nobody()")
    )
    with (
        Service(course, jobs=1, nursery=nursery) as service,
        pytest.raises(EngineError, match=r"(?s)has ended; try again\. .*no attribute 'nobody'"),
    ):
        service.held()


def test_no_nursery_at_all_is_said(
    course: Course, nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that starts no process is no mystery, and no descriptor is lost over it."""

    def refused(*_: object, **__: object) -> None:
        raise OSError("no memory")

    monkeypatch.setattr("grader.service.nursery.subprocess.Popen", refused)
    before = files_of(os.getpid())
    service = Service(course, jobs=1, nursery=nursery)
    with pytest.raises(EngineError, match="the judge cannot be started: no memory"):
        service.start()
    assert files_of(os.getpid()) == before


def test_closing_does_not_wait_for_torch(course: Course) -> None:
    """A nursery that is closed while it imports leaves nobody, nor an open descriptor."""
    before = files_of(os.getpid())
    nursery = Nursery()
    service = Service(course, jobs=1, nursery=nursery)
    service.start()
    mother = process_of(nursery)
    nursery.close()
    assert not Path(f"/proc/{mother}").exists()
    service.close()
    nursery.close()
    assert files_of(os.getpid()) == before
    with pytest.raises(EngineError, match="cannot be started: the nursery is closed"):
        service.start()


def test_a_judge_that_was_never_forked_has_no_number(nursery: Nursery, course: Course) -> None:
    """To ask for it is no endless wait, and to kill it does nothing."""
    service = Service(course, jobs=1, nursery=nursery)
    service.start()
    assert service._process is not None
    never = service._process._popen
    nursery.close()
    never.kill()
    with pytest.raises(ProcessLookupError, match="the nursery has not forked it"):
        _ = never.pid
    service.close()


def test_a_process_of_two_threads_is_not_forked() -> None:
    """What another thread holds would be held for ever in a fork."""
    script = (
        "import threading; from grader.service import process\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "process.warm_up()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    assert "the judge's process has 2 threads; it must have one to fork" in done.stderr
