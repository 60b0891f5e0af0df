"""Pages of a class: harmless names, and each written once for what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.audience import students_view
from grader.cohort.engine import Done
from grader.cohort.records import Attempt, HandedIn, Standing, Student, Summary
from grader.cohort.reports import (
    INSTRUCTORS,
    STUDENTS,
    Pages,
    Wanted,
    draw,
    missing,
    name_for,
    remark,
)
from grader.cohort.store import FILE, Conditions, Store
from grader.errors import DlgradeError
from grader.result import Environment, Result, result_of

CONDITIONS = Conditions(course="c" * 64, grader="dlgrade 0")
ENVIRONMENT = Environment(
    dlgrade="0",
    python="3",
    torch="2",
    numpy="2",
    platform="Linux",
    seed=8_675_309,
    threads=1,
    isolation=(),
)
RESULT = result_of(ENVIRONMENT, [], [], 1.5)


def without_seed(result: Result) -> Result:
    """What students see in these tests."""
    environment = msgspec.structs.replace(result.environment, seed=0)
    return msgspec.structs.replace(result, environment=environment)


def page(result: Result, said: str) -> str:
    """A page in these tests."""
    return f"seed {result.environment.seed}, {result.duration_s} s{said}"


OPEN = Pages(partial(students_view, after_due=False), page)
CLOSED = Pages(without_seed, page)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a verdict for two students."""
    with Store(tmp_path / FILE) as store:
        store.keep(CONDITIONS, Done(digest="d", result=RESULT))
        store.keep(CONDITIONS, Done(digest="odd", problem="holds nothing"))
        yield store


def written(store: Store, folder: Path, how: Pages, *wanted: tuple[str, ...]) -> list[str]:
    """Which pages were missing and are written now."""
    todo = missing(store, CONDITIONS, folder, [Wanted(*each) for each in wanted], how)
    return sorted(page.wanted.name for page in draw(store, CONDITIONS, folder, todo, how, 1))


def test_a_page_is_written_until_it_is_there(store: Store, tmp_path: Path) -> None:
    """Not a second time; again if it is gone; and what has no verdict has no page."""
    wanted = (("ann.html", "d"), ("ben.html", "d"), ("eve.html", "odd"), ("zoe.html", "none"))
    assert written(store, tmp_path, OPEN, *wanted) == ["ann.html", "ben.html"]
    assert (tmp_path / STUDENTS / "ben.html").read_text() == "seed 8675309, 1.5 s"
    assert written(store, tmp_path, OPEN, *wanted) == []
    (tmp_path / STUDENTS / "ann.html").unlink()
    assert written(store, tmp_path, OPEN, *wanted) == ["ann.html"]
    assert not (tmp_path / INSTRUCTORS).exists()


def test_what_students_may_not_see_is_in_a_folder_of_its_own(store: Store, tmp_path: Path) -> None:
    """A page that was whole is written anew when students see less."""
    assert written(store, tmp_path, OPEN, ("ann.html", "d")) == ["ann.html"]
    assert written(store, tmp_path, CLOSED, ("ann.html", "d")) == ["ann.html"]
    assert (tmp_path / STUDENTS / "ann.html").read_text() == "seed 0, 1.5 s"
    assert (tmp_path / INSTRUCTORS / "ann.html").read_text() == "seed 8675309, 1.5 s"


def test_a_page_is_written_anew_when_the_gradebook_says_something_else(
    store: Store, tmp_path: Path
) -> None:
    """A rule that changes after a page was written reaches the page."""
    assert written(store, tmp_path, OPEN, ("ann.html", "d")) == ["ann.html"]
    assert written(store, tmp_path, OPEN, ("ann.html", "d", ", late")) == ["ann.html"]
    assert (tmp_path / STUDENTS / "ann.html").read_text() == "seed 8675309, 1.5 s, late"


def one_point_waits(result: Result) -> Result:
    """What students see while a case of one point waits for the due date."""
    return msgspec.structs.replace(result, max_score=result.max_score - 1)


def test_the_gradebook_gives_no_points_away_that_wait(store: Store, tmp_path: Path) -> None:
    """The instructor's page says all of it."""
    written(store, tmp_path, Pages(one_point_waits, page), ("ann.html", "d", ", late"))
    assert (tmp_path / STUDENTS / "ann.html").read_text() == "seed 8675309, 1.5 s"
    assert (tmp_path / INSTRUCTORS / "ann.html").read_text() == "seed 8675309, 1.5 s, late"


def standing(**known: Any) -> Standing:
    """A row of two attempts with 8 and 9 of 10 points, of which the second counts."""
    attempts = tuple(
        Attempt(
            handed_in=HandedIn(who="ann", digest="d", source=f"ann-{score}"),
            summary=Summary(status="failed", score=score, max_score=10.0),
        )
        for score in (8.0, 9.0)
    )
    row = {"counted": 1, "score": 9.0, "raw": 9.0, "max_score": 10.0, **known}
    return Standing(student=Student(id="ann", name="Ann"), attempts=attempts, **row)


@pytest.mark.parametrize(
    ("known", "place", "said"),
    [
        ({}, 1, ""),
        ({}, 0, "Another attempt counts in the gradebook."),
        ({"counted": None, "score": None}, 1, ""),
        ({"max_score": 20.0}, 1, "In the gradebook: 9 of 20 points."),
        (
            {"score": 8.1, "why": "It came 1 hour late; that takes 0.9 points, 10 % of 9."},
            1,
            "In the gradebook: 8.1 of 10 points. "
            "It came 1 hour late; that takes 0.9 points, 10 % of 9.",
        ),
    ],
)
def test_a_page_says_what_the_gradebook_makes_of_it(
    known: dict[str, Any], place: int, said: str
) -> None:
    """Nothing where its points are the page's."""
    assert remark(standing(**known), place) == said


def test_what_a_killed_process_left_is_swept(store: Store, tmp_path: Path) -> None:
    """A page that was half written is no page; other files stay."""
    folder = tmp_path / STUDENTS
    folder.mkdir()
    (folder / ".ann.html.x8d.tmp").write_text("half a")
    (folder / "notes.txt").write_text("mine")
    written(store, tmp_path, OPEN, ("ann.html", "d"))
    assert sorted(path.name for path in folder.iterdir()) == ["ann.html", "notes.txt"]


def test_a_place_that_cannot_be_written_is_said(store: Store, tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / STUDENTS).write_text("")
    with pytest.raises(DlgradeError, match=r"reports cannot be made: File exists"):
        written(store, tmp_path, OPEN, ("ann.html", "d"))


@pytest.mark.parametrize(
    ("student", "name"),
    [
        ("ann", "ann.html"),
        ("s0123456@uni.example", "s0123456@uni.example.html"),
        ("Łukasz", "Łukasz.html"),
    ],
)
def test_a_plain_name_is_kept(student: str, name: str) -> None:
    """Whoever looks for a page finds it by what the student is called."""
    assert name_for(student, 1, set()) == name


def test_each_attempt_has_a_page() -> None:
    """The first has the plain name, now and when there is a second."""
    taken: set[str] = set()
    assert name_for("ann", 1, taken) == "ann.html"
    assert name_for("ann", 2, taken) == "ann-2.html"
    names = {name_for("ann-2", 1, taken), *(name_for("ann", 1, taken) for _ in range(3))}
    assert len(names - {"ann.html", "ann-2.html"}) == 4


def test_names_that_differ_in_case_do_not_share_a_page() -> None:
    """Not every file system tells them apart."""
    taken: set[str] = set()
    names = [name_for(student, 1, taken) for student in ("ann", "Ann", "ANN")]
    assert len({name.casefold() for name in names}) == 3


HOSTILE = [
    "字" * 300,
    "../x",
    "/etc/passwd",
    "C:\\x",
    "",
    ".",
    "..",
    "a/b",
    "x" * 300,
    "\u202egnp.exe",
    "\0",
]


@pytest.mark.parametrize("student", [*HOSTILE, "a\nb", "=cmd|x", "\ud800", "-rf", ".hidden"])
def test_no_name_leads_elsewhere(student: str) -> None:
    """A single, visible name that a file system takes and a shell does not take for an option."""
    name = name_for(student, 1, set())
    assert Path(name).name == name
    assert name.isprintable()
    assert name[0] not in ".-"
    assert len(name.encode()) < 230  # while it is written, it has another name
    assert name.endswith(".html")


@pytest.mark.parametrize("student", ["CON", "nul", "con.txt", "Lpt1.x.y", "aux"])
def test_no_page_is_called_like_a_device(student: str) -> None:
    """Windows takes a file of that name for one, whatever follows the first dot."""
    name = name_for(student, 1, set())
    assert name.startswith(f"student-{student}-")
    assert name_for(f"a{student}", 1, set()) == f"a{student}.html"


@given(st.lists(st.text(), unique=True, max_size=8))
def test_no_two_students_share_a_page(students: list[str]) -> None:
    """Whatever they are called."""
    taken: set[str] = set()
    names = [name_for(student, 1, taken) for student in students]
    assert len({name.casefold() for name in names}) == len(names)
