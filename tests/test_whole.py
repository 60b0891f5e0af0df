"""What `check --whole` reads: everything that was asked for, handed in or not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.course import Course
from grader.errors import UsageError
from grader.submission import collect, collect_whole


@pytest.fixture
def one_of_two(course: Course, tmp_path: Path) -> Path:
    """A folder with one file of two."""
    folder = tmp_path / "flat"
    folder.mkdir()
    shutil.copyfile(course.solutions / "arithmetic" / "double.py", folder / "double.py")
    return folder


def missing(course: Course, path: Path, *only: str) -> dict[str, bool]:
    """Label → whether it is missing."""
    return {one.entry.label: one.missing for one in collect_whole(course, [path], only)}


def test_what_is_not_there_is_missing(course: Course, one_of_two: Path) -> None:
    """While plain `check` grades what it was given."""
    assert [one.entry.name for one in collect(course, [one_of_two])] == ["double"]
    assert missing(course, one_of_two) == {
        "arithmetic/double": False,
        "arithmetic/quiz": True,
        "second/twice": True,
    }
    assert missing(course, one_of_two, "second") == {"second/twice": True}


def test_an_archive_is_read_alike(course: Course, one_of_two: Path) -> None:
    """As students upload it."""
    made = Path(shutil.make_archive(str(one_of_two), "zip", one_of_two))
    assert missing(course, made, "double", "twice") == missing(
        course, one_of_two, "double", "twice"
    )


def test_nothing_of_the_course_is_all_missing(course: Course, tmp_path: Path) -> None:
    """A wrong name is a student's fault, not one of whoever runs the command."""
    (tmp_path / "essay").mkdir()
    (tmp_path / "essay" / "notes.txt").write_text("hello")
    assert set(missing(course, tmp_path / "essay").values()) == {True}


def test_what_is_wrong_with_the_command_is_said(course: Course, one_of_two: Path) -> None:
    """Two paths, none that is there, an unknown name."""
    for paths, only, said in [
        ([one_of_two, one_of_two], (), "one folder or archive; name one path"),
        ([one_of_two / "gone.zip"], (), "does not exist"),
        ([one_of_two], ("doubel",), "did you mean 'double'"),
    ]:
        with pytest.raises(UsageError, match=said):
            collect_whole(course, paths, only)
