"""``result.json`` of Classroom 50, ``classroom50/result/v1``: points are whole numbers there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC
from fractions import Fraction
from typing import Any, Final

from grader.result import Result
from grader.writers.occasion import Occasion
from grader.writers.platform import Test, tests, to_text

FIELDS: Final = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
"""Field → the variable that the runner gives it in."""

STAMPED: Final = {"owner": "OWNER", "assignment_type": "ASSIGNMENT_TYPE"}
"""The same for what the runner writes itself where it is missing."""


def render(result: Result, occasion: Occasion) -> str:
    """The file as text, a test for every case and question.

    Each test's maximum is its share of the rounded whole by largest remainder, so that the sums
    agree; the exact points stand beside it as ``exact``.
    """
    found = list(tests(result))
    most = apportion([test.check.max_score for test in found])
    scores = _scores(found, most)
    record = {
        "schema": "classroom50/result/v1",
        **{field: occasion.environment[name] for field, name in FIELDS.items()},
        **{
            field: occasion.environment[name]
            for field, name in STAMPED.items()
            if occasion.environment.get(name)
        },
        "datetime": occasion.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(scores),
        "max-score": sum(most),
        "tests": [_test(*each) for each in zip(found, scores, most, strict=True)],
    }
    return to_text(record)


def apportion(shares: Sequence[float]) -> list[int]:
    """Whole numbers near the shares whose sum is theirs, rounded: the largest remainders go up.

    Args:
        shares: numbers of 0 or more.
    """
    exact = [Fraction(share) for share in shares]
    whole = [math.floor(share) for share in exact]
    wanted = math.floor(sum(exact) + Fraction(1, 2))
    by_remainder = sorted(range(len(exact)), key=lambda place: (whole[place] - exact[place], place))
    for place in by_remainder[: wanted - sum(whole)]:
        whole[place] += 1
    return whole


def _scores(found: Sequence[Test], most: Sequence[int]) -> list[int]:
    """What is right has all of its points, what has none has none; the rest is apportioned."""
    checks = [test.check for test in found]
    shares = [
        Fraction(check.score) / Fraction(check.max_score) * own if check.max_score else Fraction(0)
        for check, own in zip(checks, most, strict=True)
    ]
    return apportion([float(share) for share in shares])


def _test(test: Test, score: int, most: int) -> dict[str, Any]:
    check = test.check
    return {
        "test-name": f"{test.number} {test.name}",
        "passed": check.outcome == "passed",
        "score": score,
        "max-score": most,
        "exact": f"{check.score:g}/{check.max_score:g}",
        "output": test.text,
    }
