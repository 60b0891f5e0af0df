"""``result.json`` of Classroom 50, ``classroom50/result/v1``: points are whole numbers there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC
from fractions import Fraction
from typing import Any, Final

import msgspec

from grader.result import Result
from grader.writers.checks import Check, checks
from grader.writers.formats import Occasion

WANTS: Final = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
"""Field → the variable that the runner gives it in."""

_STAMPED: Final = {"owner": "OWNER", "assignment_type": "ASSIGNMENT_TYPE"}


def render(result: Result, occasion: Occasion) -> str:
    """The file as text, a test for every case and question.

    Each test's maximum is its share of the rounded whole by largest remainder, so that the sums
    agree; the exact points stand beside it as ``exact``.
    """
    found = list(checks(result))
    most = apportion([check.max_score for check in found])
    scores = _scores(found, most)
    record = {
        "schema": "classroom50/result/v1",
        **{field: occasion.environment[name] for field, name in WANTS.items()},
        **{
            field: occasion.environment[name]
            for field, name in _STAMPED.items()
            if occasion.environment.get(name)
        },
        "datetime": occasion.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(scores),
        "max-score": sum(most),
        "tests": [_test(*each) for each in zip(found, scores, most, strict=True)],
    }
    return msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"


def apportion(shares: Sequence[float], total: int | None = None) -> list[int]:
    """Whole numbers near the shares, with a given sum: the largest remainders are rounded up.

    Args:
        shares: numbers of 0 or more.
        total: their sum in whole numbers; the rounded sum of the shares if it is not given. It
            must lie between the sum of what they are rounded down and up to.
    """
    exact = [Fraction(share) for share in shares]
    whole = [math.floor(share) for share in exact]
    wanted = math.floor(sum(exact) + Fraction(1, 2)) if total is None else total
    by_remainder = sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))
    for place in by_remainder[: wanted - sum(whole)]:
        whole[place] += 1
    return whole


def _scores(found: Sequence[Check], most: Sequence[int]) -> list[int]:
    """What is right has all of its points, what has none has none; the rest is apportioned."""
    shares = [
        Fraction(check.score) / Fraction(check.max_score) * own if check.max_score else Fraction(0)
        for check, own in zip(found, most, strict=True)
    ]
    return apportion([float(share) for share in shares])


def _test(check: Check, score: int, most: int) -> dict[str, Any]:
    return {
        "test-name": f"{check.number} {check.name}",
        "passed": check.passed,
        "score": score,
        "max-score": most,
        "exact": f"{check.score:g}/{check.max_score:g}",
        "output": check.text,
    }
