"""The gradebook for people: every column, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.cohort.gradebook import gradebook_csv, note, scale_of, status
from grader.cohort.ranking import standings
from grader.cohort.records import Attempt, HandedIn, PartSummary, Standing, Student, Summary
from grader.cohort.rules import Late, Rules
from grader.cohort.sheets import is_safe, read_sheet, safe, written
from grader.errors import UsageError

DUE = datetime(2026, 3, 1, 22, 59, tzinfo=UTC)
RULES = Rules(due=DUE, late=Late(percent=Decimal(10)))
FAILED = Summary(status="grader_error", score=0, max_score=0, problem="the machine was full")


def verdict(one: float, two: float) -> Summary:
    """A verdict over two exercises worth 20 and 10 points."""
    parts = [
        PartSummary(label="topic/one", title="", status="partial", score=one, max_score=20),
        PartSummary(
            label="topic/two",
            title="",
            status="partial",
            score=two,
            max_score=10,
            flags=("uses exec",),
        ),
    ]
    return Summary(status="failed", score=one + two, max_score=30, parts=tuple(parts))


def handed(
    summary: Summary | None, days: int = 0, number: int = 1, report: str = "", fault: str = ""
) -> Attempt:
    """An attempt, so many days late."""
    return Attempt(
        handed_in=HandedIn(
            source=f"s{number}",
            digest=str(number),
            who="x",
            attempt=number,
            submitted=DUE + timedelta(days=days),
            fault=fault,
        ),
        summary=summary,
        report=report,
    )


def table(data: bytes) -> list[dict[str, str]]:
    """A CSV file as a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_everything_of_a_student() -> None:
    """Ids as given, points before and after, each exercise, why, what to look at, the report."""
    ann = Student(
        id="007", name="Änn", email="Ann@x.org", ids={"canvas": "17", "email": "y"}, section="B"
    )
    attempts = [handed(verdict(2, 1)), handed(verdict(16, 1.5), 1, 2, "reports/007.html")]
    data = gradebook_csv(standings([(ann, attempts)], RULES), RULES)
    assert data.startswith(b"\xef\xbb\xbf")
    assert table(data) == [
        {
            "id": "007",
            "name": "Änn",
            "email": "Ann@x.org",
            "section": "B",
            "canvas id": "17",
            "attempts": "2",
            "counted": "2",
            "submitted": "2026-03-02 22:59:00+00:00",
            "status": "late",
            "raw": "17.5",
            "penalty": "1.75",
            "score": "15.75",
            "max": "30",
            "topic/one (of 20)": "16",
            "topic/two (of 10)": "1.5",
            "why": "The second of two attempts counts, the best one. It came 1 day late; that "
            "takes 1.75 points, 10 % of 17.5.",
            "note": "attempt 1, topic/two: uses exec | attempt 2, topic/two: uses exec",
            "report": "reports/007.html",
        }
    ]


@pytest.mark.parametrize(
    ("attempts", "said", "noted"),
    [
        ([], "nothing handed in", ""),
        ([handed(None)], "not graded yet", ""),
        ([handed(FAILED)], "grader failed", "attempt 1: the machine was full"),
        ([handed(None, fault="no zip")], "unreadable", "attempt 1: no zip"),
        (
            [handed(Summary(status="not_started", score=0, max_score=0, problem="no topic"))],
            "nothing to grade",
            "attempt 1: no topic",
        ),
        (
            [
                handed(
                    Summary(
                        status="grader_error",
                        score=0,
                        max_score=20,
                        parts=(
                            PartSummary(
                                label="topic/one",
                                title="",
                                status="grader_error",
                                score=0,
                                max_score=20,
                            ),
                        ),
                    )
                )
            ],
            "grader failed",
            "attempt 1: the grader failed on topic/one",
        ),
    ],
)
def test_no_points_is_blank(attempts: list[Attempt], said: str, noted: str) -> None:
    """Never a 0, and the instructor is told why."""
    (standing,) = standings([(Student(id="a", name="A"), attempts)], RULES)
    assert (status(standing), note(standing)) == (said, noted)
    (row,) = table(gradebook_csv([standing], RULES))
    assert (row["raw"], row["penalty"], row["score"], row["status"]) == ("", "", "", said)
    assert row["why"]


def test_in_time_is_graded() -> None:
    """And a report of another attempt is better than none."""
    attempts = [handed(verdict(1, 1), report="r1"), handed(verdict(2, 2), number=2)]
    (row,) = table(gradebook_csv(standings([(Student(id="a", name="A"), attempts)], RULES), RULES))
    assert (row["status"], row["penalty"], row["report"]) == ("graded", "0", "r1")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann", "Ann"),
        ("=1+1", "'=1+1"),
        ("  @SUM(A1)", "'  @SUM(A1)"),
        ("+49 30", "'+49 30"),
        ("-", "'-"),
        ("\t=1", "' =1"),
        ("a\r\nb", "a  b"),
        ("＝1", "'＝1"),
        ("﹢1", "'﹢1"),
        ("\u202ecod.exe", "\\u202ecod.exe"),
        ("\x1b[31m", "\\x1b[31m"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a;=cmd()", "a;'=cmd()"),
        ("O'Neil; Zoë-Ann", "O'Neil; Zoë-Ann"),
        ("\ud800", "\\ud800"),
    ],
)
def test_cells_that_a_spreadsheet_would_run(text: str, shown: str) -> None:
    """An apostrophe in front; what cannot be seen is spelt out, names are left alone."""
    assert safe(text) == shown
    assert is_safe(text) == (text == shown)
    assert is_safe(safe(text))


@given(st.text(st.characters(codec=None)))
@example("=cmd|'/c calc'!A0")
@example('";=1;"')
def test_hostile_names_stay_in_their_cell(name: str) -> None:
    """Whatever a name is, the file has the same cells, none of which begins like a formula."""
    student = Student(id=name, name=name, email=name, section=name)
    data = gradebook_csv([Standing(student=student, why="fine")], Rules())
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [len(row) for row in rows] == [15, 15]
    assert not any(cell.lstrip()[:1] in tuple("=+-@\t\r\n") for cell in rows[1] if cell)
    for part in data.decode("utf-8-sig").replace('"', "").replace(",", ";").split(";"):
        assert part.lstrip(" ")[:1] not in tuple("=+-@") or not part


def test_the_scale_must_be_said_where_the_sides_differ() -> None:
    """Points are never written as if 10 were 30."""
    ann = Standing(student=Student(id="a", name="A"), score=21, max_score=30)
    assert scale_of([ann], None, None).of(ann) == "21"
    assert scale_of([ann], Fraction(30), None).of(ann) == "21"
    assert scale_of([ann], None, Fraction(100)).of(ann) == "70"
    assert scale_of([], Fraction(10), None).target == 10
    with pytest.raises(UsageError, match=r"at 10 points, and .* --only; --points 10 has"):
        scale_of([ann], Fraction(10), None)
    with pytest.raises(UsageError, match="--points is 0"):
        scale_of([ann], None, Fraction(0))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sheet_keeps_its_bytes(encoding: str, end: str, delimiter: str) -> None:
    """Encoding, delimiter, line ends and quotes of all other cells stay as they were."""
    lines = [["a", '"b,;""x"', "Zoë"], ['""', "", f'"two{end}lines"'], ["1", "2", "3"]]
    text = end.join(delimiter.join(line) for line in lines)
    data = text.encode(encoding)
    sheet = read_sheet(data)
    assert sheet.texts() == [["a", 'b,;"x', "Zoë"], ["", "", f"two{end}lines"], ["1", "2", "3"]]
    assert sheet.filled({}) == data
    changed = text.replace(f"two{end}lines", f'a ""b""{delimiter}').replace("Zoë", "0")
    assert sheet.filled({(1, 2): f'a "b"{delimiter}', (0, 2): "0"}) == changed.encode(encoding)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2), min_size=1))
def test_a_sheet_is_read_as_others_read_it(rows: list[list[str]]) -> None:
    """What Python's own writer writes comes back, and byte by byte."""
    header = [["one", "two"]]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(header + rows)
    data = text.getvalue().encode()
    sheet = read_sheet(data)
    assert sheet.texts() == header + rows
    assert sheet.filled({}) == data


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04...", "is a spreadsheet, no CSV file"),
        (b'a,b\n1,"2\n3,4', "line 2: a quotation mark is not closed"),
        (b'a,b\r\n1,"2"x\r\n', "line 2: a quotation mark is not closed, or something follows"),
        (b"\xff\xfea", "is no utf-16-le, as it says"),
    ],
)
def test_sheets_that_cannot_be_kept(data: bytes, said: str) -> None:
    """Better no file than one whose cells have moved."""
    with pytest.raises(UsageError, match=said):
        read_sheet(data)


def test_other_encodings_lose_nothing() -> None:
    """A letter that the file's encoding lacks is written as HTML has it."""
    data = "Zoë,x".encode("cp1252")
    assert read_sheet(data).filled({(0, 1): "→"}) == "Zoë,&#8594;".encode("cp1252")
    assert read_sheet(b"\x81,\xe9").filled({}) == b"\x81,\xe9"
    assert written([["ö"]]) == "ö\r\n".encode()
