"""What a grading teaches the progress, and how far that says a learner is."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.home import Home
from grader.progress import Card, Progress, Studied, change, digest
from grader.result import (
    Case,
    Diagnosis,
    Environment,
    Exercise,
    ExerciseStatus,
    Quiz,
    Result,
)
from grader.study import Standing, digests, due, next_of, remember, standings
from grader.submission import collect

LABEL = "arithmetic/double"
ENVIRONMENT = Environment(
    dlgrade="0", python="3", torch="2", numpy="2", platform="x", seed=0, threads=1, isolation=()
)


def exercise(status: ExerciseStatus, score: float = 0.0, *mistakes: str) -> Exercise:
    """The record of an exercise whose cases were failed by these mistakes, two cases each."""
    cases = tuple(
        Case(
            name=f"{mistake}_{number}",
            title="t",
            function="double",
            status="failed",
            score=0.0,
            max_score=1.0,
            diagnosis=Diagnosis(mistake=mistake, title="does", hint="look"),
        )
        for mistake in mistakes
        for number in range(2)
    )
    return Exercise(
        name="double",
        topic="arithmetic",
        title="Doubling",
        asks="",
        file="double.py",
        line=None,
        status=status,
        score=score,
        max_score=7.0,
        duration_s=0.0,
        cases=cases,
    )


def result(*parts: Exercise | Quiz) -> Result:
    """A result of these parts."""
    return Result(
        score=0.0,
        max_score=0.0,
        status="failed",
        environment=ENVIRONMENT,
        exercises=tuple(part for part in parts if isinstance(part, Exercise)),
        quizzes=tuple(part for part in parts if isinstance(part, Quiz)),
    )


def test_a_verdict_is_remembered_for_its_text() -> None:
    """Status, points, the text they hold for, and that it passed once whatever comes later."""
    known = remember(Progress(), result(exercise("passed", 7.0)), {LABEL: "one"})
    known = remember(known, result(exercise("partial", 2.0)), {LABEL: "two"})
    assert known.of(LABEL) == Studied(
        digest="two", status="partial", score=2.0, max_score=7.0, passed=True
    )


def test_what_was_not_asked_about_is_left_out() -> None:
    """Files that lie elsewhere teach nothing, and what is known of others stays."""
    before = Progress().with_("a/b", Studied(hints=2))
    assert remember(before, result(exercise("passed", 7.0)), {}) == before
    after = remember(before, result(exercise("passed", 7.0)), {LABEL: "one"})
    assert after.of("a/b").hints == 2


def test_a_mistake_counts_once_for_a_text() -> None:
    """However many cases it failed and however often the same text is judged."""
    known = Progress()
    for text in ("one", "one", "two"):
        known = remember(known, result(exercise("partial", 1.0, "once")), {LABEL: text})
    assert (known.of(LABEL).mistakes, known.of(LABEL).recognised) == ({"once": 2}, ("once",))
    known = remember(known, result(exercise("partial", 1.0, "once", "other")), {LABEL: "two"})
    assert known.of(LABEL).mistakes == {"once": 2, "other": 1}
    known = remember(known, result(exercise("passed", 7.0)), {LABEL: "three"})
    assert known.of(LABEL).mistakes == {"once": 2, "other": 1}
    assert known.of(LABEL).recognised == ()


def test_a_fault_of_the_grader_teaches_nothing() -> None:
    """Neither about an exercise nor about a quiz."""
    quiz = Quiz(
        name="arithmetic/quiz",
        topic="arithmetic",
        title="t",
        file="quiz.toml",
        line=None,
        status="grader_error",
        score=0.0,
        max_score=0.0,
        questions=(),
    )
    said = result(exercise("grader_error"), quiz)
    assert remember(Progress(), said, {LABEL: "one", "arithmetic/quiz": "two"}) == Progress()
    passed = result(replace(quiz, status="passed", score=2.0, max_score=2.0))
    known = remember(Progress(), passed, {"arithmetic/quiz": "two"})
    assert known.of("arithmetic/quiz").passed


def state(home: Home, label: str = LABEL) -> str:
    """The state of one exercise with the progress that is in the folder."""
    return by_label(home)[label].state


def by_label(home: Home) -> dict[str, Standing]:
    """How far the learner is with each, by label."""
    from grader.progress import read

    return {one.entry.label: one for one in standings(home, read(home.folder))}


def judge(home: Home, source: bytes, status: ExerciseStatus) -> None:
    """Remembers a verdict on a text."""
    said = result(exercise(status))
    change(home.folder, lambda known: remember(known, said, {LABEL: digest(source)}))


def test_the_states_of_a_file(home: Home) -> None:
    """Untouched, begun, judged, changed, put back, unreadable."""
    file = home.folder / "arithmetic" / "double.py"
    stub = file.read_bytes()
    assert state(home) == "not_started"
    file.write_bytes(b"x = 1\n")
    assert state(home) == "begun"
    judge(home, b"x = 1\n", "failed")
    assert state(home) == "failed"
    file.write_bytes(b"x = 2\n")
    assert state(home) == "changed"
    judge(home, b"x = 2\n", "passed")
    assert state(home) == "passed"
    file.write_bytes(b"x = 2\r\n\r\n")
    assert state(home) == "passed"
    file.write_bytes(stub.replace(b"\n", b"\r\n"))
    assert state(home) == "not_started"
    file.unlink()
    assert state(home) == "not_started"
    file.symlink_to(home.course.exercises / "arithmetic" / "double.py")
    assert state(home) == "error"


def test_a_notebook_in_the_folder(home: Home) -> None:
    """It stands for its exercise as long as the stub beside it is untouched."""
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "def double(x):\n    x"}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (home.folder / "arithmetic" / "double.ipynb").write_text(json.dumps(book))
    assert state(home) == "begun"
    found = digests(collect(home.course, [home.folder]))[home.folder]
    change(home.folder, lambda known: remember(known, result(exercise("passed")), found))
    assert state(home) == "passed"


def test_what_comes_next(home: Home) -> None:
    """What was begun before what was not, in the course's order; nothing when all pass."""
    known = standings(home, Progress())
    assert [one.entry.label for one in known] == [LABEL, "arithmetic/quiz", "second/twice"]
    later = [known[0], known[1], _as(known[2], "changed")]
    for listed, label in ((known, LABEL), (later, "second/twice")):
        standing = next_of(listed)
        assert standing is not None
        assert standing.entry.label == label
    assert next_of([_as(one, "passed") for one in known]) is None


def _as(standing: Standing, state: str) -> Standing:
    return Standing(standing.entry, state, standing.studied, standing.file)  # type: ignore[arg-type]


def test_where_progress_is_kept(home: Home, tmp_path: Path) -> None:
    """Only files in a folder with a progress file, under their own names, count."""
    inside = collect(home.course, [home.folder])
    assert set(digests(inside)) == {home.folder}
    assert set(digests(inside)[home.folder]) == {LABEL, "arithmetic/quiz", "second/twice"}
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(home.folder, elsewhere)
    (elsewhere / ".dlgrade.json").unlink()
    assert digests(collect(home.course, [elsewhere])) == {}
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", home.folder))
    assert digests(collect(home.course, [packed])) == {}
    loose = home.folder / "double.py"
    loose.write_text("x = 1\n")
    assert digests(collect(home.course, [loose])) == {}


@pytest.mark.parametrize("way", ["arithmetic", "arithmetic/double.py", "arithmetic/../arithmetic"])
def test_a_part_of_the_folder(home: Home, way: str) -> None:
    """A topic or a file of the folder counts as the folder's."""
    found = digests(collect(home.course, [home.folder / way]))
    (labels,) = found.values()
    assert LABEL in labels


def test_a_home_that_is_a_link(home: Home, tmp_path: Path) -> None:
    """A link that the learner made to their folder leads to the same progress."""
    link = tmp_path / "link"
    link.symlink_to(home.folder)
    assert set(digests(collect(home.course, [link]))) == {link}


def test_what_is_due(home: Home) -> None:
    """Cards of this course whose time has come; times that are none do not count."""
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    soon = now + timedelta(days=3)
    cards = {
        LABEL: Card(due=(now - timedelta(hours=1)).isoformat()),
        "arithmetic/quiz#one": Card(due=now.isoformat()),
        "arithmetic/quiz#number": Card(due=soon.isoformat()),
        "second/twice": Card(due="2026-01-01T00:00:00"),
        "gone/away": Card(due="2020-01-01T00:00:00+00:00"),
        "second/quiz#x": Card(due="soon"),
    }
    assert due(Progress(cards=cards), home.course, now) == (2, soon)
    assert due(Progress(), home.course, now) == (0, None)
