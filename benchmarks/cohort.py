"""Measures `dlgrade cohort`: what a submission costs as the class grows, and what a kill loses.

Run it in the project's environment::

    python benchmarks/cohort.py growth [--sizes 10 100 1000]   the whole course, time and memory
    python benchmarks/cohort.py faults [--kills 50]            kill -9 at random moments, resumed

`growth` prints seconds per submission without the start (both sides of the ratio in one run) and
the memory of the judges. `faults` kills the command, then the processes that it started, at random
moments until each has been killed so often, and compares gradebook and verdicts with those of a run
that nobody disturbed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import classes

from grader.worker.processes import descendants


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("growth", "faults"))
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--kills", type=int, default=50, help="of the command, and of workers each")
    parser.add_argument(
        "--submissions", type=int, default=60, help="of the class that is disturbed"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the moments of the kills")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if given.what == "growth":
            growth(Path(name), given.sizes)
        else:
            faults(Path(name), given.submissions, given.kills, random.Random(given.seed))


def command(folder: Path, out: Path, *more: str) -> list[str]:
    """The command that grades a class."""
    cohort = [sys.executable, "-m", "grader", "cohort", str(folder), "--out", str(out)]
    return [*cohort, *more]


def growth(folder: Path, sizes: list[int]) -> None:
    """Cost per submission and memory of the judges, from the smallest class to the largest."""
    print(f"the whole course ({len(classes.labels())} exercises), {os.cpu_count()} cores")
    costs = []
    for size in sizes:
        # Everybody has the same work to be done, so that classes of any size can be compared.
        classes.write(folder / f"class-{size}", classes.answers(size, classes.labels(), kinds=1))
        cost, whole, memory = graded(folder / f"class-{size}", folder / f"out-{size}")
        costs.append(cost)
        print(
            f"  {size:5} submissions in {whole:6.1f} s, median {1000 * cost:5.0f} ms each   judges "
            f"{memory.early:.0f} MiB early, {memory.late:.0f} MiB late; all processes at most "
            f"{memory.peak:.0f} MiB",
            flush=True,
        )
    print(f"  the largest class costs {costs[-1] / costs[0]:.2f} times the smallest (bound 1.10)")


@dataclass
class Memory:
    """What the processes of a run take, MiB, shared pages once."""

    judges: list[float] = field(default_factory=list)
    peak: float = 0.0

    @property
    def early(self) -> float:
        """The judges after a tenth of the run."""
        return statistics.median(self.judges[len(self.judges) // 10 :][:5])

    @property
    def late(self) -> float:
        """The judges at its end."""
        return statistics.median(self.judges[-5:])


def graded(folder: Path, out: Path) -> tuple[float, float, Memory]:
    """Median seconds of a core's share per submission, seconds in all, and the memory meanwhile."""
    memory = Memory()
    started = time.perf_counter()
    process = subprocess.Popen(command(folder, out), stdout=subprocess.DEVNULL)
    while process.poll() is None:
        tree = [process.pid, *descendants(process.pid)]
        judges = [pid for pid in tree if "grader.service" in said_of(pid)]
        if judges and (taken := sum(map(megabytes, judges))):
            memory.judges.append(taken)
            memory.peak = max(memory.peak, sum(map(megabytes, tree)))
        time.sleep(0.5)
    if process.returncode:
        sys.exit(f"the run ended with {process.returncode}")
    seconds = [row[0] for row in rows(out, "SELECT seconds FROM verdict")]
    width = min(os.cpu_count() or 1, len(seconds))
    return statistics.median(seconds) / width, time.perf_counter() - started, memory


def rows(out: Path, query: str) -> list[tuple[Any, ...]]:
    """What the store of a class says."""
    with contextlib.closing(sqlite3.connect(out / "store.sqlite")) as store:
        return store.execute(query).fetchall()


def said_of(pid: int) -> str:
    """The command line of a process; empty if it has gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def megabytes(pid: int) -> float:
    """What a process takes, with its share of what it shares; 0 if it has gone."""
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return 0.0


def faults(folder: Path, size: int, kills: int, chance: random.Random) -> None:
    """Kills the command, then what it started, and compares with an undisturbed run."""
    classes.write(folder / "class", classes.answers(size))
    only = [word for label in classes.PAIR for word in ("--only", label)]
    started = time.perf_counter()
    subprocess.run(
        command(folder / "class", folder / "calm", *only), check=True, capture_output=True
    )
    whole = time.perf_counter() - started
    print(f"{size} submissions of 2 exercises; undisturbed it takes {whole:.1f} s")
    expected = outcome(folder / "calm")
    for name, kill in (("the command", kill_command), ("a process below it", kill_below)):
        struck = runs = 0
        while struck < kills:
            out = folder / f"out-{name[0]}-{runs}"
            arguments = folder / "class", out, only
            struck += disturbed(arguments, whole, chance, kill, kills - struck)
            runs += 1
            if outcome(out) != expected:
                sys.exit(f"after kills of {name} the outcome of {out} differs")
        print(f"  {name:<20} killed {struck} times in {runs} classes: identical, nothing twice")


Kill = Callable[[int, random.Random], "int | None"]


def disturbed(
    arguments: tuple[Path, Path, list[str]],
    whole: float,
    chance: random.Random,
    kill: Kill,
    most: int,
) -> int:
    """Grades a class that is disturbed until it is done; how often a kill struck."""
    folder, out, only = arguments
    struck = 0
    while True:
        resume = ["--resume"] if (out / "store.sqlite").exists() else []
        process = subprocess.Popen(
            command(folder, out, *only, *resume),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        victim = None
        if struck < most:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.1, whole))
            below = descendants(process.pid)
            victim = kill(process.pid, chance) if process.poll() is None else None
            struck += victim is not None
        code = process.wait()
        if victim == process.pid:
            wait_until_gone(below)
        elif code == 0:
            return struck
        elif victim is None:
            sys.exit(f"the command ended with {code} though nobody disturbed it")


def kill_command(pid: int, chance: random.Random) -> int | None:
    """Kills the command itself."""
    os.kill(pid, signal.SIGKILL)
    return pid


def kill_below(pid: int, chance: random.Random) -> int | None:
    """Kills one of the processes that the command started: a judge, a warm process, a worker."""
    below = descendants(pid)
    if not below:
        return None
    victim = chance.choice(below)
    try:
        os.kill(victim, signal.SIGKILL)
    except ProcessLookupError:
        return None
    return victim


def wait_until_gone(processes: list[int]) -> None:
    """Waits until nothing of a run is left: a kill leaves nobody behind."""
    end = time.monotonic() + 30
    while left := [pid for pid in processes if said_of(pid)]:
        if time.monotonic() > end:
            sys.exit(f"left behind: {[said_of(pid) for pid in left]}")
        time.sleep(0.1)


def outcome(out: Path) -> tuple[bytes, Counter[str]]:
    """The gradebook, and how many verdicts there are of each submission."""
    verdicts = Counter(digest for (digest,) in rows(out, "SELECT digest FROM verdict"))
    return (out / "gradebook.csv").read_bytes(), verdicts


if __name__ == "__main__":
    main()
