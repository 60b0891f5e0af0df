"""Whose a submission is: by ids, by names that only one has, never by a guess."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from grader.cohort.records import HandedIn, Student
from grader.cohort.roster import match, roster_of


def student(id_: str, name: str, **ids: str) -> Student:
    """Somebody of the roster."""
    return Student(id=id_, name=name, email=ids.get("email", ""), ids=ids)


def came(who: str, name: str = "", **ids: str) -> HandedIn:
    """A submission."""
    return HandedIn(source=who, digest="0" * 64, who=who, ids=ids, name=name)


def owner(roster: list[Student], one: HandedIn) -> str:
    """The id of whose it is; empty if it is nobody's."""
    (found,) = match(roster, [one]).owners
    return found.id if found else ""


ADA = student("101", "Lovelace, Ada", canvas="101", sis="S1", login="ada")
GRACE = student("102", "Hopper, Grace", canvas="102", sis="S2", login="grace@x.edu")
CLASS = [ADA, GRACE]


def test_by_ids() -> None:
    """Of the same kind first; a number of one platform is none of another."""
    assert owner(CLASS, came("x", canvas="102")) == "102"
    assert owner(CLASS, came("x", moodle="102")) == ""
    assert owner([student("17", "Bo", moodle="17")], came("x", moodle="17")) == "17"
    assert owner(CLASS, came("x", gradescope="s1")) == "101"
    assert owner(CLASS, came("x", email="Grace@x.edu")) == "102"
    assert owner([student("a", "A", email="A@x.edu")], came("x", email="a@X.edu")) == "a"


def test_by_what_a_folder_is_called() -> None:
    """An id, a login, an address, or the full name."""
    for who in ("101", "S1", "ADA", "Ada Lovelace", "lovelace_ada", "lovelaceada", "Adá LOVELACE"):
        assert owner(CLASS, came(who)) == "101", who
    assert owner(CLASS, came("grace@x.edu")) == "102"
    assert owner(CLASS, came("Ada")) == "101"
    assert owner(CLASS, came("Grace")) == ""


def test_names_in_other_alphabets() -> None:
    """Accents, case, order and letters with strokes."""
    roster = [
        student("1", "Łukasz Ørsted-Müller"),
        student("2", "王 芳"),
        student("3", "Đặng Thị Ý"),
    ]
    assert owner(roster, came("orsted muller, lukasz")) == "1"
    assert owner(roster, came("王芳")) == "2"
    assert owner(roster, came("dangthiy")) == "3"


def test_two_that_fit_are_not_guessed() -> None:
    """The instructor is told between whom."""
    roster = [student("1", "Ada Lovelace"), student("2", "LOVELACE, Adá"), student("3", "Bob")]
    found = match(roster, [came("ada-lovelace"), came("Bob")])
    assert [one and one.id for one in found.owners] == [None, "3"]
    (why,) = found.unmatched
    assert why.why == "its name fits 2 students, such as 1 and 2"
    assert [one.id for one in found.absent] == ["1", "2"]


def test_an_id_that_differs_is_stronger_than_a_name() -> None:
    """Somebody of the same name who left the course is not somebody who is there."""
    found = match(CLASS, [came("lovelaceada", canvas="999")])
    assert found.owners == (None,)
    assert found.unmatched[0].why == (
        "it could be of 101 (Lovelace, Ada), but the ids or names differ"
    )


def test_teams_of_moodle_are_no_participants() -> None:
    """Both are numbered; the name tells them apart."""
    roster = [student("17", "Ada Lovelace", moodle="17")]
    assert owner(roster, came("Team Red", "Team Red", moodle="17")) == ""
    assert owner(roster, came("Group A-Ada Lovelace", "Group A-Ada Lovelace", moodle="17")) == "17"
    assert owner(roster, came("Participant 17", moodle="17")) == "17"
    hidden = [student("Participant 17", "Participant 17", moodle="17")]
    assert owner(hidden, came("Ada Lovelace", "Ada Lovelace", moodle="17")) == "Participant 17"


def test_the_end_of_a_clone_is_a_user() -> None:
    """Unless it could be of two."""
    roster = [student("1", "A", github="Bob"), student("2", "B", github="ada-bob")]
    assert owner(roster, came("hw1-bob")) == "1"
    assert owner(roster, came("hw1-ada-bob")) == ""
    assert owner(roster, came("x", github="ada-bob")) == "2"


def test_hints() -> None:
    """The nearest of those who handed nothing in; none where nothing is near."""
    found = match(CLASS, [came("ada lovelance"), came("zzz"), came("x", canvas="102")])
    assert [one.nearest for one in found.unmatched] == [ADA, None]
    assert found.unmatched[1].why == "no student of the roster has its ids or its name"
    assert found.absent == (ADA,)
    many = [student(str(n), f"name {n}") for n in range(2_000)]
    assert match(many, [came(f"nobody {n}") for n in range(2_000)]).owners == (None,) * 2_000


def test_without_a_roster_everybody_has_their_own() -> None:
    """Attempts of one are one student's; two of a name with two ids are two."""
    handed = [
        came("ada"),
        came("Ada"),
        came("ada"),
        came("José", "José", moodle="1"),
        came("José", "José", moodle="2"),
        came("Bo", "Bo", email="bo@x.edu"),
        came("=cmd|calc"),
    ]
    students = roster_of(handed)
    assert [one.id for one in students] == [
        "ada",
        "Ada",
        "José (moodle 1)",
        "José (moodle 2)",
        "Bo",
        "=cmd|calc",
    ]
    found = match([], handed)
    assert found.owners == tuple(students[place] for place in (0, 1, 0, 2, 3, 4, 5))
    assert found.unmatched == found.absent == ()


@given(
    st.lists(st.tuples(st.text(min_size=1, max_size=12), st.text(max_size=12)), max_size=12),
    st.randoms(),
)
def test_order_decides_nothing(pairs: list[tuple[str, str]], order: random.Random) -> None:
    """Neither that of the roster, nor that of the submissions; and nobody is invented."""
    roster = list({id_.casefold(): student(id_, name or id_) for id_, name in pairs}.values())
    handed = [came(who, name) for who, name in pairs]
    shuffled = [*roster]
    order.shuffle(shuffled)
    first, second = match(roster, handed), match(shuffled, handed)
    if roster:
        assert first.owners == second.owners
        assert set(map(repr, first.owners)) <= {*map(repr, roster), "None"}
    for one, found in zip(handed, match(roster, handed).owners, strict=True):
        assert match(roster, [one]).owners == (found,)
