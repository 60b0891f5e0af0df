"""The file for Canvas, imported by a model of Canvas's own importer."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cohort.canvas import canvas_csv
from grader.cohort.records import Standing, Student
from grader.errors import UsageError

# A name like a formula stands there as Canvas exports it: ="=cmd()".
EXPORT = """\
Student,ID,SIS User ID,SIS Login ID,Section,Notes,Homework 1 (501),"Quiz, (x) (502)",Final Score
,,,,,,Manual Posting,,
    Points Possible,,,,,,20,5,(read only)
"Ann, Zoë",101,s1,ann,A,likes cats,12.00,4,60.00
{formula},102,s2,@bob,"A, B",,,,0.00
"Cid, Cy",103,s3,cid,A,,EX,,
"Dee, Di",,s4,dee,A,,,,
"Student, Test",104,,test,A,,7.5,,
""".replace("{formula}", '"=""=cmd()"""')


@dataclass
class Canvas:
    """What lib/gradebook_importer.rb does with a file, as far as it matters here.

    Attributes:
        students: Canvas id → name.
        sis: SIS id → Canvas id.
        logins: login → Canvas id.
        assignments: id → title and points.
        grades: (student, assignment) → grade.
    """

    students: dict[int, str]
    sis: dict[str, int] = field(default_factory=dict)
    logins: dict[str, int] = field(default_factory=dict)
    assignments: dict[int, tuple[str, str]] = field(default_factory=dict)
    grades: dict[tuple[int, int], str] = field(default_factory=dict)

    def load(self, data: bytes) -> dict[tuple[str, str], str]:
        """The changes that Canvas would offer: (who, assignment) → grade."""
        text = data.decode("utf-8")
        lines = [next(csv.reader([line])) for line in text.splitlines()[:3]]
        semicolons = {len(line.split(";")) for line in text.splitlines()[:3]}
        assert len({len(line) for line in lines}) == 1
        assert semicolons == {1} or len(lines[0]) > max(semicolons)
        rows = list(csv.reader(io.StringIO(text, newline="")))
        header = rows[0]
        wide = self._columns_of_students(header)
        columns = {
            at: self._assignment(header[at])
            for at in range(wide, len(header))
            if not re.search(r"(Current|Final|Override) (Score|Points|Grade|Status)", header[at])
        }
        changes = {}
        for row in rows[1:]:
            if "Points Possible" in row[0]:
                for at, name in columns.items():
                    if row[at]:
                        changes["points", name] = row[at]
            elif not all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell) for cell in row):
                who = self._student(row, header)
                for at, name in columns.items():
                    if not self._is_same(row[at].strip(), self._grade(who, name)):
                        changes[who, name] = row[at]
        return changes

    def _columns_of_students(self, header: list[str]) -> int:
        both = header[:2] == ["LastName", "FirstName"]
        name = 2 if both else 1
        assert len(header) > (4 if both else 3), "Invalid header row"
        assert "ID" in header[name] and (both or "Student" in header[0]), "Invalid header row"
        wide = name + 2
        if re.match(r"SIS\s+Login\s+ID", header[name + 1]):
            wide += 1
        elif re.match(r"SIS\s+User\s+ID", header[name + 1]):
            assert re.match(r"SIS\s+Login\s+ID", header[name + 2])
            more = bool(re.match(r"Integration\s+ID", header[name + 3]))
            wide += 2 + more
            wide += bool(re.match(r"Root\s+Account", header[name + 3 + more]))
        assert "Section" in header[wide - 1], "Invalid header row"
        return wide

    def _assignment(self, header: str) -> str:
        match = re.fullmatch(r"(.*)\s\((\d+)\)", header)
        if match and int(match[2]) in self.assignments:
            return match[2]
        same = [str(n) for n, (title, _) in self.assignments.items() if title == header]
        return same[0] if same else f"new {header}"

    def _student(self, row: list[str], header: list[str]) -> str:
        number = row[header.index("ID")]
        if number.isdigit() and int(number) in self.students:
            return number
        for name, known in (("SIS User ID", self.sis), ("SIS Login ID", self.logins)):
            if name in header and row[header.index(name)] in known:
                return str(known[row[header.index(name)]])
        same = [str(n) for n, name in self.students.items() if name == row[0]]
        return same[0] if same else f"new {row[0]}"

    def _grade(self, who: str, assignment: str) -> str:
        if not (who.isdigit() and assignment.isdigit()):
            return ""
        return self.grades.get((int(who), int(assignment)), "")

    @staticmethod
    def _is_same(new: str, old: str) -> bool:
        if new == old or {new, old} <= {"", "-"}:
            return True
        if not new or not old or "EX" in (new.upper(), old.upper()):
            return False
        return f"{float(new):.2f}" == f"{float(old):.2f}"


@pytest.fixture
def canvas() -> Canvas:
    """The course that the export came from."""
    return Canvas(
        students={101: "Ann, Zoë", 102: "=cmd()", 103: "Cid, Cy", 104: "Student, Test"},
        sis={"s4": 105},
        assignments={501: ("Homework 1", "20"), 502: ("Quiz, (x)", "5")},
        grades={(101, 501): "12", (101, 502): "4", (103, 501): "EX", (104, 501): "7.5"},
    )


def row(number: int | str, score: float | None, most: float = 20, **ids: str) -> Standing:
    """A student with so many points."""
    known = {"canvas": str(number), **ids} if number else ids
    student = Student(id=str(number) or "x", name=f"N{number}", ids=known)
    return Standing(student=student, score=score, max_score=most)


def test_only_what_changed_changes(canvas: Canvas) -> None:
    """Grades arrive at the right students; excused, dropped and other grades stay."""
    filled = canvas_csv(
        EXPORT.encode(),
        [row(101, 17), row(102, 16.666666), row(103, 20), row(104, None), row("", 5, sis="s4")],
        "Homework 1 (501)",
    )
    assert canvas.load(filled.data) == {
        ("points", "501"): "20",
        ("101", "501"): "17",
        ("102", "501"): "16.67",
    }
    assert (filled.graded, filled.changed) == (2, 2)
    assert filled.left_out == (
        "N (x): no row of the export has an id of theirs",
        "Dee, Di: the export has no Canvas id for them",
        "N103 (103): Canvas has EX",
    )


def test_the_file_is_what_it_should_be() -> None:
    """Header and ids verbatim, one assignment, defused names, blanks where nothing is known."""
    filled = canvas_csv(EXPORT.encode(), [row(101, 12), row(102, 3)], "Homework 1 (501)")
    assert filled.data.decode() == (
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (501)\r\n"
        "    Points Possible,,,,,20\r\n"
        '"Ann, Zoë",101,s1,ann,A,12.00\r\n'
        '"\'=""=cmd()""",102,s2,\'@bob,"A, B",3\r\n'
        '"Cid, Cy",103,s3,cid,A,EX\r\n'
        '"Student, Test",104,,test,A,7.5\r\n'
    )
    assert (filled.graded, filled.changed) == (2, 1)
    assert "column ID, which is as it was" in " ".join(filled.notes)


def test_points_are_scaled_when_it_is_said(canvas: Canvas) -> None:
    """Otherwise a difference is refused; another worth is said."""
    data = EXPORT.encode()
    with pytest.raises(UsageError, match=r"at 20 points, and .* --only; --points 20 has"):
        canvas_csv(data, [row(101, 15, 30)], "Homework 1 (501)")
    same = canvas_csv(data, [row(101, 15, 30)], "Homework 1", Fraction(20))
    assert canvas.load(same.data)["101", "501"] == "10"
    other = canvas_csv(data, [row(101, 15, 30)], "Homework 1", Fraction(30))
    assert canvas.load(other.data)["points", "501"] == "30"
    assert other.notes[0] == "The import sets the assignment to 30 points."


def test_a_new_assignment(canvas: Canvas) -> None:
    """Canvas offers to make it, with the points of this class."""
    filled = canvas_csv(EXPORT.encode(), [row(101, 17)], "Homework 2")
    assert canvas.load(filled.data) == {
        ("points", "new Homework 2"): "20",
        ("101", "new Homework 2"): "17",
    }
    assert "offers to make it" in filled.notes[0]


def test_another_way_to_export() -> None:
    """Semicolons, decimal commas, a byte order mark, two columns of names, more ids."""
    export = (
        "\ufeffLastName;FirstName;ID;SIS User ID;SIS Login ID;Integration ID;Root Account;Section;"
        "Work (7)\r\n    Points Possible;;;;;;;;1.020,50\r\nAnn;Zoë;5;s;l;;x.org;A;1.000,25\r\n"
    )
    course = Canvas({5: ""}, assignments={7: ("Work", "")}, grades={(5, 7): "1000.25"})
    filled = canvas_csv(export.encode(), [row(5, 1000.25, 1020.5)])
    assert (filled.graded, filled.changed) == (1, 0)
    changed = canvas_csv(export.encode(), [row(5, 7.25, 1020.5)])
    assert course.load(changed.data)["5", "7"] == "7.25"


def test_ids_that_clash_are_left_out() -> None:
    """Two who claim a row, and an id that two rows have."""
    filled = canvas_csv(EXPORT.encode(), [row(101, 1), row("", 2, sis="s1")], "Homework 1")
    assert any("the row of the same id is N101 (101)'s" in said for said in filled.left_out)
    twice = EXPORT.replace("102,s2", "101,s2")
    filled = canvas_csv(twice.encode(), [row(101, 1)], "Homework 1")
    assert filled.graded == 0


@pytest.mark.parametrize(
    ("export", "assignment", "said"),
    [
        ("a,b\n1,2\n", "", "is no gradebook that Canvas exported"),
        ("", "", "is no gradebook that Canvas exported"),
        ("Student,ID,Mood,Section,A (1)\n", "", r"does not expect before Section \(Mood\)"),
        (EXPORT, "", r"has several assignments: Homework 1 \(501\), Quiz.*; say which with"),
        (EXPORT, "Homework 1 (510)", r"has no assignment .*did you mean Homework 1 \(501\)"),
        (EXPORT, "Final Score", "cannot have an assignment Final Score: Canvas passes it over"),
        (EXPORT, "=1+1", "cannot have an assignment '=1.1: a spreadsheet would run it"),
        (EXPORT.replace("Quiz, (x)", "Homework 1"), "Homework 1", "has 2 assignments called"),
        (EXPORT.replace(",20,", ",(read only),"), "Homework 1", "has that column as read only"),
    ],
)
def test_what_is_refused(export: str, assignment: str, said: str) -> None:
    """Another file, an assignment that is not there, one that Canvas would not read."""
    with pytest.raises(UsageError, match=said):
        canvas_csv(export.encode(), [row(101, 1)], assignment)


@given(
    # Canvas tells the delimiter by counting in the first lines; nobody has six of them in a name.
    st.lists(st.text(st.characters(codec="utf-8", exclude_characters=";")), min_size=3, max_size=3),
    st.one_of(st.none(), st.floats(0, 20)),
)
def test_hostile_names_reach_the_right_student(names: list[str], score: float | None) -> None:
    """Whatever the export holds, a grade goes to its id, and no cell is a formula."""
    text = io.StringIO(newline="")
    rows = [["Student", "ID", "Section", "H (1)"], ["    Points Possible", "", "", "20"]]
    rows += [[name, str(number), name, ""] for number, name in enumerate(names, start=1)]
    csv.writer(text).writerows(rows)
    filled = canvas_csv(text.getvalue().encode(), [row(2, score)])
    course = Canvas({1: "a", 2: "b", 3: "c"}, assignments={1: ("H", "20")})
    changes = course.load(filled.data)
    changes.pop(("points", "1"))
    assert set(changes) == (set() if score is None else {("2", "1")})
    for cells in csv.reader(io.StringIO(filled.data.decode(), newline="")):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)
