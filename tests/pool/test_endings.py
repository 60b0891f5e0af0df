"""How a worker can end, and what is kept of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from living import alive

from grader.errors import EngineError
from grader.pool import Limits, Pool, Report
from grader.pool.fork import ForkPool
from grader.wire.frames import Request, TensorNode
from grader.wire.values import decode

Run = Callable[..., Report]
ARGUMENTS = [{"n": 1}, {"n": 2}, {"n": 3}]
TIGHT = Limits(wall_s=1.0, cpu_s=20)


def test_a_whole_run(run: Run) -> None:
    """Answers, printed text, use and layers are reported."""
    report = run("def f(n):\n    print('n is', n)\n    return n", *ARGUMENTS)
    assert (report.end, report.finished, report.exit_code, report.signal) == (
        "finished",
        True,
        0,
        None,
    )
    assert [answer.values for answer in report.answers] == [(1,), (2,), (3,)]
    assert [answer.printed for answer in report.answers] == [7, 7, 7]
    assert (report.log_head, report.log_tail, report.log_size) == (
        "n is 1\nn is 2\nn is 3\n",
        "",
        21,
    )
    assert 0 < report.wall_s < 5
    assert report.max_rss > 10**7
    assert report.layers == (
        "process group",
        "closed descriptors",
        "resource limits",
        "parent-death signal",
    )


@pytest.mark.parametrize(
    ("what", "limits", "end"),
    [
        ("os._exit(0)", Limits(), "exited"),
        ("os._exit(7)", Limits(), "exited"),
        ("ctypes.string_at(0)", Limits(), "crashed"),
        ("os.abort()", Limits(), "crashed"),
        ("os.kill(os.getpid(), signal.SIGTERM)", Limits(), "killed"),
        ("[0 for _ in iter(int, 1)]", TIGHT, "timeout"),
        ("sum(range(10 ** 12))", TIGHT, "timeout"),
        ("time.sleep(60)", TIGHT, "timeout"),
        ("re.match('(a+)+$', 'a' * 40 + 'b')", TIGHT, "timeout"),
        ("os.kill(os.getpid(), signal.SIGSTOP)", TIGHT, "timeout"),
        ("sum(range(10 ** 12))", Limits(wall_s=20, cpu_s=1), "cpu"),
        ("shared(2 ** 31)", Limits(memory_bytes=3 * 10**8), "memory"),
        ("os.write(4, b'x' * 1000) and os._exit(0)", Limits(), "broken"),
    ],
)
def test_a_bad_end_costs_the_remaining_cases_only(
    run: Run, what: str, limits: Limits, end: str
) -> None:
    """What came back before counts, and the end is named."""
    source = (
        "import ctypes, os, re, signal, time\n"
        "def shared(size):\n"
        "    for _ in range(size // 2 ** 24):\n"
        "        if os.fork() == 0:\n"
        "            block = b'x' * 2 ** 24\n            time.sleep(60)\n"
        "    time.sleep(60)\n"
        f"def f(n):\n    if n == 2:\n        {what}\n    return n"
    )
    report = run(source, *ARGUMENTS, limits=limits)
    assert report.end == end
    assert [answer.values for answer in report.answers] == [(1,)]
    assert not report.finished
    assert bool(report.broken) == (end == "broken")


def test_memory_beyond_the_limit_is_an_exception(run: Run) -> None:
    """The kernel refuses; the learner gets an exception and the next case runs."""
    source = "import torch\ndef f(n):\n    return float(torch.ones(10 ** 9 if n == 2 else 1)[0])"
    report = run(source, *ARGUMENTS, limits=Limits(memory_bytes=10**9))
    kinds = [answer.raised and answer.raised.kind for answer in report.answers]
    assert (report.end, kinds) == ("finished", [None, "memory", None])


@pytest.mark.parametrize(
    "flood",
    [
        "while True:\n        print('x' * 9_999)",
        "import sys\n    while True:\n        sys.stderr.write('x' * 9_999)",
    ],
)
def test_a_print_flood_ends_at_its_bound(run: Run, flood: str) -> None:
    """The printed text cannot grow beyond its limit; head and tail are kept."""
    limits = Limits(wall_s=20, cpu_s=20, output_bytes=4 * 2**20)
    report = run(f"def f(n):\n    {flood}", {"n": 1}, limits=limits)
    (answer,) = report.answers
    assert answer.raised is not None
    assert (answer.raised.kind, report.end) == ("output", "finished")
    assert report.log_size <= 4 * 2**20
    assert len(report.log_head) == len(report.log_tail) == 32_768


def test_a_flood_below_python_cannot_fill_memory(run: Run) -> None:
    """Writing to the descriptors themselves meets the same bound."""
    source = """
        import os
        def f(n):
            try:
                while True:
                    os.write(n, b"x" * 100_000)
            except OSError:
                return "stopped"
    """
    limits = Limits(wall_s=20, cpu_s=20, output_bytes=4 * 2**20)
    report = run(source, {"n": 1}, {"n": 4}, limits=limits)
    assert report.log_size <= 4 * 2**20
    assert [answer.values for answer in report.answers] == [("stopped",)]
    assert report.end in ("output", "exited", "broken")


def test_an_answer_that_is_too_large_says_so(run: Run) -> None:
    """The sizes are in the message; smaller answers still cross."""
    source = "import torch\ndef f(n):\n    return torch.ones(10 ** 6 if n == 2 else 2)"
    report = run(source, *ARGUMENTS, output_limit=4 * 2**20)
    kinds = [answer.raised and answer.raised.kind for answer in report.answers]
    assert (report.end, kinds) == ("finished", [None, "output", None])
    raised = report.answers[1].raised
    assert raised is not None
    assert "bytes" in raised.message


def test_a_daemon_does_not_survive(run: Run, tmp_path: Path) -> None:
    """A process that left its session and its parent is dead when the report comes."""
    source = f"""
        import os, time
        def f(n):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    os.setsid()
                    open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
                    time.sleep(60)
                os._exit(0)
            time.sleep(0.3)
            return n
    """
    report = run(source, {"n": 1})
    assert report.end == "finished"
    assert not alive(int((tmp_path / "pid").read_text()))


def test_children_that_outlive_the_time_limit_die_too(run: Run, tmp_path: Path) -> None:
    """The whole tree goes at the time limit."""
    source = f"""
        import os, time
        def f(n):
            for _ in range(3):
                pid = os.fork()
                if pid == 0:
                    os.setsid()
                    time.sleep(60)
                open({str(tmp_path / "pids")!r}, "a").write(f"{{pid}} ")
            time.sleep(60)
    """
    assert run(source, {"n": 1}, limits=TIGHT).end == "timeout"
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert [alive(pid) for pid in pids] == [False, False, False]


def test_an_exit_while_loading_is_reported(run: Run) -> None:
    """A file that ends the process gives no first message."""
    report = run("import os\nos._exit(0)", {"n": 1})
    assert (report.end, report.loaded, report.answers) == ("exited", None, ())


def test_a_forged_answer_is_only_a_claim(run: Run) -> None:
    """A worker may write frames itself; what it claims is a value like any other."""
    source = """
        import os
        from grader.wire.frames import Answer, Finished, pack
        def f(n):
            os.write(4, pack(Answer(case="case_1", values=(1,))) + pack(Finished()))
            os._exit(0)
    """
    report = run(source, {"n": 1})
    assert report.answers[0].values == (1,)
    assert report.answers[0].gradients is None


def test_jobs_run_at_the_same_time(fork_pool: Pool, build: Callable[..., Request]) -> None:
    """The second sleeper begins before the first ends; each comes back under its own number."""
    if (os.cpu_count() or 1) < 2:
        pytest.skip("one core runs one worker at a time")
    source = """
        import time
        def f(n):
            began = time.monotonic()
            time.sleep(1)
            return n, began, time.monotonic()
    """
    for number in (900_001, 900_002):
        fork_pool.submit(number, build(source, {"n": number}), Limits())
    reports = {report.id: report for report in (fork_pool.wait(), fork_pool.wait())}
    told = {id: decode(report.answers[0].values[0]) for id, report in reports.items()}
    assert all(number == told[number][0] for number in told)
    assert max(began for _, began, _ in told.values()) < min(end for *_, end in told.values())


def test_more_jobs_than_places_are_queued(fork_pool: Pool, build: Callable[..., Request]) -> None:
    """Every job of a long queue comes back once."""
    numbers = list(range(910_000, 910_020))
    for number in numbers:
        fork_pool.submit(number, build("def f(n):\n    return n", {"n": number}), Limits())
    assert sorted(fork_pool.wait().id for _ in numbers) == numbers


def test_a_number_in_use_is_refused(fork_pool: Pool, build: Callable[..., Request]) -> None:
    """Two jobs of one number could not be told apart."""
    request = build("def f(n):\n    return n", {"n": 1})
    fork_pool.submit(920_000, request, Limits())
    with pytest.raises(EngineError, match="already running"):
        fork_pool.submit(920_000, request, Limits())
    assert fork_pool.wait().id == 920_000
    with pytest.raises(EngineError, match="nothing is submitted"):
        fork_pool.wait()


def test_fifty_jobs_leave_nothing_behind(run: Run, fork_pool: ForkPool) -> None:
    """Neither descriptors nor zombies pile up, here or in the warm process."""
    assert fork_pool._warm is not None
    warm = fork_pool._warm.pid
    if not os.access(f"/proc/{warm}/fd", os.R_OK):
        pytest.skip("only root may look into the warm process")
    run("def f(n):\n    return n", {"n": 1})
    before = (len(os.listdir("/proc/self/fd")), len(os.listdir(f"/proc/{warm}/fd")))
    for _ in range(50):
        assert run("def f(n):\n    return n", {"n": 1}).end == "finished"
    after = (len(os.listdir("/proc/self/fd")), len(os.listdir(f"/proc/{warm}/fd")))
    assert after == before
    assert children(warm) == []


def children(pid: int) -> list[int]:
    """The direct children of a process, zombies included."""
    return [
        int(child)
        for path in Path(f"/proc/{pid}/task").glob("*/children")
        for child in path.read_text().split()
    ]


def test_a_tensor_node_is_what_crosses(run: Run) -> None:
    """A tensor arrives as bytes with a name, not as an object."""
    report = run("import torch\ndef f(n):\n    return torch.ones(1)", {"n": 1})
    (value,) = report.answers[0].values
    assert isinstance(value, TensorNode)
    assert (value.dtype, value.shape, len(value.data)) == ("float64", (1,), 8)
