"""A gradebook that Canvas imports, made from the gradebook that it exported.

Canvas finds a student by the column ``ID`` and looks at no other where it finds one. So a row is
written only for an id that the export has, digit by digit, and every other text of the row may be
defused for spreadsheets without harm. The columns of students are the export's own; of the
assignments only the one to be graded is there, for Canvas would change any other as well.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import compress
from typing import Final

from grader.cohort.gradebook import Filled, Scale, called, scale_of
from grader.cohort.ranking import amount
from grader.cohort.records import Standing
from grader.cohort.sheets import is_safe, read_sheet, safe, written
from grader.errors import UsageError

# lib/gradebook_importer.rb of instructure/canvas-lms says which header is one.
_AFTER_ID: Final = (
    "SIS User ID",
    "SIS Login ID",
    "Integration ID",
    "Root Account",
    "Section",
)
_TOTALS: Final = re.compile("(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
_TITLED: Final = re.compile(r"(.*)\s\((\d+)\)")
_AGAIN: Final = "export it again (Gradebook → Export → Export Entire Gradebook)"


@dataclass(frozen=True)
class _Export:
    """A gradebook that Canvas exported.

    Attributes:
        header: the columns of students, up to the section.
        id_at: the column of Canvas's own id.
        titles: the other columns, as they are called.
        points: the row of points to be had, empty if there is none.
        rows: the students who have an id.
        nameless: names of those who have none.
    """

    header: tuple[str, ...]
    id_at: int
    titles: tuple[str, ...]
    points: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    nameless: tuple[str, ...]


def canvas_csv(
    export: bytes,
    standings: Sequence[Standing],
    assignment: str = "",
    points: Fraction | None = None,
) -> Filled:
    """The export with one assignment's column, filled in.

    A student without points keeps what the export has in that column: an empty cell would erase a
    grade that is there. ``EX`` (excused) and ``N/A`` (not assigned) stay as well.

    Args:
        export: the file that Canvas gave.
        standings: the class.
        assignment: ``Title (id)`` or ``Title``, as the export's header has it, or the title of a
            new assignment, which Canvas offers to make. May be left out if the export has but one.
        points: what the assignment is worth in Canvas; what the export says if left out.

    Raises:
        UsageError: if the file is no such export, or the assignment is not clear.
    """
    read = _read(export)
    column, title = _column(read.titles, assignment)
    place = len(read.header) + column if column is not None else None
    there = _number(_at(read.points, place))
    scale = scale_of(standings, there, points)
    found, left_out = _matched(read, standings)
    rows = [[*(safe(name) for name in read.header), title], _points_row(read, place, scale)]
    graded = changed = 0
    kept: list[str] = []
    for number, row in enumerate(read.rows):
        before, standing = _at(row, place), found.get(number)
        grade = scale.of(standing) if standing else ""
        if standing and grade and before.strip().upper() in ("EX", "N/A"):
            kept.append(f"{called(standing.student)}: Canvas has {before.strip()}")
            grade = ""
        graded += bool(grade)
        differs = bool(grade) and not _is_same(before, grade)
        changed += differs
        texts = [text if at == read.id_at else safe(text) for at, text in enumerate(row)]
        rows.append([*texts[: len(read.header)], grade if differs else _kept(before)])
    return Filled(
        data=written(rows),
        graded=graded,
        changed=changed,
        left_out=(*left_out, *kept),
        notes=tuple(_notes(read, column, title, scale.target, there)),
    )


def _is_same(before: str, grade: str) -> bool:
    """Whether Canvas would take the two for the same: it compares two decimals."""
    number = _number(before)
    return number is not None and amount(number) == grade


def _kept(before: str) -> str:
    """A grade that the export has: a number or a dash runs nowhere and stays as it is."""
    return before if _number(before) is not None or before.strip() == "-" else safe(before)


def _at(row: Sequence[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _number(text: str) -> Fraction | None:
    """A number as Canvas writes it, with a point or a comma before the decimals."""
    shown = text.strip()
    if not re.fullmatch(r"-?[0-9.,]*[0-9]", shown):
        return None
    whole, separator, decimals = max(shown.rpartition("."), shown.rpartition(","), key=_before)
    digits = re.sub("[.,]", "", whole)
    return Fraction(f"{digits or '0'}.{decimals}") if separator else Fraction(shown)


def _before(parts: tuple[str, str, str]) -> int:
    return len(parts[0]) if parts[1] else -1


def _read(export: bytes) -> _Export:
    sheet = read_sheet(export).texts()
    header = [name.strip() for name in sheet[0]] if sheet else []
    names = 2 if header[:2] == ["LastName", "FirstName"] else 1
    right = header[names - 1 : names + 1] == ["FirstName" if names > 1 else "Student", "ID"]
    if not right or "Section" not in header:
        raise UsageError(
            "is no gradebook that Canvas exported: its header begins Student, ID, ... and has a "
            f"column Section; {_AGAIN}"
        )
    wide = header.index("Section") + 1
    known = [name for name in _AFTER_ID if name in header[:wide]]
    if header[names + 1 : wide] != known:
        raise UsageError(
            f"has columns that Canvas does not expect before Section "
            f"({', '.join(header[names + 1 : wide - 1])}); {_AGAIN}"
        )
    filled = [row for row in sheet[1:] if any(text.strip() for text in row)]
    students = [row for row in filled if not _is_of_assignments(row, wide)]
    points = next((row for row in filled if "Points Possible" in row[0]), [])
    has_id = [bool(re.fullmatch("[0-9]+", _at(row, names))) for row in students]
    return _Export(
        header=tuple(sheet[0][:wide]),
        id_at=names,
        titles=tuple(sheet[0][wide:]),
        points=tuple(points),
        rows=tuple((*row, *([""] * (wide - len(row)))) for row in compress(students, has_id)),
        nameless=tuple(row[0] for row, has in zip(students, has_id, strict=True) if not has),
    )


def _is_of_assignments(row: Sequence[str], wide: int) -> bool:
    """Whether a row is about the assignments: their points, or how they are posted."""
    return "Points Possible" in row[0] or not any(text.strip() for text in row[:wide])


def _column(titles: Sequence[str], assignment: str) -> tuple[int | None, str]:
    """The assignment's column among those after the section (None if it is new), and its header."""
    graded = [title for title in titles if _TITLED.fullmatch(title) and not _TOTALS.search(title)]
    if not assignment:
        if len(graded) != 1:
            listed = ", ".join(graded)
            raise UsageError(
                f"has several assignments: {listed}; say which with --assignment 'Title (id)'"
                if graded
                else "has no assignment; name a new one with --assignment 'Title'"
            )
        assignment = graded[0]
    if _TOTALS.search(assignment):
        raise UsageError(
            f"cannot have an assignment {assignment}: Canvas passes it over, for it looks like a "
            "total; give it another title"
        )
    same = [title for title in titles if title == assignment]
    same = same or [title for title in graded if _title(title) == assignment]
    if len(same) > 1:
        raise UsageError(
            f"has {len(same)} assignments called {assignment}; write the one with its id: "
            f"{' or '.join(same)}"
        )
    if same:
        return titles.index(same[0]), safe(same[0])
    if _TITLED.fullmatch(assignment):
        near = difflib.get_close_matches(assignment, graded, n=1)
        hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(graded) or 'none'}"
        raise UsageError(f"has no assignment {assignment}; {hint}")
    if not is_safe(assignment):
        raise UsageError(
            f"cannot have an assignment {safe(assignment)}: a spreadsheet would run it; begin its "
            "title with a letter"
        )
    return None, assignment


def _title(header: str) -> str:
    match = _TITLED.fullmatch(header)
    return match[1] if match else header


def _points_row(read: _Export, place: int | None, scale: Scale) -> list[str]:
    before = _at(read.points, place)
    if "read only" in before:
        raise UsageError(f"has that column as read only; {_AGAIN} or name another")
    same = _number(before) == scale.target
    first = read.points[0] if read.points else "    Points Possible"
    blank = [""] * (len(read.header) - 1)
    return [safe(first), *blank, before if same else amount(scale.target)]


def _matched(read: _Export, standings: Sequence[Standing]) -> tuple[dict[int, Standing], list[str]]:
    """Row → whose it is, by an id that platform and class share; and who has no row."""
    found: dict[int, Standing] = {}
    left_out: list[str] = []
    columns = {"canvas": read.id_at}
    for kind, name in (("sis", "SIS User ID"), ("login", "SIS Login ID")):
        if name in read.header:
            columns[kind] = read.header.index(name)
    rows = {kind: _by(read.rows, at) for kind, at in columns.items()}
    for standing in standings:
        number = _row_of(standing.student.ids, rows)
        who = called(standing.student)
        if number is None:
            left_out.append(f"{who}: no row of the export has an id of theirs")
        elif number in found:
            other = called(found[number].student)
            left_out.append(f"{who}: the row of the same id is {other}'s")
        else:
            found[number] = standing
    left_out += [f"{safe(name)}: the export has no Canvas id for them" for name in read.nameless]
    return found, left_out


def _by(rows: Sequence[Sequence[str]], column: int) -> dict[str, int | None]:
    """Id → its row; None where two rows have it."""
    found: dict[str, int | None] = {}
    for number, row in enumerate(rows):
        found[row[column]] = None if row[column] in found else number
    return found


def _row_of(ids: Mapping[str, str], rows: Mapping[str, Mapping[str, int | None]]) -> int | None:
    for kind, places in rows.items():
        number = places.get(ids.get(kind, "")) if ids.get(kind) else None
        if number is not None:
            return number
    return None


def _notes(
    read: _Export, column: int | None, title: str, target: Fraction, there: Fraction | None
) -> list[str]:
    said = []
    if column is None:
        said.append(f"Canvas has no assignment {title} yet; on import it offers to make it.")
    elif there is not None and there != target:
        said.append(f"The import sets the assignment to {amount(target)} points.")
    altered = [text for row in read.rows for text in row[: len(read.header)] if not is_safe(text)]
    if altered:
        said.append(
            "Cells that a spreadsheet would run have an apostrophe in front; Canvas goes by the "
            "column ID, which is as it was."
        )
    return said
