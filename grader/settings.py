"""How a submission is graded: what the judge is told, by whoever asks for a verdict."""

from __future__ import annotations

import msgspec

from grader.isolation import Mode
from grader.pool import Limits
from grader.result import Feedback


class Settings(msgspec.Struct, frozen=True):
    """How a submission is graded.

    Attributes:
        seed: the course seed that all inputs are drawn from.
        threads: torch threads in a worker.
        limits: what each exercise file may use.
        pictures: whether failures are drawn.
        feedback: the most that students see of any case, whatever its author says.
        secret_seed: whether the seed is one that students must not know.
        isolation: what was asked for; the pool was made with the policy that follows from it.
    """

    seed: int = 0
    threads: int = 1
    limits: Limits = Limits()
    pictures: bool = True
    isolation: Mode = "auto"
    feedback: Feedback = "full"
    secret_seed: bool = False
