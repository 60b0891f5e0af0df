"""Measures how well right and wrong are told apart, over the collection in tests/course.

Run it in the project's environment: ``python benchmarks/accuracy.py [--seeds N]``. Every variant is
graded through both sides, on every seed.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Prints the three rates; exits with 1 if one of them misses its aim."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    from grader import pool
    from grader.course import find
    from grader.judge import grade
    from grader.settings import Settings
    from grader.submission import Submitted

    variants = list(load("collection", ROOT / "tests" / "course" / "collection.py").variants())
    entries = {entry.label: entry for entry in find().entries}
    submission = [
        Submitted(entries[v.exercise], f"{v.exercise}.py", v.source.encode()) for v in variants
    ]
    counts: Counter[str] = Counter()
    with pool.create() as sandbox:
        for seed in range(seeds):
            result = grade(submission, sandbox, Settings(seed=seed, pictures=False))
            for variant, record in zip(variants, result.exercises, strict=True):
                count(counts, variant, record, seed)
    print(f"{len(variants)} variants on {seeds} seeds")
    print(f"  right answers rejected      {counts['rejected']} of {counts['right']}")
    print(f"  wrong answers accepted      {counts['accepted']} of {counts['wrong']}")
    named = counts["named"] / max(counts["listed"], 1)
    print(f"  listed mistakes named       {counts['named']} of {counts['listed']} ({named:.1%})")
    print(f"  mistakes given a wrong name {counts['misnamed']}")
    failed = counts["rejected"] or counts["accepted"] or counts["misnamed"] or named < 0.98
    return 1 if failed else 0


def count(counts: Counter[str], variant: object, record: object, seed: int) -> None:
    """Adds one graded variant to the counts; says what went wrong."""
    where = f"seed {seed}: {variant.exercise} {variant.name}"  # type: ignore[attr-defined]
    function, mistake = variant.function, variant.mistake  # type: ignore[attr-defined]
    cases = record.cases  # type: ignore[attr-defined]
    if not function:
        counts["right"] += 1
        if record.status != "passed":  # type: ignore[attr-defined]
            counts["rejected"] += 1
            print(f"{where} is right but rejected")
        return
    counts["wrong"] += 1
    own = [case for case in cases if case.function == function]
    if own and all(case.status == "passed" for case in own):
        counts["accepted"] += 1
        print(f"{where} is wrong but accepted")
    names = {case.diagnosis.mistake for case in own if case.diagnosis}
    if mistake:
        counts["listed"] += 1
        counts["named"] += mistake in names
        counts["misnamed"] += bool(names - {mistake})
        if mistake not in names:
            print(f"{where} is {mistake} but named {names or 'nothing'}")


def load(name: str, path: Path) -> ModuleType:
    """A module from a file that is in no package."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
