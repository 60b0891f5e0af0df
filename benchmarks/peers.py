"""Measures a class of two exercises against what courses use today.

Run it in the project's environment::

    python benchmarks/peers.py [--submissions N] [--peers N] [--environments DIR]

One assignment (LayerNorm and perplexity), the same answers, right and wrong as learners write them:
`dlgrade cohort` grades them all on all cores; `nbgrader autograde`, `otter run` and
`python -m pytest` grade some of them, one after the other as they do, each in its own environment
with the same torch, which is made in DIR if it is not there. Seconds per submission are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import classes

PACKAGES = {
    "nbgrader": ["nbgrader"],
    "otter": ["otter-grader", "ipykernel"],
    "pytest": ["pytest"],
}
AIMS = {"nbgrader": 200, "otter": 500, "pytest": 100}

TESTS = {
    "layer_norm": """
import torch
def check():
    for shape, axes in [((2, 3, 7), 1), ((5, 7), 1), ((2, 3, 5, 7), 2), ((7,), 1), ((1, 7), 1)]:
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

check()
""",
    "perplexity": """
import torch
def check():
    for shape in [(2, 5, 11), (7, 11), (3, 1, 4)]:
        torch.manual_seed(0)
        logits = torch.randn(*shape, dtype=torch.float64, requires_grad=True)
        targets = torch.randint(0, shape[-1], shape[:-1])
        targets.view(-1)[0] = -100
        loss = torch.nn.functional.cross_entropy(
            logits.reshape(-1, shape[-1]), targets.reshape(-1), ignore_index=-100
        )
        torch.testing.assert_close(perplexity(logits, targets), loss.exp())

check()
""",
}


def main() -> None:
    """Prints seconds per submission, and how many times faster this is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--peers", type=int, default=5, help="how many of them the peers grade")
    parser.add_argument("--runs", type=int, default=3, help="of dlgrade cohort")
    parser.add_argument("--environments", type=Path, default=Path(".peers"))
    given = parser.parse_args()
    whole = classes.answers(given.submissions)
    answers = [{k.partition("/")[2]: source for k, source in files.items()} for files in whole]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = [ours(folder / f"own-{number}", whole) for number in range(given.runs)]
        median = statistics.median(own)
        print(f"{len(whole)} submissions of {len(classes.PAIR)} exercises, {os.cpu_count()} cores")
        print(f"  dlgrade cohort, isolation on   {1000 * median:8.1f} ms   runs: {millis(own)}")
        for peer, grade in PEERS.items():
            python = environment(given.environments, peer)
            seconds = grade(folder / peer, python, answers[: given.peers])
            print(
                f"  {peer:<29}  {1000 * seconds:8.1f} ms   {seconds / median:6.0f} times "
                f"(aim {AIMS[peer]})"
            )


def millis(seconds: list[float]) -> str:
    """The runs in milliseconds per submission."""
    return ", ".join(f"{1000 * each:.1f}" for each in seconds)


def ours(folder: Path, given: list[dict[str, str]]) -> float:
    """Seconds per submission of `dlgrade cohort`, from the command to its end."""
    classes.write(folder / "submissions", given)
    command = [sys.executable, "-m", "grader", "cohort", str(folder / "submissions")]
    only = [word for label in classes.PAIR for word in ("--only", label)]
    started = time.perf_counter()
    run([*command, "--out", str(folder / "out"), *only])
    return (time.perf_counter() - started) / len(given)


def environment(folder: Path, peer: str) -> Path:
    """The Python of an environment that has the peer, made if it is not there."""
    python = folder.absolute() / peer / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", str(python.parents[1])])
        torch = next(
            line
            for line in (classes.ROOT / "constraints.txt").read_text().split()
            if line[:7] == "torch=="
        )
        run([str(python), "-m", "pip", "install", "-q", torch, "numpy", *PACKAGES[peer]])
    return python


def nbgrader(folder: Path, python: Path, answers: list[dict[str, str]]) -> float:
    """Seconds per submission of `nbgrader autograde` on all of them."""
    source = folder / "source" / "week" / "week.ipynb"
    write(source, notebook({name: "raise NotImplementedError" for name in TESTS}, graded=True))
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'course'\n"
        "c.ExecutePreprocessor.timeout = 120\n"
    )
    command = [str(python), "-m", "nbgrader"]
    run([*command, "generate_assignment", "week"], folder)
    for place, files in enumerate(answers):
        file = folder / "submitted" / f"student-{place}" / "week" / "week.ipynb"
        write(file, notebook(files, graded=True))
    started = time.perf_counter()
    # What fails a test makes it say so, and go on.
    run([*command, "autograde", "week"], folder)
    return (time.perf_counter() - started) / len(answers)


def otter(folder: Path, python: Path, answers: list[dict[str, str]]) -> float:
    """Seconds per submission: the median of one `otter run` each."""
    for name, test in TESTS.items():
        suite = {"cases": [{"code": prompts(test), "hidden": False, "locked": False}]}
        text = {"name": name, "points": 1, "suites": [{**suite, "scored": True, "type": "doctest"}]}
        file = folder / "tests" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"OK_FORMAT = True\ntest = {text!r}\n")
    command = [str(python), "-m", "otter"]
    run([*command, "generate", "-t", "tests", "--no-environment"], folder)
    seconds = []
    for place, files in enumerate(answers):
        file = folder / f"student-{place}.ipynb"
        write(file, notebook(files, graded=False))
        started = time.perf_counter()
        run([*command, "run", "-a", "autograder.zip", file.name], folder)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def pytest(folder: Path, python: Path, answers: list[dict[str, str]]) -> float:
    """Seconds per submission: the median of one process each."""
    seconds = []
    for place, files in enumerate(answers):
        own = folder / f"student-{place}"
        own.mkdir(parents=True)
        for name, source in files.items():
            (own / f"{name}.py").write_text(source)
            body = "\n".join(f"    {line}" for line in TESTS[name].strip().splitlines())
            (own / f"test_{name}.py").write_text(
                f"from {name} import {name}\n\n\ndef test_{name}():\n{body}\n"
            )
        started = time.perf_counter()
        run([str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"], own, {0, 1, 2})
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


PEERS: dict[str, Callable[[Path, Path, list[dict[str, str]]], float]] = {
    "nbgrader": nbgrader,
    "otter": otter,
    "pytest": pytest,
}


def prompts(code: str) -> str:
    """Code as a doctest: an indented line goes on with the statement above it."""
    lines = [line for line in code.strip().splitlines() if line]
    return "\n".join(f"{'...' if line.startswith(' ') else '>>>'} {line}" for line in lines)


def notebook(files: dict[str, str], graded: bool) -> dict[str, object]:
    """A notebook with a cell for each answer; for nbgrader with the tests behind each."""
    cells: list[dict[str, object]] = []
    for name, source in files.items():
        cells.append(cell(source, name, solution=True, graded=graded))
        if graded:
            cells.append(cell(TESTS[name].strip(), f"test-{name}", solution=False, graded=True))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def cell(source: str, name: str, *, solution: bool, graded: bool) -> dict[str, object]:
    """A code cell, with what nbgrader wants to know of it."""
    known = {"grade": not solution, "solution": solution, "locked": not solution, "task": False}
    metadata = {**known, "grade_id": name, "schema_version": 3}
    if not solution:
        metadata["points"] = 1
    return {
        "cell_type": "code",
        "id": name.replace("_", "-"),
        "execution_count": None,
        "metadata": {"nbgrader": metadata} if graded else {},
        "outputs": [],
        "source": source,
    }


def write(file: Path, record: dict[str, object]) -> None:
    """Writes JSON, with the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(record))


def run(
    command: list[str],
    folder: Path | None = None,
    codes: frozenset[int] | set[int] = frozenset({0}),
) -> None:
    """Runs a command in its environment; what it said is shown only if it failed."""
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    if done.returncode not in codes:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    main()
