"""Files for Moodle, imported by a model of Moodle's own importers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cohort.moodle import moodle_csv, moodle_worksheet
from grader.cohort.records import Standing, Student
from grader.errors import UsageError

WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    'Participant 11,"Ann ""Z"" Zoë",Ann@x.org,Submitted,,20.00,Yes,"Sunday, 1 March",-,\n'
    'Participant 12,=cmd(),bob@x.org,Submitted,12.00,20.00,Yes,-,-,"Well, done"\n'
    'Participant 13,Cid,cid@x.org,"No submission",,20.00,Yes,-,-,\n'
)
GERMAN = (
    "ID;Vollständiger Name;E-Mail-Adresse;Status;Bewertung;Bestwertung;Änderbar;"
    "Zuletzt geändert (Abgabe);Zuletzt geändert (Bewertung);Feedback als Kommentar\r\n"
    'Teilnehmer/in11;"Ann";ann@x.org;Abgegeben;;20,00;Ja;-;-;""\r\n'
    'Teilnehmer/in12;"Bob";bob@x.org;Abgegeben;"3,00";20,00;Ja;-;-;""\r\n'
)


def row(
    number: int | str,
    score: float | None,
    most: float = 20,
    email: str = "",
    why: str = "",
    **ids: str,
) -> Standing:
    """A student with so many points."""
    known = {"moodle": str(number), **ids} if number else ids
    name = f"N{number}"
    student = Student(id=str(number) or email or "x", name=name, email=email, ids=known)
    return Standing(student=student, score=score, max_score=most, why=why)


def imported(
    data: bytes,
    names: tuple[str, str, str, str] = (
        "Identifier",
        "Grade",
        "Last modified (grade)",
        "Feedback comments",
    ),
    word: str = "Participant ",
    decimal: str = ".",
    delimiter: str = ",",
    most: float = 20,
) -> dict[int, tuple[float | None, str]]:
    """What mod/assign/feedback/offline/importgradeslib.php makes of a worksheet."""
    text = re.sub("\r\n?", "\n", data.decode("utf-8-sig")).strip()
    header, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    assert all(len(cells) == len(header) for cells in rows), "csvweirdcolumns"
    record, grade, modified, comment = (header.index(name) for name in names)
    assert modified >= 0
    found: dict[int, tuple[float | None, str]] = {}
    for cells in rows:
        number = int(cells[record][len(word) :])
        value = cells[grade].replace(" ", "").replace(decimal, ".")
        points = float(value) if value else None
        assert points is None or 0 <= points <= most, "out of range: Moodle passes over it"
        found[number] = (points, cells[comment])
    return found


def test_the_worksheet_comes_back_as_it_was() -> None:
    """Only grades and empty feedback change, byte by byte."""
    data = WORKSHEET.encode()
    filled = moodle_worksheet(
        data, [row(11, 16.666666, why="It came 1 day late."), row(12, 15, why="Fine."), row(14, 3)]
    )
    assert filled.data.decode() == WORKSHEET.replace(
        'Submitted,,20.00,Yes,"Sunday, 1 March",-,',
        'Submitted,16.67,20.00,Yes,"Sunday, 1 March",-,It came 1 day late.',
    ).replace("12.00", "15")
    assert imported(filled.data) == {
        11: (16.67, "It came 1 day late."),
        12: (15.0, "Well, done"),
        13: (None, ""),
    }
    assert (filled.graded, filled.changed) == (2, 2)
    assert filled.left_out == (
        "N14 (14): no row of the worksheet has an id or the address of theirs",
    )
    assert filled.notes == ("1 row had feedback already, which was kept.",)


def test_nothing_to_say_changes_nothing() -> None:
    """Nobody known, no points, or the same points: the same bytes."""
    data = b"\xef\xbb\xbf" + WORKSHEET.replace("\n", "\r\n").encode()
    for standings in ([], [row(11, None, why="Nothing was handed in.")], [row(12, 12)]):
        assert moodle_worksheet(data, standings).data == data


def test_another_language() -> None:
    """German headers, semicolons, decimal commas, identifiers without a space."""
    filled = moodle_worksheet(
        GERMAN.encode(), [row(11, 16.5, why="Gut & <b>schön</b>"), row(12, 3)]
    )
    assert filled.data.decode() == GERMAN.replace(
        'Abgegeben;;20,00;Ja;-;-;""',
        'Abgegeben;16,5;20,00;Ja;-;-;"Gut &amp; &lt;b&gt;schön&lt;/b&gt;"',
    )
    names = ("ID", "Bewertung", "Zuletzt geändert (Bewertung)", "Feedback als Kommentar")
    read = imported(filled.data, names, "Teilnehmer/in", ",", ";")
    assert (read[11][0], read[12][0]) == (16.5, 3.0)
    assert (filled.graded, filled.changed) == (2, 1)


def test_a_language_that_nobody_listed() -> None:
    """The grade is left of the column that says the same maximum in every row."""
    text = WORKSHEET.replace("Grade,", "Gradus,").replace("Feedback comments", "Verba")
    filled = moodle_worksheet(text.encode(), [row(11, 17, why="Late.")])
    assert filled.data.decode() == text.replace("Submitted,,", "Submitted,17,")
    assert filled.notes == ("The worksheet has no column for feedback, so none was written.",)


def test_a_grade_with_a_comma_is_quoted() -> None:
    """In a file whose cells are parted by commas."""
    text = WORKSHEET.replace("12.00", '"12,00"').replace("20.00", '"20,00"')
    filled = moodle_worksheet(text.encode(), [row(11, 16.5), row(12, 12)])
    assert filled.data.decode() == text.replace("Submitted,,", 'Submitted,"16,5",')


def test_students_are_found_by_id_and_address() -> None:
    """The id counts first; where they contradict each other nobody gets a grade."""
    data = WORKSHEET.encode()
    assert imported(moodle_worksheet(data, [row("", 7, email="ANN@x.org")]).data)[11][0] == 7
    whole = row("Participant 12", 8)
    assert imported(moodle_worksheet(data, [whole]).data)[12][0] == 8
    other = moodle_worksheet(data, [row(12, 8, email="ann@x.org")])
    assert (other.data, other.graded) == (data, 0)
    assert "id and address are in different rows (2, 1)" in other.left_out[0]
    twice = moodle_worksheet(data, [row(11, 8), row("", 9, email="ann@x.org")])
    assert imported(twice.data)[11][0] == 8
    assert "their row is N11 (11)'s as well" in twice.left_out[0]
    same = moodle_worksheet(data.replace(b"Participant 13", b"Participant 11"), [row(11, 8)])
    assert same.graded == 0


def test_points_are_scaled_when_it_is_said() -> None:
    """Moodle silently passes over a grade above its maximum, so it never gets one."""
    data = WORKSHEET.encode()
    with pytest.raises(UsageError, match=r"at 20 points, and .* --only; --points 20 has"):
        moodle_worksheet(data, [row(11, 15, 30)])
    filled = moodle_worksheet(data, [row(11, 15, 30)], Fraction(20))
    assert imported(filled.data)[11][0] == 10
    with pytest.raises(UsageError, match="worth 20 points, and --points says 30; change it in"):
        moodle_worksheet(data, [row(11, 15, 30)], Fraction(30))
    scale = WORKSHEET.replace("20.00", '"Good\nBad"')
    with pytest.raises(UsageError, match=r"how many points .* \(a scale has none\)"):
        moodle_worksheet(scale.encode(), [row(11, 15)])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no grading worksheet of Moodle"),
        ("a,b\n1,2\n", "no column has an identifier such as 'Participant 17' in every row"),
        (WORKSHEET.replace("Grade,", "X,").replace("20.00", "x"), "which column is the grade's"),
        (WORKSHEET.replace("Status", "Grade"), "which column is the grade's; download it again"),
        (WORKSHEET + '"', "line 5: a quotation mark is not closed"),
    ],
)
def test_what_is_refused(text: str, said: str) -> None:
    """Another file, and one whose columns cannot be told."""
    with pytest.raises(UsageError, match=said):
        moodle_worksheet(text.encode(), [row(11, 1)])


def test_a_row_that_is_cut_off_is_left_alone() -> None:
    """And said, for Moodle may refuse the file; blank lines at the end are all right."""
    cut = moodle_worksheet((WORKSHEET + "Participant 14,x\n\n").encode(), [row(14, 2)])
    assert cut.data.decode() == WORKSHEET + "Participant 14,x\n\n"
    assert cut.notes == (
        "Row 5 has 2 cells where the header has 10; it was left as it is, and Moodle may refuse "
        "the file.",
    )
    assert moodle_worksheet((WORKSHEET + "\n\n").encode(), []).notes == ()


@given(
    st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=4),
    st.lists(st.one_of(st.none(), st.floats(0, 20)), min_size=4, max_size=4),
)
def test_hostile_names_keep_their_rows(names: list[str], scores: list[float | None]) -> None:
    """Whatever the worksheet holds, grades are where they belong and all else is as it was."""
    text = io.StringIO(newline="")
    header = ["Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)"]
    rows = [[f"Participant {n}", name, "", "20.00", "-", ""] for n, name in enumerate(names)]
    csv.writer(text).writerows([[*header, "Feedback comments"], *rows])
    data = text.getvalue().encode()
    standings = [row(str(n), score, why="Fine.") for n, score in enumerate(scores)]
    filled = moodle_worksheet(data, standings)
    before, after = (_cells(each) for each in (data, filled.data))
    for line, (old, new) in enumerate(zip(before, after, strict=True)):
        kept = (0, 1, 3, 4)
        assert [old[at] for at in kept] == [new[at] for at in kept]
        if line:
            score = scores[line - 1]
            assert (new[2] == "") == (score is None)
            assert score is None or abs(float(new[2]) - score) <= 0.0051


def _cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def useremails(data: bytes, known: Iterable[str]) -> dict[str, tuple[str, str]]:
    """What Moodle's grade import does, mapped by address: small and capitals matter."""
    rows = csv.DictReader(io.StringIO(data.decode(), newline=""))
    return {
        cells["Email address"]: (cells["Grade"], cells["Feedback"])
        for cells in rows
        if cells["Email address"] in set(known)
    }


def test_a_file_for_the_grade_import() -> None:
    """Address as given, grade and feedback together, no row that would erase a grade."""
    filled = moodle_csv(
        [
            row(11, 15, 30, "Ann@X.org", "It came 1 day late; that takes 2 points, 10 % of 20."),
            row(12, None, 30, "bob@x.org", "Nothing was handed in."),
            row(13, 30, 30, sis="0042"),
            Standing(student=Student(id="0099", name="Di"), score=6, max_score=30),
            row(14, 3, 30),
            row(15, 3, 30, "=cmd()@x.org"),
        ],
        Fraction(100),
    )
    assert filled.data.decode() == (
        "Email address,ID number,Full name,Grade,Feedback\r\n"
        'Ann@X.org,,N11,50,"It came 1 day late; that takes 2 points, 10 % of 20."\r\n'
        ",0042,N13,100,\r\n"
        ",0099,Di,20,\r\n"
    )
    assert useremails(filled.data, ["Ann@X.org", "bob@x.org"]) == {
        "Ann@X.org": ("50", "It came 1 day late; that takes 2 points, 10 % of 20.")
    }
    assert filled.left_out == (
        "N14 (14): neither an address nor an ID number is known",
        "N15 (15): a spreadsheet would run their address or ID; enter it by hand",
    )
    assert filled.graded == 3
    assert "2 rows have no address" in filled.notes[1]
