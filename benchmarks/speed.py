"""Measures how long a learner waits, against what cannot be avoided.

Run it in the project's environment: ``python benchmarks/speed.py [--runs N]``. Both sides of every
ratio are measured in turn in one run; medians are printed. ``--throughput`` measures what a class
costs instead: the processor time of a verdict, by process.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MOST_VARIANTS = 15

# An installed package has its bytecode; a checkout gets it at the first run, if it may.
sys.dont_write_bytecode = False
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

BOUNDS = {"cold": 1.35, "warm": 60.0, "help": 0.2}
ASSIGNMENT = ("normalization/layer_norm", "language_models/perplexity")
PROCESSES = ("judge", "warm", "workers")


def main() -> None:
    """Prints every figure with its bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--throughput", action="store_true")
    asked = parser.parse_args()
    runs = asked.runs
    if asked.throughput:
        throughput(runs)
        return
    with tempfile.TemporaryDirectory() as folder:
        cold(Path(folder), runs)
        help_time(runs)
    warm(runs)


def cold(folder: Path, runs: int) -> None:
    """One exercise in a fresh command against a bare import of torch."""
    right = ROOT / "solutions" / "normalization" / "layer_norm.py"
    wrong = ROOT / "solutions" / "_demo" / "normalization" / "layer_norm.py"
    command = [sys.executable, "-m", "grader", "check"]
    report = ["--html", str(folder / "report.html")]
    sides = {
        'python -c "import torch"': [sys.executable, "-c", "import torch"],
        "check, right answer, no report": [*command, str(right), "--no-html"],
        "check, right answer, with report": [*command, str(right), *report],
        "check, wrong answer, report and picture": [*command, str(wrong), *report],
    }
    times = in_turn({name: lambda c=c: run(c) for name, c in sides.items()}, runs)
    bare = times.pop('python -c "import torch"')
    print(f"cold, {runs} runs each in turn; the bound is {BOUNDS['cold']} times the bare import")
    print(f"  {'import torch':<42} {statistics.median(bare):7.3f} s")
    for name, seconds in times.items():
        ratios = [s / b for s, b in zip(seconds, bare, strict=True)]
        median = statistics.median(seconds)
        print(f"  {name:<42} {median:7.3f} s  {statistics.median(ratios):.2f} times")


def help_time(runs: int) -> None:
    """``dlgrade --help``."""
    command = [sys.executable, "-m", "grader", "--help"]
    seconds = [run(command) for _ in range(runs)]
    print(f"dlgrade --help (bound {BOUNDS['help']} s)")
    print(f"  {'median':<42} {statistics.median(seconds):7.3f} s")


def warm(runs: int) -> None:
    """One more exercise in a command that is warm, all processes on one core.

    The plain answer is the first of the collection; "every style" goes through all of them.
    """
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from grader import pool
    from grader.course import find
    from grader.judge import grade
    from grader.settings import Settings
    from grader.submission import Submitted
    from grader.wire.frames import Request

    right = right_answers()
    course = find()
    with pool.create(jobs=1) as sandbox:
        settings = Settings(pictures=False)
        empty = Request(name="empty", filename="empty.py", source=b"", functions={})

        def round_trip() -> None:
            sandbox.submit(0, empty, settings.limits)
            sandbox.wait()

        work: dict[str, Callable[[], float]] = {"an empty child": timed(round_trip)}
        for entry in course.entries:
            own = [variant for variant in right if variant.exercise == entry.label]
            styles = [[Submitted(entry, f"{entry.label}.py", v.source.encode())] for v in own]
            plain, every = itertools.repeat(styles[0]), itertools.cycle(styles)
            for name, answers in (("plain", plain), ("every style", every)):

                def once(answers: Iterator[Sequence[Submitted]] = answers) -> None:
                    result = grade(next(answers), sandbox, settings)
                    assert result.status == "passed", result

                work[f"{entry.label}, {name}"] = timed(once)
        times = in_turn(work, max(runs, MOST_VARIANTS))
    floor = statistics.median(times.pop("an empty child")) * 1e3
    print(f"one more exercise, warm, on one core (bound {BOUNDS['warm']:g} ms)")
    print(f"  {'fork and exit of an empty child (floor)':<42} {floor:7.1f} ms")
    medians = {name: statistics.median(seconds) * 1e3 for name, seconds in times.items()}
    for name, median in medians.items():
        print(f"  {name:<42} {median:7.1f} ms")
    mean = statistics.fmean(median for name, median in medians.items() if name.endswith("plain"))
    print(f"  {'mean over the course, plain':<42} {mean:7.1f} ms")


def throughput(runs: int) -> None:
    """Processor time of a verdict by process: an assignment of two exercises, then each exercise.

    A service keeps a spare worker between submissions; a command has no use for one.
    """
    from grader.course import find
    from grader.judge import Judge
    from grader.pool.fork import ForkPool
    from grader.pool.interface import Report, Stop, never
    from grader.settings import Settings
    from grader.submission import Submitted
    from grader.worker.processes import children

    class Clocked(ForkPool):
        """Adds up what its workers take."""

        workers_s = 0.0

        def wait(self, stop: Stop = never) -> Report:
            report = super().wait(stop)
            self.workers_s += report.cpu_s
            return report

    plain: dict[str, Submitted] = {}
    entries = {entry.label: entry for entry in find().entries}
    for variant in right_answers():
        label = variant.exercise
        source = variant.source.encode()
        plain.setdefault(label, Submitted(entries[label], f"{label}.py", source))
    settings = Settings(pictures=False)

    def spent(sandbox: Clocked, judge: Judge, submission: Sequence[Submitted]) -> list[float]:
        # The clock of another process has its number in the clock's (clock_getcpuclockid(3)).
        clock = (~children(os.getpid())[-1] << 3) | 2
        before = time.process_time(), time.clock_gettime(clock), sandbox.workers_s
        assert judge.grade(submission, settings).status == "passed"
        after = time.process_time(), time.clock_gettime(clock), sandbox.workers_s
        return [1e3 * (end - start) for start, end in zip(before, after, strict=True)]

    def show(name: str, rows: Sequence[Sequence[float]]) -> None:
        medians = [statistics.median(column) for column in zip(*rows, strict=True)]
        print(f"  {name:<42} {sum(medians):7.1f}" + "".join(f"{each:9.1f}" for each in medians))

    print(f"processor time of a verdict, ms, medians of {runs} runs")
    print(f"  {'':<42} {'all':>7}" + "".join(f"{name:>9}" for name in PROCESSES))
    for spare in (False, True):
        with Clocked(1, spare=spare) as sandbox:
            judge = Judge(sandbox)
            both = [plain[label] for label in ASSIGNMENT]
            judge.grade(both, settings)
            show(
                f"two exercises, {'a spare worker' if spare else 'no spare worker'}",
                [spent(sandbox, judge, both) for _ in range(runs)],
            )
    with Clocked(1) as sandbox:
        judge = Judge(sandbox)
        for label, submitted in plain.items():
            judge.grade([submitted], settings)
            show(label, [spent(sandbox, judge, [submitted]) for _ in range(runs)])


def right_answers() -> list[Any]:
    """The right answers of the collection, which the tests share; see its ``Variant``."""
    from accuracy import load

    collection = load("collection", ROOT / "tests" / "course" / "collection.py")
    return [variant for variant in collection.variants() if variant.is_right]


def in_turn(work: dict[str, Callable[[], float]], runs: int) -> dict[str, list[float]]:
    """Runs every piece of work once, then again, so that all meet the same noise."""
    for once in work.values():
        once()
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(runs):
        for name, once in work.items():
            times[name].append(once())
    return times


def timed(function: Callable[[], None]) -> Callable[[], float]:
    """The function as one that returns how long it took."""

    def run_it() -> float:
        started = time.perf_counter()
        function()
        return time.perf_counter() - started

    return run_it


def run(command: Sequence[str]) -> float:
    """How long a command takes."""
    started = time.perf_counter()
    subprocess.run(command, capture_output=True, check=False, cwd=ROOT, env=ENVIRONMENT)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
