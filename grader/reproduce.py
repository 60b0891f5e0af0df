"""Seeing a case again: its inputs, for a learner who wants to try them by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from grader.audience import is_plain
from grader.course import find, load
from grader.errors import UsageError
from grader.oracle import Oracle
from grader.trusted import Live, realise


def calls(
    exercise: str,
    case: str,
    *,
    seed: int = 0,
    course: str | Path | None = None,
    closed: bool = False,
) -> list[dict[str, Any]]:
    """The arguments of every call that a case makes.

    Sets the default dtype to float64, as it is while an answer is graded.

    Args:
        exercise: topic and name, such as ``"normalization/layer_norm"``, or the name alone.
        case: the name of the case, as ``dlgrade check -v`` shows it.
        seed: the course seed of the report.
        course: the folder of the course; the bundled one without it.
        closed: also of a case that students do not see whole; for whoever made the course.

    Raises:
        UsageError: if there is no such exercise or case, or students do not see it whole.
    """
    found = find(Path(course) if course is not None else None)
    entry = found.select([exercise])[0]
    loaded = load(entry)
    known = [
        name
        for name, each in loaded.cases.items()
        if closed or is_plain(each.visibility, each.feedback)
    ]
    if case not in known:
        there = f"there are {', '.join(known)}" if known else "it shows the inputs of none"
        raise UsageError(f"{entry.label} has no case {case!r} with inputs to see; {there}")
    torch.set_default_dtype(torch.float64)
    oracle = Oracle(loaded, loaded.cases[case], entry.label, seed)
    live = Live(loaded.supplied)
    return [
        {name: realise(value, live, torch.float64) for name, value in call.items()}
        for call in oracle.calls
    ]
