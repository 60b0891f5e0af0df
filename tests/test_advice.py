"""Advice on vectorising: what it is held against."""

from __future__ import annotations

import torch

from grader import Exercise, Inputs, advice
from grader.pool import Report
from grader.wire.frames import Answer, OperationCount

SEED = 1


def test_the_reference_is_counted_once_for_all_answers() -> None:
    """It runs once at either size, however many answers are held against it."""
    ran = []

    def doubled(x: torch.Tensor) -> torch.Tensor:
        ran.append(len(x))
        return x * 2

    exercise = Exercise(doubled, title="Doubling", hints=("one", "two", "three"))

    @exercise.grows(per="row")
    def rows(inputs: Inputs) -> dict[int, dict[str, torch.Tensor]]:
        return {4: dict(x=inputs.normal(4)), 12: dict(x=inputs.normal(12))}

    said = [advice.advice(exercise, "topic/doubled", SEED, looped(), {"doubled"}) for _ in range(3)]
    assert ran == [4, 12]
    assert said == 3 * [
        ["your doubled runs 1 operations per row (12 for 12); the reference runs 1 in all"]
    ]


def looped() -> Report:
    """What comes back from a function that runs one operation for each row."""
    answers = tuple(
        Answer(
            case=f"doubled at {size}",
            operations=(OperationCount("aten::mul", size, None),),
        )
        for size in (4, 12)
    )
    return Report(
        id=0, loaded=None, answers=answers, finished=True, end="finished", exit_code=0,
        signal=None, broken="", log_head="", log_tail="", log_size=0, cpu_s=0.0, wall_s=0.0,
        max_rss=0, layers=(), scan=None, unsearched="",
    )  # fmt: skip
