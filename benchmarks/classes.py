"""Invented classes: what students write, right and wrong, taken from the collection of answers."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAIR = ("normalization/layer_norm", "language_models/perplexity")
"""The assignment of two exercises that is graded everywhere."""


def labels() -> tuple[str, ...]:
    """Topic and name of every exercise of the course."""
    from grader.course import find

    return tuple(entry.label for entry in find().entries)


def answers(
    number: int, wanted: tuple[str, ...] = PAIR, kinds: int | None = None
) -> list[dict[str, str]]:
    """What each student wrote: topic and name → source.

    Right and wrong answers come in turn, and a remark with the student's number keeps two that
    wrote the same apart: every submission is graded.

    Args:
        number: of students.
        wanted: what they answer.
        kinds: how many different submissions there are, remarks aside; as many as students without.
    """
    from accuracy import load

    collection = load("collection", ROOT / "tests" / "course" / "collection.py")
    variants = list(collection.variants())
    columns = {
        label: cycle([each.source for each in variants if each.exercise == label][:kinds])
        for label in wanted
    }
    return [
        {label: f"{next(column)}\n# student {place}\n" for label, column in columns.items()}
        for place in range(number)
    ]


def write(folder: Path, classes: list[dict[str, str]]) -> None:
    """Writes a folder for each student, as they would hand it in."""
    for place, files in enumerate(classes):
        for label, source in files.items():
            file = folder / f"student-{place:04}" / f"{label}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source, encoding="utf-8")
