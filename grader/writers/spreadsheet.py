"""CSV for a spreadsheet: a row for each case and each question.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, by which it is text.
The file begins with a byte order mark: without one, Excel takes UTF-8 for something else.
"""

from __future__ import annotations

import csv
import io
from typing import Final

from grader.result import Case, Result
from grader.writers import words
from grader.writers.checks import Check, checks
from grader.writers.occasion import Occasion, path_from
from grader.writers.visible import one_line

COLUMNS: Final = (
    "topic",
    "exercise",
    "case",
    "title",
    "status",
    "score",
    "max_score",
    "message",
    "cause",
    "file",
    "line",
)
_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_LONGEST: Final = 2_000
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a formula begins with; the wide signs do where a spreadsheet is set to Japanese."""


def render(result: Result, occasion: Occasion) -> str:
    """The rows, with a header, as RFC 4180 has them."""
    file = io.StringIO(newline="")
    rows = csv.writer(file)
    rows.writerow(COLUMNS)
    for part in words.parts(result):
        for check in checks(part):
            rows.writerow(_row(check, occasion))
    return _MARK + file.getvalue()


def _row(check: Check, occasion: Occasion) -> tuple[str | float, ...]:
    part = check.part
    cause = check.seen.diagnosis if isinstance(check.seen, Case) else None
    texts = (part.topic, part.name.rpartition("/")[2], check.name, check.title, check.status)
    file = path_from("", part.file, occasion.folder)
    line = check.line if check.line is not None and not check.in_notebook else ""
    return (
        *map(harmless, texts),
        # As exact as the record, without the ".0" of whole points.
        *(f"{points:.15g}" for points in (check.score, check.max_score)),
        harmless(check.message),
        harmless(cause.title if cause else ""),
        harmless(check.place(file) if check.in_notebook else file),
        line,
    )


def harmless(text: str) -> str:
    """Text on one line that no spreadsheet computes."""
    text = one_line(text, _LONGEST)
    return f"'{text}" if text.startswith(_FORMULAS) else text
