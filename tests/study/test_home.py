"""The learner's folder: making it, finding it, and never mistaking another for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.course import Course
from grader.errors import UsageError
from grader.home import Home, find, make, sought
from grader.progress import change


def names(folder: Path) -> list[str]:
    """The files below a folder."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_everything_for_learners_is_copied(course: Course, tmp_path: Path) -> None:
    """Stubs, lessons and quizzes; not what Python and editors leave behind."""
    copied = make(course, tmp_path / "mine")
    wanted = ["double.py", "quiz.toml", "README.md"]
    assert names(tmp_path / "mine") == sorted(
        [*(f"arithmetic/{name}" for name in wanted), "second/twice.py"]
    )
    assert (copied.made, copied.kept) == (4, 0)


def test_nothing_is_overwritten(course: Course, tmp_path: Path) -> None:
    """Not a file, not a link that leads nowhere; what is missing is filled in."""
    mine = tmp_path / "mine"
    make(course, mine)
    (mine / "arithmetic" / "double.py").write_text("my work")
    (mine / "second" / "twice.py").unlink()
    (mine / "second" / "twice.py").symlink_to("nowhere")
    (mine / "arithmetic" / "quiz.toml").unlink()
    copied = make(course, mine)
    assert (copied.made, copied.kept) == (1, 3)
    assert (mine / "arithmetic" / "double.py").read_text() == "my work"
    assert os.readlink(mine / "second" / "twice.py") == "nowhere"


@pytest.mark.parametrize("own", ["exercises", "solutions", "exercises/arithmetic", "a link"])
def test_the_course_itself_is_no_home(course: Course, tmp_path: Path, own: str) -> None:
    """Nobody works in the course's own folders, by whatever name they are called."""
    root = course.exercises.parent
    if own == "a link":
        (root / own).symlink_to(course.exercises)
    before = names(root)
    with pytest.raises(UsageError, match=r"the course's own .*dlgrade init my-exercises"):
        make(course, root / own)
    assert names(root) == before
    assert sought(course, root) is None


def test_a_file_in_the_way(course: Course, tmp_path: Path) -> None:
    """What cannot be made is said with the reason."""
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "arithmetic").write_text("a file")
    with pytest.raises(UsageError, match=r"the folder .*arithmetic cannot be made: "):
        make(course, mine)


@pytest.mark.parametrize(
    ("start", "folder"),
    [
        ("", "exercises"),
        ("exercises", ""),
        ("exercises/arithmetic", ".."),
        ("exercises/arithmetic/deeper", "../.."),
        ("notes", "../exercises"),
    ],
)
def test_it_is_found_from_around_it(
    home: Home, monkeypatch: pytest.MonkeyPatch, start: str, folder: str
) -> None:
    """From the folder above, from within, and from beside it; named as seen from there."""
    place = home.folder.parent / start
    place.mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(place)
    found = find(home.course)
    assert found.folder == Path(folder)
    assert os.path.samefile(found.folder, home.folder)


def test_a_folder_that_is_called_like_a_topic(course: Course, tmp_path: Path) -> None:
    """It takes a file of the course, or a progress file, to make a home."""
    (tmp_path / "arithmetic").mkdir()
    with pytest.raises(UsageError, match="run: dlgrade init"):
        find(course, tmp_path)
    change(tmp_path, lambda progress: progress)
    assert find(course, tmp_path).folder == tmp_path


def test_an_odd_name(course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces, accents and a name from right to left."""
    place = tmp_path / "mes \u00e9tudes \u05d0\u05d1"
    make(course, place)
    monkeypatch.chdir(place / "second")
    assert os.path.samefile(find(course).folder, place)
