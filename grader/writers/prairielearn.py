"""``results.json`` of PrairieLearn's external grading.

Fields and rules are those of PrairieLearn's description of that file.
"""

from __future__ import annotations

import base64
from typing import Any, Final

from grader.result import Case, Exercise, Result
from grader.writers import words
from grader.writers.occasion import Occasion
from grader.writers.platform import Test, summary, tests, to_text
from grader.writers.svg import UnsafeDrawing, cleaned
from grader.writers.visible import one_line, shortened, visible

LARGEST: Final = 1_000_000
"""Bytes that the file may have."""

_UNREAD: Final = frozenset({"file_missing", "file_unreadable", "syntax", "toml"})
_OUTPUTS: Final = (4_000, 1_000, 200, 0)  # characters of a test's text, the first that fits
_LABEL: Final = 400


def render(result: Result, occasion: Occasion) -> str:
    """The file as text; pictures are left out first where it would be too large, then text.

    Where no file could be read as code at all, the attempt is not gradable, and so not used up.
    """
    unread = _unread(result)
    if unread:
        return to_text({"gradable": False, "score": 0.0, "format_errors": unread})
    for pictures in (True, False):
        text = to_text(_graded(result, _OUTPUTS[0], pictures))
        if len(text.encode()) <= LARGEST:
            return text
    for longest in _OUTPUTS[1:]:
        text = to_text(_graded(result, longest, pictures=False))
        if len(text.encode()) <= LARGEST:
            break
    return text


def _unread(result: Result) -> list[str]:
    """Why nothing could be read; empty if something could."""
    parts = words.parts(result)
    faults = [part.error for part in parts]
    if not parts or any(fault is None or fault.kind not in _UNREAD for fault in faults):
        return []
    return [
        one_line(f"{part.name}: {fault.message}", _OUTPUTS[0])
        for part, fault in zip(parts, faults, strict=True)
        if fault is not None
    ]


def _graded(result: Result, longest: int, pictures: bool) -> dict[str, Any]:
    share = result.score / result.max_score if result.max_score else 0.0
    return {
        "gradable": True,
        "score": min(max(share, 0.0), 1.0),
        "succeeded": result.status != "grader_error",
        "message": summary(result),
        "output": _printed(result, longest),
        "tests": [_test(test, longest, pictures) for test in tests(result)],
    }


def _test(test: Test, longest: int, pictures: bool) -> dict[str, Any]:
    # Points and their maximum always: without them at one test, all points vanish from the page.
    check = test.check
    drawing = _drawing(check.seen) if pictures and isinstance(check.seen, Case) else None
    return {
        "name": test.name,
        "description": one_line(check.message, _LABEL),
        "points": check.score,
        "max_points": check.max_score,
        "output": shortened(test.text, longest) if longest else "",
        "images": [drawing] if drawing else [],
    }


def _drawing(case: Case) -> dict[str, str] | None:
    """The picture as a data URL, as it was drawn: with no page around it, it needs its own style.

    One that would be refused in our own page is left out.
    """
    if case.picture is None:
        return None
    try:
        cleaned(case.picture.svg, "", "")
    except UnsafeDrawing:
        return None
    data = base64.b64encode(case.picture.svg.encode()).decode()
    return {
        "label": one_line(case.picture.description or case.picture.title, _LABEL),
        "url": f"data:image/svg+xml;base64,{data}",
    }


def _printed(result: Result, longest: int) -> str:
    """What the learner's code printed, by exercise."""
    parts = [
        f"{one_line(exercise.name)} printed:\n{visible(exercise.output.head, longest)}"
        for exercise in result.exercises
        if isinstance(exercise, Exercise) and exercise.output is not None and longest
    ]
    return "\n".join(parts)
