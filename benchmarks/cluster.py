"""Measures what more workers bring, and what dask costs beside the engine of one machine.

Run it in the project's environment, with the extra ``cluster``::

    python benchmarks/cluster.py [--widths 1 2 4] [--submissions 100] [--runs 3]

Both engines grade the same class (two exercises each) with as many judges, in turn, in one run.
The clock begins when every judge is warm. Medians are printed: wall time per submission, processor
time of all processes per submission, how much of the width is used (the time of one judge, divided
by width and time), and what dask takes more than the local engine. Wall times and efficiency mean
something only on a machine that does nothing else; processor time means something on any.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count

import classes

from grader.cohort.cluster import ClusterEngine
from grader.cohort.engine import Engine, Work
from grader.cohort.local import LocalEngine
from grader.course import Course, find
from grader.settings import Settings
from grader.submission import Bundle, pack
from grader.submission.bundle import Member

BOUNDS = {"efficiency": 0.8, "overhead": 0.15}
ENGINES = {"local": LocalEngine, "dask": ClusterEngine}
_NUMBERS = count()


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--widths", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    course, cores = find(), os.cpu_count() or 1
    print(f"{given.submissions} submissions of {len(classes.PAIR)} exercises, {cores} cores")
    print("width  engine  ms/submission  CPU ms/submission  efficiency")
    alone: dict[str, float] = {}
    for width in given.widths:
        costs = measured(course, width, given.submissions, given.runs)
        for name, cost in costs.items():
            alone.setdefault(name, cost.wall * width)
            efficiency = alone[name] / (width * cost.wall)
            print(
                f"{width:5}  {name:6}  {1000 * cost.wall:13.1f}  {1000 * cost.cpu:17.1f}  "
                f"{efficiency:10.2f}"
            )
        local, dask = costs["local"], costs["dask"]
        print(
            f"       dask takes {100 * (dask.wall / local.wall - 1):+.0f} % of time and "
            f"{100 * (dask.cpu / local.cpu - 1):+.0f} % of processor time (bound "
            f"{100 * BOUNDS['overhead']:+.0f} %)",
            flush=True,
        )
    print(f"bound of the efficiency, where there are the cores: {BOUNDS['efficiency']}")


@dataclass(frozen=True)
class Cost:
    """What a submission costs, seconds."""

    wall: float
    cpu: float


def measured(course: Course, width: int, number: int, runs: int) -> dict[str, Cost]:
    """Medians of both engines, which take turns."""
    costs: dict[str, list[Cost]] = {name: [] for name in ENGINES}
    for _ in range(runs):
        for name, kind in ENGINES.items():
            engine: AbstractContextManager[Engine] = kind(course, width=width)
            with engine as opened:
                costs[name].append(graded(opened, width, number))
    return {
        name: Cost(
            statistics.median(cost.wall for cost in measured),
            statistics.median(cost.cpu for cost in measured),
        )
        for name, measured in costs.items()
    }


def graded(engine: Engine, width: int, number: int) -> Cost:
    """Grades a class when all judges are warm."""
    list(engine.grade(works(8 * width)))
    cpu, started = processor_time(), time.perf_counter()
    verdicts = list(engine.grade(works(number)))
    wall, cpu = time.perf_counter() - started, processor_time() - cpu
    failed = [done for done in verdicts if done.result is None]
    if failed or len(verdicts) != number:
        raise SystemExit(f"{len(verdicts)} verdicts, {len(failed)} without a record: {failed[:1]}")
    return Cost(wall / number, cpu / number)


def works(number: int) -> Iterator[Work]:
    """A class that nobody has graded before, packed as an intake would."""
    again = next(_NUMBERS)
    for files in classes.answers(number):
        members = {
            (*label.split("/")[:-1], label.split("/")[-1] + ".py"): Member(
                f"{source}# {again}\n".encode()
            )
            for label, source in files.items()
        }
        bundle = Bundle("submission", members)
        yield Work(
            digest=bundle.digest,
            name="submission",
            bundle=pack(bundle),
            only=classes.PAIR,
            settings=Settings(),
        )


def processor_time() -> float:
    """Seconds of this process and of all below it, those that have ended included."""
    tick = os.sysconf("SC_CLK_TCK")
    return sum(
        sum(map(int, fields[11:15])) / tick for fields in map(status, [os.getpid(), *below()])
    )


def status(pid: int) -> list[str]:
    """What /proc says of a process, from its state on; nothing if it has gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def below() -> Iterator[int]:
    """All processes that this one has started, and those that they have."""
    parents: dict[int, list[int]] = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if fields := status(int(pid)):
            parents.setdefault(int(fields[1]), []).append(int(pid))
    reached = [os.getpid()]
    for pid in reached:
        reached += parents.get(pid, [])
    return iter(reached[1:])


if __name__ == "__main__":
    main()
