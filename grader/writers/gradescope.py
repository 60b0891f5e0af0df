"""``results.json`` of Gradescope's autograder.

Fields and rules are those of Gradescope's specification of that file. A result that is not finished
gives a valid file too: what is still open has none of its points.
"""

from __future__ import annotations

from typing import Any

from grader.audience import students_view
from grader.result import Result
from grader.writers.occasion import Occasion
from grader.writers.platform import Test, summary, tests, to_text
from grader.writers.visible import one_line

_VISIBILITY = {"visible": "visible", "after_due": "after_due_date", "hidden": "hidden"}


def render(result: Result, occasion: Occasion) -> str:
    """The file as text, a test for every case and question.

    The points stand at the tests only: a score at the top would override their sum. What the grader
    itself failed to judge is a test without points, and said at the top.
    """
    return to_text(
        {
            # Gradescope withholds tests until they are due, but not this.
            "output": summary(students_view(result)),
            # Learners' text is in it, and must be neither HTML nor Markdown.
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "execution_time": round(result.duration_s, 2),
            "tests": [_test(test) for test in tests(result)],
            "extra_data": {
                "schema": result.schema,
                "status": result.status,
                "score": result.score,
                "max_score": result.max_score,
                "dlgrade": one_line(result.environment.dlgrade),
                "torch": one_line(result.environment.torch),
            },
        }
    )


def _test(test: Test) -> dict[str, Any]:
    """A test; without points it is a remark, whose status is all that counts."""
    check = test.check
    record: dict[str, Any] = {
        "name": test.name,
        "number": test.number,
        "status": "passed" if check.outcome == "passed" else "failed",
        "output": test.text,
        "tags": [one_line(check.part.topic), one_line(check.part.name)],
        "visibility": _VISIBILITY[check.visibility],
        "extra_data": {"status": check.status},
    }
    if check.max_score:
        record |= {"score": check.score, "max_score": check.max_score}
    return record
