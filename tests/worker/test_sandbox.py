"""What holds a worker, layer by layer; hostile files are in tests/attacks."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader import isolation
from grader.errors import IsolationError
from grader.pool import Held, Limits, Policy, Pool, Report, bubblewrap, create
from grader.wire.frames import Request
from grader.wire.layers import ALWAYS, BUBBLEWRAP, CALLS, FILES, JUDGE, NO_FILES, PROTECTION, USER
from grader.wire.values import decode
from grader.worker.sandbox import landlock, seccomp

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")

Build = Callable[..., Request]
Run = Callable[..., Report]


@pytest.fixture(scope="module")
def without_landlock() -> Iterator[Pool]:
    """A pool as on a kernel that has no Landlock."""
    with create("fork", 1, Policy(without=(FILES,))) as pool:
        yield pool


def said(report: Report) -> str:
    """What the only answer's exception says."""
    (answer,) = report.answers
    assert answer.raised is not None, answer
    return f"{answer.raised.type}: {answer.raised.message}"


@pytest.mark.parametrize(
    ("act", "refusal"),
    [
        ("open('/etc/passwd')", "PermissionError: [Errno 13] Permission denied"),
        ("open('/tmp/dlgrade-test', 'w')", "PermissionError: [Errno 13] Permission denied"),
        ("os.listdir('/')", "PermissionError: [Errno 13] Permission denied"),
        ("os.fork()", "PermissionError: [Errno 1] Operation not permitted"),
        ("os.kill(os.getppid(), 0)", "PermissionError: [Errno 1] Operation not permitted"),
        ("os.execv('/bin/true', ['true'])", "PermissionError: [Errno 1] Operation not permitted"),
        ("os.memfd_create('x')", "PermissionError: [Errno 1] Operation not permitted"),
        ("os.chmod('/tmp', 0o777)", "PermissionError: [Errno 1] Operation not permitted"),
        ("socket.socket()", "PermissionError: [Errno 1] Operation not permitted"),
        ("resource.setrlimit(resource.RLIMIT_CPU, (1, 1))", "not allowed to raise maximum limit"),
    ],
)
def test_what_is_refused_is_an_exception(run: Run, act: str, refusal: str) -> None:
    """The learner's line raises, with the system's own words."""
    report = run(f"import os, resource, socket\ndef f():\n    {act}\n")
    assert refusal in said(report)
    assert report.answers[0].raised.line == 3


def test_ordinary_work_is_not_refused(run: Run) -> None:
    """Threads, modules that are imported late, random numbers, the clock, signals to oneself."""
    report = run("""
        import contextlib, os, signal, threading, time
        import torch
        def f():
            import concurrent.futures, decimal, random, statistics, torch.optim, uuid, zoneinfo
            with concurrent.futures.ThreadPoolExecutor(2) as executor:
                halves = list(executor.map(torch.sum, torch.ones(2, 8)))
            os.kill(os.getpid(), 0)
            time.sleep(0.001)
            with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
                print("unheard")
            zoneinfo.ZoneInfo("UTC")
            random.SystemRandom().random()
            layer = torch.nn.LSTM(3, 4)
            layer(torch.ones(2, 1, 3))[0].sum().backward()
            torch.linalg.svd(torch.ones(3, 3)), torch.fft.fft(torch.ones(4))
            return sum(halves), threading.active_count()
    """)
    assert report.answers[0].raised is None
    assert report.end == "finished"


def test_without_landlock_nothing_is_opened(without_landlock: Pool, build: Build) -> None:
    """The filter of system calls takes over; what was imported ahead of time still works."""
    assert NO_FILES in without_landlock.held().layers
    reading = "import torch\ndef f():\n    return open(torch.__file__).read(1)\n"
    without_landlock.submit(1, build(reading), Limits())
    assert "PermissionError: [Errno 13]" in said(without_landlock.wait())
    usual = "import torch.optim, statistics, torch\ndef f():\n    return torch.ones(2).sum()\n"
    without_landlock.submit(2, build(usual), Limits())
    report = without_landlock.wait()
    assert report.answers[0].raised is None
    assert set(report.layers) == {*without_landlock.held().layers} - {JUDGE}


@pytest.mark.parametrize("engine", ["fork", "fresh"])
def test_the_self_test_finds_what_does_not_hold(engine: str, tmp_path: Path) -> None:
    """A hidden file that lies where everybody may read is found, and said."""
    readable = Path(os.__file__)
    with create(engine, 1, Policy(hidden=(str(readable),))) as pool:
        held = pool.held()
    assert FILES not in held.layers
    assert held.missing[FILES] == f"the self-test could still read {readable}"
    with pytest.raises(IsolationError, match=r"named files \(the self-test could still read"):
        isolation.require(held)


def test_switched_off_only_accidents_are_held(build: Build) -> None:
    """``off`` leaves limits and groups; the worker may read and fork."""
    with create("fork", 1, isolation.policy("off")) as pool:
        assert pool.held() == Held(ALWAYS)
        pool.submit(1, build("import os\ndef f():\n    return len(os.listdir('/'))\n"), Limits())
        assert pool.wait().answers[0].raised is None


def test_everything_is_there_or_said() -> None:
    """Each layer that is not left out holds or is missing with a reason."""
    for left_out in PROTECTION:
        with create("fork", 1, Policy(without=(left_out,))) as pool:
            held = pool.held()
        assert left_out not in (*held.layers, *held.missing)
        expected = {*ALWAYS, *PROTECTION} - {left_out, NO_FILES}
        expected -= {USER} if os.geteuid() else set()
        expected |= {NO_FILES} if left_out == FILES else set()
        assert {*held.layers, *held.missing} == expected
        assert all(held.missing.values())


def test_strict_passes_where_nothing_is_missing() -> None:
    """No exception is the answer."""
    isolation.require(Held((FILES, CALLS)))


@pytest.mark.parametrize("engine", ["fork", "fresh"])
def test_a_scratch_folder(engine: str, build: Build) -> None:
    """Files can be made and read there and nowhere else; afterwards it is gone."""
    source = """
        import os, tempfile
        def f():
            with open("here.txt", "w") as file:
                file.write("kept")
            os.makedirs("a/b")
            os.rename("here.txt", "a/b/there.txt")
            with tempfile.NamedTemporaryFile() as file:
                file.write(b"x")
            try:
                open("/tmp/outside", "w")
            except PermissionError:
                return os.getcwd(), open("a/b/there.txt").read()
    """
    with create(engine, 1) as pool:
        pool.submit(1, build(source), Limits(scratch_bytes=10**6))
        report = pool.wait()
        assert report.answers[0].raised is None
        folder, text = report.answers[0].values[0].items
        assert text == "kept"
        assert folder.startswith("/tmp/dlgrade-")
        assert not Path(folder).exists()
        endless = """
            def f():
                number = 0
                while True:
                    number += 1
                    with open(f"file{number}", "wb") as file:
                        file.write(bytes(10**5))
        """
        pool.submit(2, build(endless), Limits(scratch_bytes=10**6))
        assert pool.wait().end == "scratch"


def test_rules_fit_the_kernel() -> None:
    """Each version of the interface is asked for what it knows, not for more."""
    assert landlock._newest(landlock._FILES, 1).bit_length() == 13
    assert landlock._newest(landlock._FILES, 4).bit_length() == 15
    assert landlock._newest(landlock._FILES, 7).bit_length() == 16
    assert [landlock._newest(landlock._TCP, v) for v in (1, 3, 4, 9)] == [0, 0, 3, 3]
    assert [landlock._newest(landlock._SCOPES, v) for v in (5, 6)] == [0, 3]


def test_the_filter_is_well_formed() -> None:
    """Whole instructions, jumps inside the program, a decision at the end of each way."""
    for opens in (True, False):
        filter_ = seccomp.program(opens)
        code = list(struct.iter_unpack("<HBBI", filter_.code))
        assert len(code) < 4096
        assert len(filter_.own_pid) == 3
        for place, (kind, yes, no, _) in enumerate(code):
            if kind & 0x07 == 0x05:
                assert place + 1 + max(yes, no) < len(code)
        assert code[-1][0] == 0x06


def test_inside_bubblewrap_other_files_are_not_there(build: Build, tmp_path: Path) -> None:
    """Not even their names can be asked for; the work is the same, and the wall is reported."""
    why = bubblewrap.unavailable()
    if why:
        pytest.skip(why)
    hidden = tmp_path / "solutions"
    hidden.mkdir()
    source = """
        import os
        def f(paths):
            return [os.path.exists(path) for path in paths]
    """
    paths = [str(hidden), "/etc/passwd", os.__file__]
    with create("fork", 1, Policy(hidden=(str(hidden),), bubblewrap=True)) as pool:
        held = pool.held()
        pool.submit(1, build(source, {"paths": paths}), Limits())
        seen = pool.wait().answers[0].values[0]
    assert BUBBLEWRAP in held.layers
    assert decode(seen) == [False, False, True]


def test_without_bubblewrap_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it was asked for and is not there, it is missing; the workers run all the same."""
    monkeypatch.setenv("PATH", "/nowhere")
    with create("fork", 1, Policy(bubblewrap=True)) as pool:
        held = pool.held()
    assert held.missing[BUBBLEWRAP] == "there is no program bwrap; install bubblewrap"
    assert CALLS in held.layers
