"""A note for a merge request on GitLab; its tests are read from JUnit with lines."""

from __future__ import annotations

from typing import Final

from grader.result import Result
from grader.writers.markdown import document
from grader.writers.occasion import Occasion, path_from

MARKER: Final = "<!-- dlgrade -->"
"""The first line, which the page does not show: a job finds its own note by it and renews it."""

LIMIT: Final = 900_000
"""Bytes; GitLab takes notes of up to a million characters."""


def render(result: Result, occasion: Occasion) -> str:
    """The note: what is to be mended is folded, so that a class's notes stay short."""
    root = occasion.environment.get("CI_PROJECT_DIR", "")
    text = document(
        result,
        lambda file: path_from(root, file, occasion.folder),
        limit=LIMIT - len(MARKER),
        folded=True,
    )
    return f"{MARKER}\n\n{text}"
