"""How a case is judged: what is called, what is allowed, and where right and wrong answers land.

Nothing here tells an expected value or a mistake's code.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grader import evidence
from grader.assess import assess, judged
from grader.audience import known_as
from grader.course import Entry
from grader.errors import UsageError
from grader.exercise import Case, Exercise
from grader.oracle import Oracle, oracles


@dataclass(frozen=True)
class Explanation:
    """How one case is judged, measured on one seed.

    Attributes:
        case: the case.
        calls: for each call, a line per argument.
        judged: the rule, in the words of the report.
        others: how many other right ways of writing the function the course knows.
        right: the largest error ÷ tolerance of the reference and of these; 0 where they are exact.
        caught: how many of the course's mistakes of this function fail here.
        wrong: the smallest error ÷ tolerance of these mistakes; infinite where none of them gives
            an answer that could be compared.
    """

    case: Case
    calls: tuple[tuple[str, ...], ...]
    judged: str
    others: int
    right: float
    caught: int
    wrong: float


def known(exercise: Exercise) -> dict[str, Case]:
    """The cases, by their own names, with the names and titles that students know."""
    found = {}
    for place, case in enumerate(exercise.cases.values()):
        name, title = known_as(place, case.name, case.title, case.visibility, case.feedback)
        found[case.name] = replace(case, name=name, title=title)
    return found


def named(exercise: Exercise, label: str, word: str) -> Case:
    """The case that a word names: by its name, or by a part that only one name has.

    Raises:
        UsageError: if it names none or several; says which are near.
    """
    cases = {case.name: case for case in known(exercise).values()}
    found = [word] if word in cases else [name for name in cases if word and word.lower() in name]
    if len(found) == 1:
        return cases[found[0]]
    if found:
        raise UsageError(f"{len(found)} cases of {label} fit {word!r}: {', '.join(found)}")
    near = difflib.get_close_matches(word, cases, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(cases)}"
    raise UsageError(f"no case of {label} is called {word!r}; {hint}")


def explain(entry: Entry, exercise: Exercise, case: Case, seed: int) -> Explanation:
    """Measures where answers to a case land, on the inputs of one seed.

    Raises:
        CourseError: if the case cannot be built or its reference fails.
    """
    oracle = oracles(entry, exercise, seed)[case.name]
    others = [a.run for a in exercise.alternatives.values() if a.function == case.function]
    right = [assess(oracle, oracle.run(run)).ratio for run in (oracle.reference, *others)]
    wrong = list(_caught(oracle, exercise))
    return Explanation(
        case=case,
        calls=tuple(evidence.arguments(call) for call in oracle.calls),
        judged=judged(case),
        others=len(others),
        right=max(right),
        caught=len(wrong),
        wrong=min(wrong, default=math.inf),
    )


def _caught(oracle: Oracle, exercise: Exercise) -> Iterable[float]:
    """Error ÷ tolerance of each mistake that fails the case."""
    for mistake in exercise.mistakes.values():
        if mistake.function == oracle.case.function:
            said = assess(oracle, oracle.mistaken(mistake.name))
            if not said.passed:
                yield said.ratio
