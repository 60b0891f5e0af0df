"""Grades for Moodle: its offline grading worksheet filled in, or a file for its grade import.

The worksheet is what Moodle reads most strictly, so it comes back as it was downloaded, byte for
byte, but for the cells of grades and feedback. Its headers are in the teacher's language: columns
are told by the headers of several languages, and else by what is in them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from grader.cohort.gradebook import Filled, Scale, address, called, scale_of
from grader.cohort.ranking import amount
from grader.cohort.records import Standing, Student
from grader.cohort.sheets import Place, Sheet, is_safe, read_sheet, safe, written
from grader.errors import UsageError

# mod/assign/feedback/offline/importgradeslib.php of moodle/moodle: an id is a word and a number.
_RECORD: Final = re.compile(r"([^0-9]+?)\s*([0-9]+)")
_NUMBER: Final = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,5})?")
_GRADE: Final = frozenset(
    (
        *("grade", "bewertung", "note", "calificación", "nota", "cijfer", "beoordeling"),
        *("valutazione", "betyg", "arvosana", "karakter", "ocena", "qualificació", "cualificación"),
        *("оценка", "оцінка", "評点", "成绩", "成績", "ציון"),
    )
)
_FEEDBACK: Final = re.compile(
    "feedback|comment|comentar|commento|kommentar|retroaliment|opmerking|komentar|отзыв|коммент"
    "|フィードバック|コメント|反馈|评语|回饋"
)
_AGAIN: Final = (
    "download it again (assignment → Submissions → Download grading worksheet), as CSV, and best "
    "with Moodle set to English"
)


@dataclass(frozen=True)
class _Columns:
    """Where a worksheet has what.

    Attributes:
        record: ``Participant 17``.
        grade: the grade.
        feedback: the teacher's comment; None if there is no such column.
        email: the address; None if there is no such column.
        most: the points to be had, as the file writes them; empty if it does not say.
    """

    record: int
    grade: int
    feedback: int | None
    email: int | None
    most: str


def moodle_worksheet(
    worksheet: bytes, standings: Sequence[Standing], points: Fraction | None = None
) -> Filled:
    """The teacher's worksheet with grades, and with feedback where there was none.

    Rows of nobody in the class, and of students without points, stay as they are.

    Args:
        worksheet: the file that Moodle gave.
        standings: the class.
        points: what the assignment is worth in Moodle; what the worksheet says if left out.

    Raises:
        UsageError: if the file is no such worksheet, or its columns cannot be told.
    """
    sheet = read_sheet(worksheet)
    texts = sheet.texts()
    columns = _columns(texts)
    there = _value(columns.most)
    if there is None and points is None:
        raise UsageError(
            "does not say how many points the assignment is worth (a scale has none); set it to "
            "points in Moodle, or give --points N"
        )
    if there is not None and points is not None and points != there:
        raise UsageError(
            f"says that the assignment is worth {amount(there)} points, and --points says "
            f"{amount(points)}; change it in Moodle first, or leave --points out"
        )
    scale = scale_of(standings, there, points)
    found, left_out = _matched(texts, columns, standings)
    changes, kept = _changes(sheet, columns, found, scale)
    before = {at: _value(texts[at[0]][at[1]]) for at in changes if at[1] == columns.grade}
    return Filled(
        data=sheet.filled(changes),
        graded=len(before),
        changed=sum(
            value != Fraction(changes[at].replace(",", ".")) for at, value in before.items()
        ),
        left_out=tuple(left_out),
        notes=tuple(_notes(columns, texts, kept)),
    )


def is_worksheet(file: bytes) -> bool:
    """Whether a file of Moodle's has the identifiers of a grading worksheet.

    Raises:
        UsageError: if it is no table.
    """
    header, *rows = read_sheet(file).texts()
    body = [row for row in rows if len(row) == len(header)]
    return any(_is_record(body, at) for at in range(len(header)))


def _columns(rows: Sequence[Sequence[str]]) -> _Columns:
    header = [name.strip().casefold() for name in rows[0]] if rows else []
    body = [row for row in rows[1:] if len(row) == len(header)]
    records = [at for at in range(len(header)) if _is_record(body, at)]
    if not records:
        raise UsageError(
            "is no grading worksheet of Moodle: no column has an identifier such as "
            f"'Participant 17' in every row; {_AGAIN}"
        )
    grade = _grade(header, body)
    constant = _constant(body, grade + 1) if grade + 1 < len(header) else ""
    feedback = [at for at in range(grade + 1, len(header)) if _FEEDBACK.search(header[at])]
    email = [at for at in range(len(header)) if body and all("@" in row[at] for row in body)]
    return _Columns(
        record=records[0],
        grade=grade,
        feedback=feedback[-1] if feedback else None,
        email=email[0] if email else None,
        most=constant,
    )


def _is_record(body: Sequence[Sequence[str]], at: int) -> bool:
    matches = [_RECORD.fullmatch(row[at].strip()) for row in body]
    words = {match[1] if match else "" for match in matches}
    return len(words) == 1 and "" not in words


def _grade(header: Sequence[str], body: Sequence[Sequence[str]]) -> int:
    """The column of grades: by its name, else by the same maximum in every row right of it."""
    named = [at for at, name in enumerate(header) if name in _GRADE]
    if not named:
        named = [
            at
            for at in range(len(header) - 1)
            if _constant(body, at + 1)
            and all(not row[at].strip() or _value(row[at]) is not None for row in body)
        ]
    if len(named) != 1:
        raise UsageError(f"does not show which column is the grade's; {_AGAIN}")
    return named[0]


def _constant(body: Sequence[Sequence[str]], at: int) -> str:
    """The number that a column has in every row; empty if it has none."""
    texts = {row[at].strip() for row in body}
    text = texts.pop() if len(texts) == 1 else ""
    return text if _value(text) else ""


def _value(text: str) -> Fraction | None:
    shown = text.strip()
    return Fraction(shown.replace(",", ".")) if _NUMBER.fullmatch(shown) else None


def _matched(
    rows: Sequence[Sequence[str]], columns: _Columns, standings: Sequence[Standing]
) -> tuple[dict[int, Standing], list[str]]:
    """Row → whose it is, by participant and by address; and who has no row, or no clear one."""
    whole = [number for number in range(1, len(rows)) if len(rows[number]) == len(rows[0])]
    records = _unique((_record(rows[number][columns.record]), number) for number in whole)
    emails: Mapping[str, int | None] = {}
    if columns.email is not None:
        emails = _unique((rows[number][columns.email].casefold(), number) for number in whole)
    found: dict[int, Standing] = {}
    left_out: list[str] = []
    for standing in standings:
        student = standing.student
        by_record = records.get(_record(student.ids.get("moodle", "")))
        by_email = emails.get(address(student).casefold())
        number = by_record if by_record is not None else by_email
        who = called(student)
        if number is None:
            left_out.append(f"{who}: no row of the worksheet has an id or the address of theirs")
        elif by_email is not None and by_email != number:
            left_out.append(f"{who}: id and address are in different rows ({number}, {by_email})")
        elif number in found:
            left_out.append(f"{who}: their row is {called(found[number].student)}'s as well")
        else:
            found[number] = standing
    return found, left_out


def _record(text: str) -> str:
    """The number of ``Participant 17``; empty if there is none."""
    match = re.search(r"([0-9]+)\s*$", text)
    return match[1] if match else ""


def _unique(pairs: Iterable[tuple[str, int]]) -> dict[str, int | None]:
    """Key → its row; None where two rows have it; nothing for an empty key."""
    found: dict[str, int | None] = {}
    for key, number in pairs:
        found[key] = None if key in found else number
    found.pop("", None)
    return found


def _changes(
    sheet: Sheet, columns: _Columns, found: Mapping[int, Standing], scale: Scale
) -> tuple[dict[Place, str], int]:
    """The cells to change, and how many comments of the teacher were left as they are."""
    comma = "," in columns.most
    changes: dict[Place, str] = {}
    kept = 0
    for number, standing in found.items():
        grade = scale.of(standing)
        if not grade:
            continue
        before = sheet.rows[number][columns.grade].text
        same = _value(before) == Fraction(grade)
        written_ = grade.replace(".", ",") if comma else grade
        changes[number, columns.grade] = before if same else written_
        if columns.feedback is None or not standing.why:
            continue
        text = feedback(standing)
        comment = sheet.rows[number][columns.feedback].text
        if not comment.strip():
            changes[number, columns.feedback] = text
        elif comment != text:
            kept += 1
    return changes, kept


def feedback(standing: Standing) -> str:
    """What the student reads beside the grade; Moodle takes it for HTML."""
    return safe(html.escape(standing.why, quote=False))


def _notes(columns: _Columns, rows: Sequence[Sequence[str]], kept: int) -> list[str]:
    said = []
    if columns.feedback is None:
        said.append("The worksheet has no column for feedback, so none was written.")
    if kept:
        said.append(f"{_rows(kept)} had feedback already, which was kept.")
    odd = [
        number
        for number in range(1, len(rows))
        if len(rows[number]) != len(rows[0]) and any(rows[number])
    ]
    if odd:
        said.append(
            f"Row {odd[0] + 1} has {len(rows[odd[0]])} cells where the header has {len(rows[0])}; "
            "it was left as it is, and Moodle may refuse the file."
        )
    return said


def _id_number(student: Student) -> str:
    """The institution's number: the roster's own id, if it is not one that a platform gave."""
    others = {student.name, student.email, *student.ids.values()}
    return student.ids.get("sis", "") or (student.id if student.id not in others else "")


def _rows(number: int) -> str:
    return f"{number} row{'' if number == 1 else 's'}"


def moodle_csv(standings: Sequence[Standing], points: Fraction | None = None) -> Filled:
    """A file for Moodle's grade import (Grades → Import → CSV file), by address or ID number.

    Moodle takes rows as they are: there is none for a student without points, whose grade it
    would erase. Grade and feedback are both there, for imported feedback overwrites the grade.

    Args:
        standings: the class.
        points: what the assignment is worth in Moodle; what it is worth here if left out.
    """
    scale = scale_of(standings, None, points)
    rows = [["Email address", "ID number", "Full name", "Grade", "Feedback"]]
    left_out: list[str] = []
    without_email = 0
    for standing in standings:
        student, grade = standing.student, scale.of(standing)
        keys = [address(student), _id_number(student)]
        who = called(student)
        if not grade:
            continue
        if not any(keys):
            left_out.append(f"{who}: neither an address nor an ID number is known")
        elif not all(is_safe(key) for key in keys):
            left_out.append(f"{who}: a spreadsheet would run their address or ID; enter it by hand")
        else:
            without_email += not keys[0]
            rows.append([*keys, safe(student.name), grade, feedback(standing)])
    notes = ["Map the column Email address to the user's email; Moodle minds small and capitals."]
    if without_email:
        notes.append(
            f"{_rows(without_email)} {'has' if without_email == 1 else 'have'} no address; map the "
            "column ID number for them instead."
        )
    return Filled(
        data=written(rows),
        graded=len(rows) - 1,
        changed=len(rows) - 1,
        left_out=tuple(left_out),
        notes=tuple(notes),
    )
