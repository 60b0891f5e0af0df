"""What a course's author runs: ``dlgrade audit`` and ``schema``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import COURSE, ONLY
from grader.cli.screen import progress
from grader.cli.words import FAILED, PASSED

if TYPE_CHECKING:
    from grader.audit import Proof
    from grader.course import Course, Entry


@click.command()
def schema() -> None:
    """Print the JSON Schema of what `check --json` writes.

    For programs that read results: each field with its type and what it means.

    \b
    Example: dlgrade schema > dlgrade.schema.json
      Writes the schema to a file, for a validator or an editor.
    """
    import json

    from grader.result import json_schema

    click.echo(json.dumps(json_schema(), indent=2))


@click.command()
@COURSE
@ONLY
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    metavar="N",
    help="On how many draws of the inputs.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    show_default="number of cores",
    metavar="N",
    help="Prove this many exercises at a time.",
)
def audit(directory: Path | None, only: tuple[str, ...], seeds: int, jobs: int) -> int:
    """Prove a course: right answers pass, mistakes are caught.

    On many draws of the inputs, every stub earns nothing, every reference and every accepted
    alternative earns everything, and each mistake is caught and recognised by its own name. Quizzes
    are held to their rules. Printed for each case: how near right answers come to the limit, and
    how near wrong ones.

    \b
    Example: dlgrade audit --only layer_norm --seeds 3
      Ends with: The course is proved: 1 exercise.
    Exit codes: 0 proved, 1 not proved, 2 wrong usage, 3 the grader failed.
    """
    from grader import pool
    from grader.course import find

    course = find(directory)
    chosen = course.select(only) if only else course.whole
    entries = [entry for entry in chosen if not entry.is_quiz]
    with pool.create(jobs=jobs) as sandbox:
        from grader.audit import prove_quizzes, through_both_sides
        from grader.settings import Settings

        problems = through_both_sides(entries, sandbox, Settings())
    # Some rules (names, places of the right options) hold for all quizzes of the course together.
    problems += prove_quizzes(course.quizzes) if any(e.is_quiz for e in chosen) else []
    problems += [] if only else _unused_rules(course)
    proofs = _prove(entries, seeds, jobs)
    for proof in proofs:
        _print_margins(proof)
        problems += [f"{proof.label}: {problem}" for problem in proof.problems]
    diagnosed, mistaken = sum(p.diagnosed for p in proofs), sum(p.mistaken for p in proofs)
    if proofs:
        click.echo(f"{diagnosed} of {mistaken} mistakes recognised by name over {seeds} seeds.")
    for problem in problems:
        click.echo(f"- {problem}", err=True)
    if problems:
        click.echo(f"The course is not proved: {len(problems)} problems.", err=True)
        return FAILED
    parts = [_number(len(entries), "exercise", "exercises")] if entries else []
    parts += [_number(len(course.quizzes), "quiz", "quizzes")] if len(chosen) > len(entries) else []
    click.echo(f"The course is proved: {' and '.join(parts)}.")
    return PASSED


def _unused_rules(course: Course) -> list[str]:
    """A name that is misspelt leaves open what was meant to be hidden."""
    from grader import disclosure
    from grader.course import load

    cases = [(entry.label, case) for entry in course.entries for case in load(entry).cases]
    return [
        f"{course.solutions.name}/{disclosure.FILE}: no case is called {pattern!r}; "
        "a pattern names a topic, topic/exercise or topic/exercise/case"
        for pattern in disclosure.read(course.solutions).unused(cases)
    ]


def _prove(entries: Sequence[Entry], seeds: int, jobs: int) -> list[Proof]:
    """Proves the exercises on all cores, each in slices of seeds."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from grader.audit import merge, prove

    # Threads that wait for work must not keep the other processes from theirs.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    slices = [range(first, seeds, jobs) for first in range(min(jobs, seeds))]
    tasks = [(entry, part) for entry in entries for part in slices]
    with (
        ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as executor,
        progress(len(tasks), "proving") as advance,
    ):
        futures = [(entry, executor.submit(prove, entry, part, (1, 4))) for entry, part in tasks]
        proofs: dict[str, list[Proof]] = {}
        for entry, future in futures:
            proofs.setdefault(entry.label, []).append(future.result())
            advance(entry.label)
    return [merge(parts) for parts in proofs.values()]


def _number(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def _print_margins(proof: Proof) -> None:
    click.echo(f"{proof.label}")
    for margin in proof.margins.values():
        kind = "statistic" if margin.statistical else "value"
        caught = f"{margin.caught[0]:8.3g}" if margin.caught[1] != "-" else "       -"
        click.echo(
            f"  {margin.case:<52.52} {kind:<9} right ≤ {margin.accepted[0]:<8.2g} "
            f"wrong ≥ {caught}  {margin.caught[1]}"
        )
