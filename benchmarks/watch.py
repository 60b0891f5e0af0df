"""Measures `dlgrade watch` as a learner has it: in a terminal, from the write to the verdict.

Run it in the project's environment::

    python benchmarks/watch.py latency [--saves N]   save to verdict, and pytest on the same work
    python benchmarks/watch.py memory                an idle watch, and a bare import of torch
    python benchmarks/watch.py saves [--saves N]     growth, zombies and missed saves

Both sides of a ratio are measured in turn in one run; medians are printed.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
    "TERM": "xterm-256color",
    "LANG": "C.UTF-8",
    "NO_COLOR": "1",
}
BOUNDS = {"median": 100.0, "p95": 150.0, "pytest": 20.0, "memory": 1.5}

EQUIVALENT = '''"""What a course's own test of the same exercise looks like."""
import pytest, torch
from layer_norm import layer_norm

@pytest.mark.parametrize("shape, axes", [
    ((2, 3, 7), 1), ((2, 3, 7), 1), ((5, 7), 1), ((2, 3, 5, 7), 2), ((7,), 1), ((1, 7), 1),
])
def test_layer_norm(shape, axes):
    torch.manual_seed(0)
    x = torch.randn(*shape, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(*shape[-axes:], dtype=torch.float64, requires_grad=True)
    bias = torch.randn(*shape[-axes:], dtype=torch.float64, requires_grad=True)
    expected = torch.nn.functional.layer_norm(x, shape[-axes:], weight, bias)
    answer = layer_norm(x, weight, bias)
    torch.testing.assert_close(answer, expected)
    for got, want in zip(
        torch.autograd.grad(answer.sin().sum(), (x, weight, bias)),
        torch.autograd.grad(expected.sin().sum(), (x, weight, bias)),
    ):
        torch.testing.assert_close(got, want)
'''


def main() -> None:
    """Runs what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("latency", "memory", "saves"))
    parser.add_argument("--saves", type=int, default=0)
    given = parser.parse_args()
    if given.what == "latency":
        latency(given.saves or 60)
    elif given.what == "memory":
        memory()
    else:
        saves(given.saves or 1000)


def answers(label: str) -> tuple[str, str]:
    """A plain right and a plain wrong answer of the collection, as learners write them."""
    from accuracy import load

    collection = load("collection", ROOT / "tests" / "course" / "collection.py")
    own = [variant for variant in collection.variants() if variant.exercise == label]
    return (
        next(variant.source for variant in own if variant.is_right),
        next(variant.source for variant in own if not variant.is_right),
    )


def labels() -> list[str]:
    """Topic and name of every exercise of the course."""
    from grader.course import find

    return [entry.label for entry in find().entries]


@dataclass
class Watch:
    """The command in a terminal of its own."""

    pid: int
    terminal: int
    home: Path
    seen: bytes = b""

    def save(self, file: Path, text: str, wanted: str, patience: float = 20.0) -> float:
        """Writes a file and waits for a verdict; seconds in between."""
        self._read(0.0)
        self.seen = b""
        started = time.perf_counter()
        file.write_text(text)
        self.wait(wanted, patience)
        return time.perf_counter() - started

    def wait(self, wanted: str, patience: float = 20.0) -> None:
        """Waits for a text on the screen.

        Raises:
            TimeoutError: if it does not come.
        """
        end = time.monotonic() + patience
        while wanted.encode() not in self.seen:
            if not self._read(end - time.monotonic()):
                raise TimeoutError(f"{wanted!r} did not come; seen: {self.seen[-2000:]!r}")

    def press(self, key: str) -> None:
        """Presses a key."""
        os.write(self.terminal, key.encode())

    def _read(self, patience: float) -> bool:
        if not select.select([self.terminal], [], [], max(patience, 0.0))[0]:
            return False
        self.seen += os.read(self.terminal, 2**16)
        return True


@contextmanager
def watching() -> Iterator[Watch]:
    """A fresh home, and `dlgrade watch` on it, warm and idle."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "exercises"
        command = [sys.executable, "-m", "grader"]
        subprocess.run([*command, "init", str(home)], check=True, capture_output=True, cwd=ROOT)
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(ROOT)
            os.execve(sys.executable, [*command, "watch", str(home)], ENVIRONMENT)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", 40, 100, 0, 0))
        watch = Watch(pid, terminal, home)
        try:
            watch.wait("judged at")
            yield watch
        finally:
            watch.press("q")
            time.sleep(0.5)
            os.kill(pid, signal.SIGTERM)
            os.close(terminal)
            os.waitpid(pid, 0)


def latency(number: int) -> None:
    """From the write of a file to its verdict on the screen, against pytest in a fresh process."""
    right, wrong = answers("normalization/layer_norm")
    ours: list[float] = []
    theirs: list[float] = []
    with watching() as watch, tempfile.TemporaryDirectory() as folder:
        file = watch.home / "normalization" / "layer_norm.py"
        beside = Path(folder)
        (beside / "test_layer_norm.py").write_text(EQUIVALENT)
        (beside / "layer_norm.py").write_text(right)
        watch.save(file, right, "✓ layer_norm")
        for turn in range(number):
            text, mark = (wrong, "✗ layer_norm") if turn % 2 else (right, "✓ layer_norm")
            ours.append(watch.save(file, f"{text}\n# {turn}\n", mark) * 1e3)
            time.sleep(0.2)  # nobody saves faster; the next worker is made ready
            if turn % 10 == 0:
                theirs.append(timed(lambda: run_pytest(beside)) * 1e3)
        print(f"save to verdict, layer_norm, {number} saves, right and wrong in turn")
        show(ours)
        ratio = statistics.median(theirs) / statistics.median(ours)
        print(f"  python -m pytest, the same work {statistics.median(theirs):8.0f} ms")
        print(f"  {ratio:.1f} times as fast (bound {BOUNDS['pytest']:g})")
        print("save to verdict, a right answer of every exercise")
        whole = []
        for label in labels():
            topic, _, name = label.partition("/")
            source = answers(label)[0]
            times = []
            for turn in range(6):
                text = f"{source}\n# {turn}\n"
                times.append(watch.save(watch.home / topic / f"{name}.py", text, f"✓ {name}") * 1e3)
                time.sleep(0.2)
            # The first one loads the exercise and computes its right answers.
            whole += times[1:]
            median = statistics.median(times[1:])
            print(f"  {name:<22} {median:6.0f} ms, the first {times[0]:6.0f} ms")
        show(whole)


def show(times: list[float]) -> None:
    """Median and 95th percentile."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    print(f"  median {statistics.median(ordered):6.1f} ms (bound {BOUNDS['median']:g})")
    print(f"  p95    {p95:6.1f} ms (bound {BOUNDS['p95']:g})")


def run_pytest(folder: Path) -> None:
    """The equivalent test in a fresh process."""
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_layer_norm.py"],
        cwd=folder,
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
    )


def timed(act: Callable[[], None]) -> float:
    """How long something takes, seconds."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def memory() -> None:
    """What an idle watch holds in all its processes, shared pages counted once."""
    script = "import torch, sys; print('there', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as bare:
        assert bare.stdout is not None
        bare.stdout.readline()
        alone = proportional(bare.pid)
        bare.communicate()
    print(f"python with torch imported    {alone / 2**20:6.0f} MiB")
    with watching() as watch:
        time.sleep(2)
        report("an idle watch", watch.pid, alone)
        watch.press("c")
        watch.wait("quizzes pass", 60)
        time.sleep(2)
        report("after checking everything", watch.pid, alone)


def report(what: str, pid: int, alone: int) -> None:
    """One line of memory."""
    held = sum(proportional(each) for each in family(pid))
    bound = BOUNDS["memory"]
    print(f"{what:<29} {held / 2**20:6.0f} MiB, {held / alone:.2f} times (bound {bound:g})")


def saves(number: int) -> None:
    """Many saves in a row: memory and descriptors at the start and at the end."""
    right, wrong = answers("normalization/layer_norm")
    with watching() as watch:
        file = watch.home / "normalization" / "layer_norm.py"
        missed = 0
        early = None
        for turn in range(number):
            text, mark = (wrong, "✗ layer_norm") if turn % 2 else (right, "✓ layer_norm")
            try:
                watch.save(file, f"{text}\n# {turn}\n", mark)
            except TimeoutError:
                missed += 1
            if turn == number // 10:
                early = state(watch.pid)
        late = state(watch.pid)
        assert early is not None
        print(f"{number} saves: {missed} missed")
        for name, after in late.items():
            print(f"  {name:<14} {early[name]:8.1f} after {number // 10}, {after:8.1f} at the end")


def state(pid: int) -> dict[str, float]:
    """Memory, descriptors, processes and zombies of the command and all below it."""
    time.sleep(1)
    members = family(pid)
    return {
        "memory, MiB": sum(proportional(each) for each in members) / 2**20,
        "descriptors": sum(len(os.listdir(f"/proc/{each}/fd")) for each in members),
        "processes": len(members),
        "zombies": sum(is_zombie(each) for each in members),
    }


def family(pid: int) -> list[int]:
    """A process and all below it."""
    members = [pid]
    for member in members:
        for thread in Path(f"/proc/{member}/task").glob("*/children"):
            members += [int(child) for child in thread.read_text().split()]
    return members


def is_zombie(pid: int) -> bool:
    """Whether a process is dead and not reaped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def proportional(pid: int) -> int:
    """Resident memory where a page that n processes share counts 1/n, bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main()
