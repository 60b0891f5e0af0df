"""Who takes the course, from every platform's table."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.cohort.records import Student
from grader.cohort.roster import read_roster
from grader.errors import UsageError

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77),Current Score
    Points Possible,,,,,10,(read only)
,,,,,Manual Posting,
"Lovelace, Ada",101,S1,ada,A and B,9,90
"Hopper, Grace",102,,grace@x.edu,B,,
"Student, Test",103,,5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b,A,,
"""
MOODLE = """\
Bezeichner,Vollständiger Name,E-Mail-Adresse,Status,Bewertung
Teilnehmer/in17,Ada Lovelace,Ada@x.edu,Abgegeben,
Teilnehmer/in18,Grace Hopper,grace@x.edu,Abgegeben,
"""
GRADESCOPE = """\
First Name,Last Name,SID,Email,Role,Sections
Ada,Lovelace,007,ada@x.edu,Student,A
Grace,Hopper,,grace@x.edu,Student,B
Alan,Turing,1,alan@x.edu,Instructor,
"""
GITHUB = """\
"identifier","github_username","github_id","name"
"ada@x.edu","ada-l","1","Ada L"
"grace","","",""
"""


def roster(tmp_path: Path, text: str | bytes) -> tuple[Student, ...]:
    """What a file says."""
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_roster(path)


def test_canvas(tmp_path: Path) -> None:
    """Names as shown; its rows of points, of policies and its test student are nobody."""
    assert roster(tmp_path, CANVAS) == (
        Student(
            id="101",
            name="Lovelace, Ada",
            ids={"canvas": "101", "sis": "S1", "login": "ada"},
            section="A and B",
        ),
        Student(
            id="102",
            name="Hopper, Grace",
            ids={"canvas": "102", "login": "grace@x.edu"},
            section="B",
        ),
    )


def test_moodle_in_another_language(tmp_path: Path) -> None:
    """Participants are known by their cells, whatever the header says."""
    students = roster(tmp_path, MOODLE)
    assert students[0] == Student(
        id="Teilnehmer/in17",
        name="Ada Lovelace",
        email="Ada@x.edu",
        ids={"moodle": "17", "email": "Ada@x.edu"},
    )
    unknown = MOODLE.replace("Vollständiger Name", "Nafn").replace("E-Mail-Adresse", "Netfang")
    assert roster(tmp_path, unknown) == students
    english = MOODLE.replace("Bezeichner", "Identifier").replace("Teilnehmer/in", "Participant ")
    assert [s.ids["moodle"] for s in roster(tmp_path, english)] == ["17", "18"]


def test_numbers_with_a_letter_are_no_participants(tmp_path: Path) -> None:
    """An id is kept whole where the header says that it is one."""
    for header in ("ID", "Student ID", "Matrikelnummer"):
        (student,) = roster(tmp_path, f"{header},Name\ns123,Ada\n")
        assert student == Student(id="s123", name="Ada")


def test_moodle_participants(tmp_path: Path) -> None:
    """The list of participants has names in two columns, and no participant numbers."""
    text = "First name,Last name,ID number,Email address,Groups\nAda,Lovelace,,ada@x.edu,G1\n"
    (ada,) = roster(tmp_path, text)
    assert (ada.id, ada.name, ada.section) == ("ada@x.edu", "Ada Lovelace", "G1")


def test_gradescope(tmp_path: Path) -> None:
    """Staff are no students; leading zeros stay."""
    ada, grace = roster(tmp_path, GRADESCOPE)
    assert grace.id == "grace@x.edu"
    assert ada.ids == {"gradescope": "007", "email": "ada@x.edu"}
    assert (ada.id, ada.name, grace.section) == ("007", "Ada Lovelace", "B")


def test_github(tmp_path: Path) -> None:
    """The identifier is the id; a student without an account has no other."""
    ada, grace = roster(tmp_path, GITHUB)
    assert (ada.id, ada.name, ada.ids) == ("ada@x.edu", "Ada L", {"github": "ada-l"})
    assert (grace.id, grace.name, grace.ids) == ("grace", "grace", {})


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_table(tmp_path: Path, delimiter: str, encoding: str, ending: str) -> None:
    """Every delimiter, encoding and end of line that spreadsheets write."""
    rows = (("Matrikelnummer", "Name", "E-Mail"), ("7", '"Müller, Zoë"', "z@x.edu"))
    text = ending.join(delimiter.join(row) for row in rows) + ending
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    notes: list[str] = []
    (student,) = read_roster(path, notes.append)
    assert (student.id, student.name) == ("7", "Müller, Zoë")
    assert bool(notes) == (encoding == "latin-1")
    assert all("was read as Latin-1: look at the accents" in note for note in notes)


def test_what_excel_says_first(tmp_path: Path) -> None:
    """A first line that names the delimiter is no header."""
    (student,) = roster(tmp_path, "sep=;\nName;ID\nAda, the first;1\n")
    assert student == Student(id="1", name="Ada, the first")


def test_names_alone(tmp_path: Path) -> None:
    """Then they are the ids, and have to differ."""
    assert [s.id for s in roster(tmp_path, "Name\nAda\nBob\n")] == ["Ada", "Bob"]
    with pytest.raises(UsageError, match="rows 2 and 3 have the same id Ada"):
        roster(tmp_path, "Name\nAda\nAda\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("Student,ID,Section\n", "names no student"),
        ("a,b,c\n1,2,3\n", "has no column that says who a student is; its first row is a, b, c"),
        ("Name,ID\nAda,1\n\nBob,\n", "row 4 has no id"),
        ("Name,ID\nAda,x\nBob,X\n", "rows 2 and 3 have the same id X"),
        ("Name,ID,Email\nA,1,a@x\nB,2,A@X\n", "rows 2 and 3 have the same email A@X"),
        ("Name,ID\n" + "A,1\n" * 9, "and 3 more"),
        ("Name,ID\nA\0,1\n", "is no text"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is no text"),
        (b"\xff\xfeN", "is no text|has no column"),
        ('Name,ID\n"' + "x" * 200_000 + '",1\n', "is no CSV: field larger"),
    ],
)
def test_what_is_no_roster(tmp_path: Path, text: str | bytes, said: str) -> None:
    """The message says which rows, or what is wanted."""
    with pytest.raises(UsageError, match=said):
        roster(tmp_path, text)


def test_a_roster_that_is_not_there(tmp_path: Path) -> None:
    """Or is a folder."""
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(UsageError, match="cannot be read"):
            read_roster(path)


def test_hostile_cells(tmp_path: Path) -> None:
    """Formulas are kept as they are, for ids must match; what cannot be seen is written out."""
    (student,) = roster(tmp_path, "Name,ID\n=cmd|calc \u202e\x1b[31m,=1+1\n")
    assert student == Student(id="=1+1", name="=cmd|calc \\u202e\\x1b[31m")
    (long,) = roster(tmp_path, f"Name,ID\n{'x' * 9_000},1\n")
    assert len(long.name) == 200


@given(st.text(max_size=300) | st.binary(max_size=300))
@settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_anything(tmp_path: Path, text: str | bytes) -> None:
    """Students with different ids, or one error in words."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    for one in (data, b"Name,ID,Email\n" + data):
        try:
            students = roster(tmp_path, one)
        except UsageError as error:
            assert "roster.csv" in str(error)
        else:
            assert len({student.id for student in students}) == len(students) > 0
