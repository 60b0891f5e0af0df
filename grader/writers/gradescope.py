"""``results.json`` of Gradescope's autograder.

Fields and rules are those of Gradescope's specification of that file. A result that is not finished
gives a valid file too: what is still open has none of its points.
"""

from __future__ import annotations

from typing import Any

import msgspec

from grader.result import Result
from grader.writers import words
from grader.writers.checks import Check, checks
from grader.writers.formats import Occasion

_VISIBILITY = {"visible": "visible", "after_due": "after_due_date", "hidden": "hidden"}


def render(result: Result, occasion: Occasion) -> str:
    """The file as text, a test for every case and question.

    The points stand at the tests only: a score at the top would override their sum. What the grader
    itself failed to judge is a test without points, and said at the top.
    """
    text = msgspec.json.encode(
        {
            "output": _summary(result),
            # Learners' text is in it, and must be neither HTML nor Markdown.
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "execution_time": round(result.duration_s, 2),
            "tests": [_test(check) for check in checks(result)],
            "extra_data": {
                "schema": result.schema,
                "status": result.status,
                "score": result.score,
                "max_score": result.max_score,
                "dlgrade": result.environment.dlgrade,
                "torch": result.environment.torch,
            },
        }
    )
    return msgspec.json.format(text, indent=2).decode() + "\n"


def _summary(result: Result) -> str:
    said = f"{words.headline(result)}, {words.points(result.score, result.max_score)}."
    return "\n".join(filter(None, (said, words.not_judged(result))))


def _test(check: Check) -> dict[str, Any]:
    """A test; without points it is a remark, whose status is all that counts."""
    test: dict[str, Any] = {
        "name": check.name,
        "number": check.number,
        "status": "passed" if check.passed else "failed",
        "output": check.text,
        "tags": [check.part.topic, check.part.name],
        "visibility": _VISIBILITY[check.visibility],
        "extra_data": {"status": (check.seen or check.part).status},
    }
    if check.max_score:
        test |= {"score": check.score, "max_score": check.max_score}
    return test
