"""The engine without fork gives the same as the one with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import torch

from grader.errors import EngineError
from grader.inputs import Generator
from grader.pool import Limits, Policy, Pool, Report, create
from grader.pool.fresh import FreshPool
from grader.wire.frames import Request

Build = Callable[..., Request]


@pytest.fixture(scope="module")
def fresh_pool(unprotected: Policy) -> Iterator[Pool]:
    """A started engine without fork."""
    with FreshPool(spare=4, policy=unprotected) as pool:
        yield pool


def timeless(report: Report) -> Report:
    """A report without what differs from run to run."""
    answers = tuple(msgspec.structs.replace(answer, duration_s=0.0) for answer in report.answers)
    return msgspec.structs.replace(report, answers=answers, cpu_s=0.0, wall_s=0.0, max_rss=0, id=0)


def test_both_engines_give_the_same_frames(fresh_pool: Pool, fork_pool: Pool, build: Build) -> None:
    """Values, gradients, evidence, faults, text: all the same bytes."""
    source = """
        import torch
        def f(x, g):
            print("x is", tuple(x.shape))
            if x.dim() == 1:
                raise ValueError("a vector")
            return torch.nn.functional.layer_norm(x, (3,)) * torch.rand(3, generator=g)
    """
    matrix = torch.arange(6, dtype=torch.float64).reshape(2, 3)
    request = build(
        source,
        {"x": matrix, "g": Generator(1, 4)},
        {"x": matrix[0], "g": Generator(1, 4)},
        forbids=["layer_norm"],
        gradients=["x"],
    )
    reports = []
    for pool in (fresh_pool, fork_pool):
        pool.submit(1_000_000, request, Limits())
        reports.append(timeless(pool.wait()))
    assert reports[0] == reports[1]
    assert reports[0].end == "finished"
    assert len(reports[0].answers) == 2


@pytest.mark.parametrize(
    ("what", "end"),
    [
        ("os._exit(3)", "exited"),
        ("sum(range(10 ** 12))", "timeout"),
        ("ctypes.string_at(0)", "crashed"),
    ],
)
def test_bad_ends_are_the_same(fresh_pool: Pool, build: Build, what: str, end: str) -> None:
    """What came back before counts here too."""
    source = f"import ctypes, os\ndef f(n):\n    if n == 2:\n        {what}\n    return n"
    fresh_pool.submit(2, build(source, {"n": 1}, {"n": 2}), Limits(wall_s=1.0))
    report = fresh_pool.wait()
    assert report.end == end
    assert [answer.values for answer in report.answers] == [(1,)]


def test_files_are_removed(build: Build) -> None:
    """Nothing is left in the folder for temporary files."""
    pool = FreshPool(spare=1)
    pool.start()
    assert pool._folder is not None
    folder = Path(pool._folder.name)
    pool.submit(1, build("def f(n):\n    return n", {"n": 1}), Limits())
    assert pool.wait().end == "finished"
    pool.close()
    assert not folder.exists()


def test_a_worker_that_cannot_start_says_why(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the process printed is in the error."""
    monkeypatch.setattr(
        "grader.pool.launch._BOOT", "raise SystemExit('no torch here'){module}{call}"
    )
    with FreshPool(spare=0) as pool:
        pool.submit(1, build("def f(n):\n    return n", {"n": 1}), Limits())
        with pytest.raises(EngineError, match="no torch here"):
            pool.wait()


def test_engines_are_chosen_by_name() -> None:
    """The names are those of the command line."""
    assert create("fork").name == "fork"
    assert create("fresh").name == "fresh"
    assert create("auto").name in ("fork", "fresh")
