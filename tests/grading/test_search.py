"""What is written is searched before it runs: nothing that runs can take a finding back."""

from __future__ import annotations

import time

import pytest
from msgspec import structs

from grader.course import load
from grader.judge import grade, request_for, tasks
from grader.oracle import oracles
from grader.pool import Report, create
from grader.result import Case, Exercise, Flag, from_json, to_json
from grader.settings import Settings
from grader.submission import Submitted
from grader.verdict import Verdict
from grader.wire.control import Scan

FORBIDDEN = """
import torch

def double(x, times=2.0):
    if times > 1e9:
        return torch.cumsum(x, 0)
    return x * times
"""
# Every frame that leaves the worker is written anew, without a word of what is forbidden.
FORGES_FRAMES = """
import os
from msgspec import structs
import grader.worker.runner as runner
from grader.wire.frames import Answer, Finished, pack

class Silent(runner._Writer):
    def write(self, message):
        if isinstance(message, Answer):
            message = structs.replace(message, forbidden=(), operations=())
        os.write(4, pack(message))

runner._Writer.write = Silent.write
"""
PATCHES_THE_SEARCH = """
import sys
import grader.worker.written as written
import grader.worker.written.searching as searching
import grader.worker.loading as loading
from grader.wire.control import Scan

for module in (written, searching, loading):
    for name in ("search", "_searched"):
        try:
            setattr(module, name, lambda *_: Scan())
        except AttributeError:
            pass
"""
WRITES_TO_EVERY_DESCRIPTOR = """
import os
from grader.wire.control import Entered, Scan, pack_entered

for descriptor in range(3, 64):
    try:
        if descriptor != 4:
            os.write(descriptor, pack_entered(Entered((), Scan())))
    except OSError:
        pass
"""
REWRITES_WHAT_WAS_SAID = """
import os
from grader.wire.control import Entered, Scan, pack_entered

folder = f"/proc/{os.getppid()}/fd"
try:
    numbers = os.listdir(folder)
except PermissionError:
    numbers = []
for number in numbers:
    try:
        os.read(os.open(f"{folder}/{number}", os.O_RDONLY | os.O_NONBLOCK), 2**16)
        os.write(os.open(f"{folder}/{number}", os.O_WRONLY), pack_entered(Entered((), Scan())))
    except OSError:
        pass
"""


def case(record: Exercise, name: str = "twice_as_much") -> Case:
    """One case of a record."""
    return next(one for one in record.cases if one.name == name)


@pytest.mark.parametrize(
    "attack",
    [
        "",
        FORGES_FRAMES,
        PATCHES_THE_SEARCH,
        WRITES_TO_EVERY_DESCRIPTOR,
        REWRITES_WHAT_WAS_SAID,
    ],
)
def test_a_forbidden_use_is_reported_whatever_the_file_does(graded, attack: str) -> None:
    """Forged frames, a patched search and foreign descriptors change nothing."""
    record = graded(whole=FORBIDDEN + attack)
    assert case(record).status == "forbidden"
    assert case(record).message.startswith("uses cumsum at line 6")
    assert case(record).score == 0


def test_the_other_engine_reports_it_too(course, settings: Settings) -> None:
    """Processes that serve one request say the same."""
    submitted = Submitted(course.entries[0], "double.py", (FORBIDDEN + FORGES_FRAMES).encode())
    with create("fresh", jobs=1) as pool:
        result = grade([submitted], pool, settings)
    assert case(result.exercises[0]).status == "forbidden"
    assert "reaches into the grader" in [flag.what for flag in result.exercises[0].flags]
    assert result.environment.isolation


def test_flags_cost_nothing_and_stand_in_the_record(graded) -> None:
    """What is flagged passes, with line and reason."""
    record = graded("import os\n\ndef unused(name):\n    os.system(name)\n\nexec(str(1))")
    assert record.status == "passed"
    assert [(flag.what, flag.why) for flag in record.flags] == [
        ("starts a program", ""),
        ("uses exec", "what it runs is not written out"),
    ]
    assert record.flags[0].line == record.flags[1].line - 2
    assert graded().flags == ()


def test_flags_are_a_part_of_the_record(course, fork_pool, settings: Settings) -> None:
    """They are written as JSON and read back."""
    submitted = Submitted(course.entries[0], "double.py", b"exec(str(1))\n")
    result = grade([submitted], fork_pool, settings)
    assert from_json(to_json(result)) == result
    assert [flag.what for flag in result.exercises[0].flags] == ["uses exec"]


@pytest.fixture
def verdict(course, fork_pool, settings: Settings):
    """Judges the right answer after its report was changed."""
    entry = course.entries[0]
    source = (course.solutions / "arithmetic" / "double.py").read_bytes()
    submitted = Submitted(entry, "double.py", source)
    exercise = load(entry)
    known = oracles(entry, exercise, 0)
    asked = tasks(entry, exercise, known, 0)
    fork_pool.submit(
        71_000,
        request_for(submitted, exercise, asked, settings),
        settings.limits,
    )
    report = fork_pool.wait()

    def verdict(**changes: object) -> Exercise:
        changed: Report = structs.replace(report, **changes)
        return Verdict(submitted, exercise, known, changed, settings.limits, False, 0).record()

    return verdict


def test_a_search_that_did_not_arrive_is_no_search_without_findings(verdict) -> None:
    """The cases are not judged, at nobody's cost, and the instructor is told."""
    assert verdict().status == "passed"
    record = verdict(scan=None, unsearched="nothing arrived")
    assert record.status == "grader_error"
    assert (record.score, record.max_score) == (0, 0)
    assert "did not arrive (nothing arrived)" in record.cases[0].message
    assert record.flags == (
        Flag(what="was not searched for what it must not use", why="nothing arrived"),
    )


def test_a_search_that_failed_or_was_cut_is_told(verdict) -> None:
    """Neither looks like finding nothing."""
    record = verdict(scan=Scan(cut=3, fault="RecursionError: too deep"))
    assert record.status == "passed"
    assert [flag.what for flag in record.flags] == [
        "could not be searched to its end",
        "has 3 more findings that are not listed",
    ]


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 100_000 + ")" * 100_000,
        "x" + ".a" * 300_000,
        "lambda: " * 50_000 + "0",
        "[" * 50_000,
        "-" * 200_000 + "1",
        "f(" * 3_000 + ")" * 3_000,
        "x = " + " + ".join(["1"] * 60_000),
    ],
)
def test_texts_that_break_a_parser_are_faults_of_the_file(graded, bomb: str) -> None:
    """The judge lives, the file has a fault, and no point is earned."""
    start = time.perf_counter()
    record = graded(whole=f"{bomb}\n")
    assert record.error is not None
    assert (record.status, record.score) == ("error", 0)
    assert time.perf_counter() - start < 10


def test_a_deep_text_that_python_can_read_is_searched(graded) -> None:
    """An attribute chain of nine hundred and a sum of nine hundred hide nothing."""
    deep = f"HIDDEN = lambda x: x{'.a' * 900}\nSUM = lambda: {' + '.join(['1'] * 900)}\n"
    record = graded(whole=deep + FORBIDDEN)
    assert case(record).status == "forbidden"
