"""Naming the cause of a failure, when it can be verified.

A named mistake is the cause if, run on the same inputs, it gives the learner's answers on every
case of that function that failed, passes where the learner passed, and no other named mistake does.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from grader.assess import Assessment, assess, observable
from grader.compare import agrees
from grader.exercise import Mistake
from grader.oracle import Oracle
from grader.trusted import Outcome

_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_BLANK: Final = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.COMMENT)


@dataclass(frozen=True)
class Judged:
    """A case that was judged: what was known, what came, what was said of it."""

    oracle: Oracle
    outcome: Outcome
    assessment: Assessment


def cause(judged: Sequence[Judged], mistakes: Sequence[Mistake]) -> Mistake | None:
    """The one mistake that explains all failures of a function; None if none or several do.

    Args:
        judged: the cases of one function that were judged, passed ones included.
        mistakes: the named mistakes of that function.
    """
    if all(one.assessment.passed for one in judged):
        return None
    fitting = [mistake for mistake in mistakes if all(_fits(one, mistake) for one in judged)]
    return fitting[0] if len(fitting) == 1 else None


def marked_line(
    mistake: Mistake, source: Sequence[str], first: int | None, last: int | None
) -> int | None:
    """The line between ``first`` and ``last`` (from 1) that the mistake points at.

    Code comes before the signature, which names what most patterns look for; a docstring is none.
    """
    if not mistake.points_at or first is None or last is None:
        return None
    pattern = re.compile(mistake.points_at)
    signature, body = _head(source[first - 1 : last])
    last = min(last, len(source))
    for number in chain(range(first + body, last + 1), range(first, first + signature)):
        if pattern.search(source[number - 1].partition("#")[0]):
            return number
    return None


def _head(lines: Sequence[str]) -> tuple[int, int]:
    """How many lines of a function its signature takes, and signature and docstring together."""
    signature, depth = 0, 0
    try:
        for token in tokenize.generate_tokens(iter([f"{line}\n" for line in lines]).__next__):
            if signature:
                if token.type in _BLANK:
                    continue
                return signature, token.end[0] if token.type == tokenize.STRING else signature
            depth += (token.string in _OPENING) - (token.string in _CLOSING)
            if token.string == ":" and depth == 0:
                signature = token.end[0]
    except (tokenize.TokenError, SyntaxError, StopIteration):
        pass  # what comes before the fault has been read, and what cannot be read has no docstring
    return signature, signature


def _fits(one: Judged, mistake: Mistake) -> bool:
    passes = _passes(one.oracle, mistake.name)
    if passes or one.assessment.passed:
        return passes and one.assessment.passed
    other = one.oracle.mistaken(mistake.name)
    return alike(one.oracle, one.outcome, other, one.assessment)


def _passes(oracle: Oracle, mistake: str) -> bool:
    """Whether a mistake passes a case, which depends on no learner."""
    if mistake not in oracle.passing:
        oracle.passing[mistake] = assess(oracle, oracle.mistaken(mistake)).passed
    return oracle.passing[mistake]


def alike(oracle: Oracle, yours: Outcome, other: Outcome, said: Assessment) -> bool:
    """Whether two outcomes of a case are the same, up to the test that the first one failed.

    Args:
        oracle: the case.
        yours: the learner's outcome.
        other: the outcome of a named mistake.
        said: what was said of the learner's outcome.
    """
    if yours.raised is not None or other.raised is not None:
        return _same_exception(yours, other)
    if said.stage == "global":
        same = other.globals_changed == yours.globals_changed
        return same and _same_values(oracle, yours, other)
    if said.stage == "input":
        return other.modified == yours.modified and _same_values(oracle, yours, other)
    if said.stage == "gradient":
        return _same_values(oracle, yours, other) and _same_gradients(yours, other)
    return _same_values(oracle, yours, other) and not assess(oracle, other).passed


def _same_exception(yours: Outcome, other: Outcome) -> bool:
    if yours.raised is None or other.raised is None:
        return False
    return yours.raised.types[0] == other.raised.types[0] and yours.raised.call == other.raised.call


def _same_values(oracle: Oracle, yours: Outcome, other: Outcome) -> bool:
    if observable(oracle, yours) and observable(oracle, other):
        return agrees(oracle.observe(yours.values), oracle.observe(other.values))
    return agrees(list(yours.values), list(other.values))


def _same_gradients(yours: Outcome, other: Outcome) -> bool:
    if bool(yours.gradient_problem) != bool(other.gradient_problem):
        return False
    return agrees([dict(one) for one in yours.gradients], [dict(one) for one in other.gradients])
