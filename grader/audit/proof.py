"""What an exercise must prove before anyone is graded by it.

On every seed and with every number of threads: the reference and each alternative earn everything
with room to spare; each mistake fails the case meant for it by a wide margin, is diagnosed by its
own name and by no other; a trajectory does not amplify rounding; each case catches some mistake.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import torch

from grader.assess import assess
from grader.compare import Statistic
from grader.course import Entry, load
from grader.diagnose import Judged, cause
from grader.exercise import Exercise, Function
from grader.oracle import Oracle, oracles
from grader.trusted import Outcome, run

ACCEPTED: Final = 0.1
"""The most of the tolerance that a right answer may use."""

CAUGHT: Final = 10.0
"""The least number of tolerances by which a mistake must miss."""

ACCEPTED_STATISTIC: Final = 1.0
CAUGHT_STATISTIC: Final = 2.0
"""With α = β = 1e-9 a right answer lies within z = 6.11, a mistake (6.11 + 6.00) away."""

NUDGE: Final = 1e-10
GROWTH: Final = 10.0
"""A trajectory that starts 1e-10 away may end at most ten times that away."""


@dataclass
class Margin:
    """How close a case came to the wrong verdict, over all seeds and threads.

    Attributes:
        case: its name.
        statistical: whether its rule is a statistic.
        accepted: the largest error ÷ tolerance of a right answer, and whose it was.
        caught: the smallest error ÷ tolerance of a mistake meant for the case, and whose it was.
    """

    case: str
    statistical: bool = False
    accepted: tuple[float, str] = (0.0, "-")
    caught: tuple[float, str] = (math.inf, "-")

    def accept(self, ratio: float, name: str) -> None:
        """Notes a right answer."""
        self.accepted = max(self.accepted, (ratio, name))

    def catch(self, ratio: float, name: str) -> None:
        """Notes a mistake."""
        if ratio < self.caught[0] or self.caught[1] == "-":
            self.caught = (ratio, name)


@dataclass
class Proof:
    """What came out for one exercise.

    Attributes:
        label: topic and name.
        margins: one per case.
        problems: what is wrong, in words; empty if the exercise is proved.
        diagnosed: how many times a mistake was run and recognised by its own name.
        mistaken: how many times a mistake was run.
    """

    label: str
    margins: dict[str, Margin] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    diagnosed: int = 0
    mistaken: int = 0

    def blame(self, problem: str) -> None:
        """Notes a problem once."""
        if problem not in self.problems:
            self.problems.append(problem)


def merge(parts: Sequence[Proof]) -> Proof:
    """The proofs of one exercise over different seeds as one."""
    whole = Proof(parts[0].label)
    for part in parts:
        whole.diagnosed += part.diagnosed
        whole.mistaken += part.mistaken
        for problem in part.problems:
            whole.blame(problem)
        for name, margin in part.margins.items():
            kept = whole.margins.setdefault(name, Margin(name))
            kept.statistical = kept.statistical or margin.statistical
            kept.accept(*margin.accepted)
            if margin.caught[1] != "-":
                kept.catch(*margin.caught)
    return whole


def prove(entry: Entry, seeds: Iterable[int], threads: Sequence[int]) -> Proof:
    """Proves one exercise on the judge's own side.

    Args:
        entry: the exercise.
        seeds: course seeds to try.
        threads: numbers of torch threads that right answers are computed with.

    Raises:
        CourseError: if the author's file cannot be loaded.
    """
    exercise = load(entry)
    proof = Proof(entry.label)
    proof.margins = {name: Margin(name) for name in exercise.cases}
    caught: set[str] = set()
    for seed in seeds:
        torch.set_num_threads(1)
        known = oracles(entry, exercise, seed)
        for oracle in known.values():
            margin = proof.margins[oracle.case.name]
            margin.statistical = margin.statistical or _is_statistical(oracle)
        for count in threads:
            torch.set_num_threads(count)
            _accept_all(exercise, known, proof, f"seed {seed}, {count} threads")
        torch.set_num_threads(1)
        caught |= _catch_all(exercise, known, proof, seed)
        _check_growth(known, proof, seed)
    for name in exercise.cases.keys() - caught:
        proof.blame(f"case {name} catches no mistake; give it one, or take it out")
    _check_margins(proof)
    return proof


def _accept_all(exercise: Exercise, known: Mapping[str, Oracle], proof: Proof, where: str) -> None:
    for name, function, run_it in _right(exercise):
        for oracle in known.values():
            if oracle.case.function != function:
                continue
            said = assess(oracle, oracle.run(run_it))
            proof.margins[oracle.case.name].accept(said.ratio, name)
            if not said.passed:
                proof.blame(
                    f"{name} is right but fails {oracle.case.name} ({where}): {said.message}"
                )


def _right(exercise: Exercise) -> Iterator[tuple[str, str, Function]]:
    for name, function in exercise.functions.items():
        yield f"the reference {name}", name, function
    for name, alternative in exercise.alternatives.items():
        yield name, alternative.function, alternative.run


def _catch_all(
    exercise: Exercise, known: Mapping[str, Oracle], proof: Proof, seed: int
) -> set[str]:
    """Runs every mistake; returns the cases that caught one."""
    caught: set[str] = set()
    for mistake in exercise.mistakes.values():
        outcomes = {
            name: oracle.mistaken(mistake.name)
            for name, oracle in known.items()
            if oracle.case.function == mistake.function
        }
        judged = judged_cases(known, outcomes)
        caught |= {one.oracle.case.name for one in judged if not one.assessment.passed}
        aimed = assess(known[mistake.caught_by], outcomes[mistake.caught_by])
        proof.margins[mistake.caught_by].catch(aimed.ratio, mistake.name)
        proof.mistaken += 1
        if aimed.passed:
            proof.blame(f"mistake {mistake.name} passes {mistake.caught_by} (seed {seed})")
            continue
        if all(one.oracle.case.name != mistake.caught_by for one in judged):
            proof.blame(f"mistake {mistake.name}: {mistake.caught_by} waits for another case")
        own = [m for m in exercise.mistakes.values() if m.function == mistake.function]
        found = cause(judged, own)
        if found is mistake:
            proof.diagnosed += 1
        else:
            instead = found.name if found else "no single mistake"
            proof.blame(f"mistake {mistake.name} is taken for {instead} (seed {seed})")
    return caught


def judged_cases(known: Mapping[str, Oracle], outcomes: Mapping[str, Outcome]) -> list[Judged]:
    """The cases that are judged for these outcomes: none whose needs did not pass."""
    passed: set[str] = {name for name in known if name not in outcomes}
    judged = []
    for name, outcome in outcomes.items():
        oracle = known[name]
        if not passed.issuperset(oracle.case.needs):
            continue
        said = assess(oracle, outcome)
        judged.append(Judged(oracle, outcome, said))
        if said.passed:
            passed.add(name)
    return judged


def _check_growth(known: Mapping[str, Oracle], proof: Proof, seed: int) -> None:
    for oracle in known.values():
        trajectory = oracle.case.trajectory
        if trajectory is None:
            continue
        moved = Oracle(oracle.exercise, oracle.case, oracle.label, seed, nudge=NUDGE)
        steps = trajectory.steps
        away = run(oracle.reference, oracle.case, moved.calls[:steps], oracle.upstream_seed)
        start = oracle.calls[0][trajectory.state]
        distance = (away.values[-1] - oracle.expected.values[steps - 1]).norm()
        growth = float(distance / (NUDGE * start.norm()))
        if not growth <= GROWTH:
            proof.blame(
                f"case {oracle.case.name} amplifies a difference {growth:.3g} times in {steps} "
                f"steps (seed {seed}); at most {GROWTH:g} is allowed: use gentler inputs"
            )


def _check_margins(proof: Proof) -> None:
    for margin in proof.margins.values():
        most = ACCEPTED_STATISTIC if margin.statistical else ACCEPTED
        least = CAUGHT_STATISTIC if margin.statistical else CAUGHT
        if margin.accepted[0] > most:
            proof.blame(
                f"case {margin.case}: {margin.accepted[1]} uses {margin.accepted[0]:.3g} of the "
                f"tolerance, at most {most:g} is allowed; give it better inputs"
            )
        if margin.caught[1] != "-" and margin.caught[0] < least:
            proof.blame(
                f"case {margin.case}: mistake {margin.caught[1]} misses by only "
                f"{margin.caught[0]:.3g} tolerances, at least {least:g} is asked; "
                "give it better inputs"
            )


def _is_statistical(oracle: Oracle) -> bool:
    if oracle.case.observe is None:
        return False
    return any(isinstance(value, Statistic) for value in oracle.observed.values())
