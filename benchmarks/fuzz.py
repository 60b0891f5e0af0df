"""Feeds the judge's decoder mutated frames: each is a message or a `WireError`, and nothing else.

Run it in the project's environment: ``python benchmarks/fuzz.py [--frames N] [--jobs J]``. The same
frames come out whatever the number of jobs. Exits with 1 if there was any other exception, if a
frame took too long, or if a process needed more memory than its bound.
"""

from __future__ import annotations

import argparse
import importlib.util
import multiprocessing
import os
import random
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
CHUNK = 5_000
SLOWEST_S = 5.0
# The corpus is a few kilobytes. An allocation that a frame announces, rather than fills, shows.
MEMORY = 256 * 2**20


@dataclass
class Tally:
    """What came of some frames.

    Attributes:
        decoded: files whose frames were all messages.
        refused: files that ended in a `WireError`.
        slowest: seconds, chunk and number of the frame that took longest.
        peak: largest resident size that they added to a process, bytes.
        faults: exceptions of any other kind, and how often.
    """

    decoded: int = 0
    refused: int = 0
    slowest: tuple[float, int, int] = (0.0, 0, 0)
    peak: int = 0
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Takes the other's counts in."""
        self.decoded += other.decoded
        self.refused += other.refused
        self.slowest = max(self.slowest, other.slowest)
        self.peak = max(self.peak, other.peak)
        self.faults += other.faults

    @property
    def is_good(self) -> bool:
        """Whether nothing went wrong."""
        return not self.faults and self.slowest[0] < SLOWEST_S and self.peak < MEMORY


def main() -> int:
    """Prints the counts; exits with 1 if the decoder failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    options = parser.parse_args()
    started = time.perf_counter()
    sizes = [CHUNK] * (options.frames // CHUNK) + [options.frames % CHUNK]
    tally = Tally()
    for part in results([(seed, size) for seed, size in enumerate(sizes) if size], options.jobs):
        tally.add(part)
    seconds = time.perf_counter() - started
    slow, chunk, number = tally.slowest
    print(f"{options.frames} mutated files in {seconds:.0f} s, {options.jobs} at a time")
    print(f"  decoded           {tally.decoded}")
    print(f"  refused           {tally.refused}")
    print(f"  other exceptions  {tally.faults.total()}")
    print(f"  slowest           {slow * 1e3:.1f} ms (seed {chunk}, number {number})")
    print(f"  memory added      {tally.peak / 2**20:.1f} MB at the peak")
    for fault, count in tally.faults.most_common():
        print(f"\n{count} times\n{fault}")
    return 0 if tally.is_good else 1


def results(chunks: list[tuple[int, int]], jobs: int) -> Iterable[Tally]:
    """The tallies of all chunks, as they come."""
    # Not forked: a process that has run torch's parallel kernels must not be.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=bound) as pool:
        for future in as_completed([pool.submit(run, *chunk) for chunk in chunks]):
            yield future.result()


def bound() -> None:
    """Bounds this process: more than the bound is a MemoryError, and so a fault."""
    import torch

    torch.set_num_threads(1)
    mutations()
    at_first()
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def run(seed: int, size: int) -> Tally:
    """Mutates and reads ``size`` files; the seed says which."""
    from grader.errors import WireError

    tools, source, tally = mutations(), random.Random(seed), Tally()
    files = tools.corpus()
    for number in range(size):
        data = tools.mutated(source, files)
        started = time.perf_counter()
        try:
            tools.read(data)
            tally.decoded += 1
        except WireError:
            tally.refused += 1
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(last.filename).name}:{last.lineno}"
            tally.faults[f"{type(error).__name__} at {where}: {str(error)[:200]}"] += 1
        tally.slowest = max(tally.slowest, (time.perf_counter() - started, seed, number))
    tally.peak = peak() - at_first()
    return tally


def peak() -> int:
    """The largest resident size of this process so far, bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@cache
def at_first() -> int:
    """What it was before the first frame."""
    return peak()


@cache
def mutations() -> ModuleType:
    """The module that damages frames; it lies beside the tests of the wire."""
    path = ROOT / "tests" / "wire" / "mutations.py"
    spec = importlib.util.spec_from_file_location("mutations", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
