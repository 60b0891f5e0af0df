"""What the course knows about a case: its inputs, the right answers, and what a mistake answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import torch
from torch import Tensor

from grader.audience import is_plain
from grader.compare import Float32Reference
from grader.course import Entry
from grader.errors import CourseError
from grader.exercise import Arguments, Case, Exercise, Function
from grader.inputs import Generator, Inputs
from grader.trusted import Outcome, conditions, mapped, run

PERTURBATIONS: Final = 8
FLOAT32_ROUNDING: Final = 2.0**-24


@dataclass(frozen=True)
class Oracle:
    """One case of one exercise with the inputs of one seed; answers are computed when asked for.

    Attributes:
        exercise: the exercise.
        case: the case.
        label: topic and name of the exercise.
        seed: the course seed.
        nudge: relative size by which the start of a trajectory is moved; 0 for none.
        passing: mistake → whether it passes the case, as far as that has been found out.
    """

    exercise: Exercise
    case: Case
    label: str
    seed: int
    nudge: float = 0.0
    passing: dict[str, bool] = field(default_factory=dict)
    _mistakes: dict[str, Outcome] = field(default_factory=dict)

    @property
    def upstream_seed(self) -> int:
        """Seeds the random upstream gradients, the same in a worker and here.

        A worker gets it, and the learner's code may read it: the course seed must not follow.
        """
        digest = hashlib.sha256(f"{self.seed}\0upstream".encode()).digest()
        return int.from_bytes(digest[:6], "little")

    @property
    def reference(self) -> Function:
        """The reference of the function that the case calls."""
        return self.exercise.functions[self.case.function]

    @cached_property
    def calls(self) -> tuple[Arguments, ...]:
        """The arguments of every call, in order.

        Raises:
            CourseError: if the author's builder fails or makes no call.
        """
        try:
            with conditions():
                built = self.case.build(Inputs(self.seed, self.label, self.case.name))
        except Exception as error:
            raise self._wrong(f"its inputs fail with {type(error).__name__}: {error}") from error
        calls = (built,) if isinstance(built, Mapping) else tuple(built)
        if not calls:
            raise self._wrong("it makes no call")
        if self.case.raises is not None and len(calls) > 1:
            raise self._wrong("a case with raises= makes one call; write one case for each")
        if self.case.trajectory is not None:
            return self._along_trajectory(calls[0])
        return calls

    @cached_property
    def expected(self) -> Outcome:
        """What the reference answers.

        Raises:
            CourseError: if the reference fails where it must not, or does not where it must.
        """
        outcome = self._made(self.reference, self.calls, watched=False)
        if outcome.raised is not None:
            raise self._wrong(f"the reference raises {outcome.raised.types[0]}")
        return outcome

    @cached_property
    def observed(self) -> Mapping[str, Any]:
        """What must hold: the case's observation of the reference's answers."""
        return self.observe(self.expected.values)

    @property
    def scale(self) -> float | None:
        """The norm that a trajectory's tolerance is relative to; None for other cases."""
        if self.case.trajectory is None:
            return None
        states = self.expected.values[: self.case.trajectory.steps]
        return max(float(torch.linalg.vector_norm(state)) for state in states)

    def observe(self, values: Sequence[Any]) -> Mapping[str, Any]:
        """The case's observation of ``values``; only for a case that has ``observe=``."""
        assert self.case.observe is not None
        with conditions():
            return self.case.observe(values, self.calls)

    def mistaken(self, name: str) -> Outcome:
        """What the named mistake answers; it is run once."""
        if name not in self._mistakes:
            self._mistakes[name] = self.run(self.exercise.mistakes[name].run)
        return self._mistakes[name]

    def run(self, function: Function) -> Outcome:
        """Runs a trusted function on the case's calls."""
        return self._made(function, self.calls)

    def float32(self, part: Callable[[Outcome], Any]) -> Float32Reference:
        """What float32 costs the reference: its answers in float32 and on perturbed inputs.

        Args:
            part: picks what is compared out of an outcome.
        """
        single = self._made(self.reference, self.calls, torch.float32, watched=False)
        source = torch.Generator().manual_seed(self.upstream_seed)

        def nudged(value: Tensor) -> Tensor:
            if not value.dtype.is_floating_point:
                return value
            noise = torch.rand(value.shape, generator=source, dtype=value.dtype) * 2 - 1
            return value * (1 + FLOAT32_ROUNDING * noise)

        perturbed = []
        for _ in range(PERTURBATIONS):
            calls = [{name: mapped(v, nudged) for name, v in call.items()} for call in self.calls]
            nearby = self._made(self.reference, calls, watched=False)
            perturbed.append(part(nearby))
        return Float32Reference(float32=part(single), perturbed=tuple(perturbed))

    def _made(
        self,
        function: Function,
        calls: Sequence[Arguments],
        dtype: torch.dtype = torch.float64,
        watched: bool = True,
    ) -> Outcome:
        supplied = self.exercise.supplied
        return run(function, self.case, calls, self.upstream_seed, dtype, watched, supplied)

    def _along_trajectory(self, start: Arguments) -> tuple[Arguments, ...]:
        """Calls for 1 ... k steps from the start, then one step from each state on the way."""
        trajectory = self.case.trajectory
        assert trajectory is not None
        state, count = trajectory.state, trajectory.count
        moved = start[state] * (1 + self.nudge)
        steps = range(trajectory.steps)
        ahead = [_again(start, k, {state: moved, count: k + 1}) for k in steps]
        reached = self._made(self.reference, ahead, watched=False).values
        if len(reached) != len(ahead):
            raise self._wrong("the reference fails along the trajectory")
        starts = [moved, *reached[:-1]]
        single = [_again(start, trajectory.steps + k, {state: starts[k], count: 1}) for k in steps]
        return (*ahead, *single)

    def _wrong(self, what: str) -> CourseError:
        return CourseError(
            f"{self.label}, case {self.case.name}, seed {self.seed}: {what}",
            closed=not is_plain(self.case.visibility, self.case.feedback),
        )


def oracles(entry: Entry, exercise: Exercise, seed: int) -> dict[str, Oracle]:
    """One oracle per case of an exercise, by the case's name."""
    return {
        name: Oracle(exercise, case, entry.label, seed) for name, case in exercise.cases.items()
    }


def _again(start: Arguments, index: int, changes: Arguments) -> Arguments:
    """The arguments once more, with generators of their own that start in the same state."""
    stride = 1_000
    return {
        name: Generator(key=stride * (index + 1) + value.key, seed=value.seed)
        if isinstance(value, Generator)
        else value
        for name, value in {**start, **changes}.items()
    }
