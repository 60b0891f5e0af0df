"""Which files answer which exercise, and how they are read."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course import Course
from grader.errors import UsageError
from grader.submission import MAX_SOURCE_BYTES, Submitted, collect, folder

Collected = Callable[..., dict[str, Submitted]]


def put(folder: Path, label: str, text: str = "x = 1\n") -> Path:
    """Writes a learner's file."""
    path = folder / f"{label}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_mirror_answers_every_exercise(course: Course, tmp_path: Path) -> None:
    """What is missing from a mirror is in the result too, as missing."""
    put(tmp_path, "normalization/layer_norm")
    found = {s.entry.name: s for s in collect(course, [tmp_path]) if not s.entry.is_quiz}
    assert set(found) == {entry.name for entry in course.entries}
    assert found["layer_norm"].source == b"x = 1\n"
    assert found["kaiming"].missing
    assert found["kaiming"].fault == "there is no file initialization/kaiming.py"


def test_a_topic_answers_its_exercises(course: Course, tmp_path: Path) -> None:
    """Only what was asked for appears."""
    put(tmp_path, "normalization/layer_norm")
    found = collect(course, [tmp_path / "normalization"])
    labels = [s.entry.label for s in found if not s.entry.is_quiz]
    assert labels == ["normalization/layer_norm"]


def quiz(folder: Path) -> Path:
    """Writes a learner's quiz."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "quiz.toml").write_text("")
    return folder / "quiz.toml"


def test_a_quiz_belongs_to_its_topic(course: Course, tmp_path: Path) -> None:
    """A folder, a topic and the file itself include it; without a file it is missing."""
    path = quiz(tmp_path / "optimization")
    for named in (tmp_path, tmp_path / "optimization", path):
        quizzes = [s for s in collect(course, [named]) if s.entry.is_quiz]
        assert (quizzes[0].entry.label, quizzes[0].source) == ("optimization/quiz", b"")
    absent = collect(course, [tmp_path], ["initialization/quiz"])
    assert [(s.entry.label, s.missing) for s in absent] == [("initialization/quiz", True)]
    both = {s.entry.label for s in collect(course, [tmp_path], ["initialization"])}
    assert {"initialization/kaiming", "initialization/quiz"} <= both


def test_a_quiz_that_lies_nowhere(course: Course, tmp_path: Path) -> None:
    """Its topic is not guessed."""
    with pytest.raises(UsageError, match="lie in a topic's folder"):
        collect(course, [quiz(tmp_path / "elsewhere")])


def test_the_key_is_no_answer(course: Course) -> None:
    """The course's solutions can be graded; their quizzes are left out."""
    folders = (course.solutions, course.solutions / "optimization")
    assert not any(s.entry.is_quiz for folder in folders for s in collect(course, [folder]))


def test_a_file_is_matched_by_its_name(course: Course, tmp_path: Path) -> None:
    """By topic folder and name, or by name alone."""
    for path in (put(tmp_path, "normalization/layer_norm"), put(tmp_path, "layer_norm")):
        found = collect(course, [path])
        assert [s.entry.label for s in found] == ["normalization/layer_norm"]


def test_only_keeps_what_it_names(course: Course, tmp_path: Path) -> None:
    """--only narrows a mirror."""
    put(tmp_path, "normalization/layer_norm")
    found = collect(course, [tmp_path], ["kaiming", "normalization"])
    code = [s.entry.name for s in found if not s.entry.is_quiz]
    assert code == ["layer_norm", "kaiming"]


def test_a_near_file_name_is_offered(course: Course, tmp_path: Path) -> None:
    """A misspelt file is said to be there."""
    put(tmp_path, "normalization/layernorm")
    found = {s.entry.name: s for s in collect(course, [tmp_path])}
    assert found["layer_norm"].fault.endswith("there is layernorm.py: rename it")


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("layernorm", r"did you mean layer_norm\.py"),
        ("zzz", "its name must be an exercise's"),
    ],
)
def test_a_file_that_answers_nothing(course: Course, tmp_path: Path, label: str, said: str) -> None:
    """The near name is said."""
    with pytest.raises(UsageError, match=said):
        collect(course, [put(tmp_path, label)])


def test_paths_that_are_no_submission(course: Course, tmp_path: Path) -> None:
    """Each says what to do."""
    with pytest.raises(UsageError, match="does not exist"):
        collect(course, [tmp_path / "nothing"])
    for endless in ("x" * 300, "x" * 300 + ".zip", "a/" * 3000):
        with pytest.raises(UsageError, match="does not exist"):
            collect(course, [tmp_path / endless])
    os.symlink("circle", tmp_path / "circle")
    with pytest.raises(UsageError, match="is not a Python file"):
        collect(course, [tmp_path / "circle"])
    (tmp_path / "circle").unlink()
    text = tmp_path / "layer_norm.txt"
    text.write_text("")
    with pytest.raises(UsageError, match="is not a Python file"):
        collect(course, [text])
    with pytest.raises(UsageError, match="has none of the course's topics"):
        collect(course, [tmp_path])
    put(tmp_path / "exercises", "normalization/layer_norm")
    with pytest.raises(UsageError, match=r"did you mean .*exercises"):
        collect(course, [tmp_path])


def test_an_empty_folder_is_a_submission_of_nothing(course: Course, tmp_path: Path) -> None:
    """A student who hands in nothing gets nothing, not an error."""
    assert all(s.missing for s in collect(course, [tmp_path]))


def test_two_files_for_one_exercise(course: Course, tmp_path: Path) -> None:
    """Which one counts is not guessed."""
    one, two = put(tmp_path, "a/layer_norm"), put(tmp_path, "b/layer_norm")
    with pytest.raises(UsageError, match="both answer normalization/layer_norm"):
        collect(course, [one, two])
    assert len(collect(course, [one, one])) == 1


def test_links_are_not_followed(course: Course, tmp_path: Path) -> None:
    """A link to the solution is no answer; nor is a linked topic."""
    secret = put(tmp_path, "secret/layer_norm", "the answer")
    (tmp_path / "work" / "normalization").mkdir(parents=True)
    os.symlink(secret, tmp_path / "work" / "normalization" / "layer_norm.py")
    found = {s.entry.name: s for s in collect(course, [tmp_path / "work"])}
    assert found["layer_norm"].source is None
    assert "is a link" in found["layer_norm"].fault
    (tmp_path / "linked").mkdir()
    os.symlink(secret.parent, tmp_path / "linked" / "normalization")
    found = {s.entry.name: s for s in collect(course, [tmp_path / "linked"])}
    assert found["layer_norm"].source is None


def test_bare_files_lie_side_by_side(collected: Collected, tmp_path: Path) -> None:
    """Without the topics' folders, a folder answers what its files are named after."""
    put(tmp_path, "layer_norm")
    put(tmp_path, "something_else")
    found = collected(tmp_path)
    assert list(found) == ["layer_norm"]
    assert found["layer_norm"].file == str(tmp_path / "layer_norm.py")


def test_a_hard_link_is_refused_with_a_cure(
    course: Course, collected: Collected, tmp_path: Path
) -> None:
    """It may be another name of the solution; a course's own files may have several names."""
    put(tmp_path, "initialization/kaiming")
    target = tmp_path / "normalization" / "layer_norm.py"
    target.parent.mkdir()
    os.link(put(tmp_path, "secret", "the answer"), target)
    found = collected(tmp_path)
    assert found["layer_norm"].source is None
    assert "has 2 names on the disk (hard links)" in found["layer_norm"].fault
    assert "cp layer_norm.py copy && mv copy layer_norm.py" in found["layer_norm"].fault
    assert found["kaiming"].source == b"x = 1\n"
    # Installers link a course's files to their caches.
    assert folder.read_below(tmp_path, ("normalization", "layer_norm.py"), 99, trusted=True)
    assert collected(course.solutions)["layer_norm"].source is not None


def test_the_cure_for_a_hard_link_cures(collected: Collected, tmp_path: Path) -> None:
    """The command that the message gives leads to a file that is graded."""
    path = put(tmp_path, "normalization/layer_norm")
    os.link(path, tmp_path / "backup")
    command = collected(path)["layer_norm"].fault.partition("your own: ")[2]
    assert command
    assert os.system(f"cd {path.parent} && {command}") == 0
    assert collected(path)["layer_norm"].source == b"x = 1\n"


def test_a_link_put_there_meanwhile_is_not_followed(
    collected: Collected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look into a folder and the reading, the folder becomes a link."""
    put(tmp_path, "secret/layer_norm", "the answer")
    put(tmp_path, "work/normalization/layer_norm")
    whole = folder.read_below

    def swapped(root: Path, parts: tuple[str, ...], *rest: Any) -> bytes:
        (root / "normalization").rename(root / "away")
        os.symlink(tmp_path / "secret", root / "normalization")
        return whole(root, parts, *rest)

    monkeypatch.setattr(folder, "read_below", swapped)
    found = collected(tmp_path / "work")["layer_norm"]
    assert (found.source, found.fault) == (None, folder._REASONS[errno.ENOTDIR])


def test_a_file_that_goes_or_grows(
    collected: Collected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a file is not graded."""
    path = put(tmp_path, "normalization/layer_norm")
    put(tmp_path, "initialization/kaiming")
    whole = folder._content

    def growing(descriptor: int, name: str, *rest: Any) -> bytes:
        seen = os.fstat

        def after_the_first_look(number: int) -> os.stat_result:
            state = seen(number)
            with path.open("a") as file:
                file.write("# more\n")
            return state

        if name == path.name:
            monkeypatch.setattr(os, "fstat", after_the_first_look)
        try:
            return whole(descriptor, name, *rest)
        finally:
            monkeypatch.setattr(os, "fstat", seen)

    monkeypatch.setattr(folder, "_content", growing)
    found = collected(tmp_path)
    assert "changed while it was read" in found["layer_norm"].fault
    assert found["kaiming"].source == b"x = 1\n"
    monkeypatch.undo()
    with pytest.raises(folder.Refused, match="went away"):
        folder.read_below(tmp_path, ("normalization", "gone.py"), 99)


def test_a_file_without_the_right_to_read(
    collected: Collected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The superuser may read everything, so the refusal is played."""
    put(tmp_path, "normalization/layer_norm")
    put(tmp_path, "initialization/kaiming")
    opened = os.open

    def refusing(path: Any, *rest: Any, **more: Any) -> int:
        if path == "layer_norm.py":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *rest, **more)

    monkeypatch.setattr(os, "open", refusing)
    found = collected(tmp_path)
    assert "give yourself the right to read it" in found["layer_norm"].fault
    assert found["kaiming"].source == b"x = 1\n"


def test_names_that_are_no_text(course: Course, tmp_path: Path) -> None:
    """A path that is not UTF-8 is shown with its bytes, and can be printed and sent."""
    root = tmp_path / os.fsdecode(b"w\xffrk\x1b[2J")
    put(root, "normalization/layer_norm")
    put(root, os.fsdecode(b"normalization/layer\xff"))
    found = collect(course, [root], ["layer_norm"])[0]
    assert found.source == b"x = 1\n"
    assert r"w\xffrk\x1b[2J" in found.file
    found.file.encode()
    put(root, "odd", "")
    with pytest.raises(UsageError) as raised:
        collect(course, [root / "odd.py"])
    assert str(raised.value).isprintable()


def test_a_folder_that_is_too_full(collected: Collected, tmp_path: Path) -> None:
    """Where there is no end of files, the topic is refused and the rest is read."""
    put(tmp_path, "initialization/kaiming")
    full = tmp_path / "normalization"
    full.mkdir()
    for number in range(folder.MAX_NAMES + 1):
        os.mknod(full / str(number), stat.S_IFREG)
    found = collected(tmp_path)
    assert "holds more than 10000 files" in found["layer_norm"].fault
    assert found["kaiming"].source == b"x = 1\n"


def test_odd_files_are_refused_in_words(course: Course, tmp_path: Path) -> None:
    """A folder, a pipe and a huge file under an exercise's name."""
    folder = tmp_path / "normalization"
    (folder / "layer_norm.py").mkdir(parents=True)
    assert "not a regular file" in collect(course, [folder])[0].fault
    (folder / "layer_norm.py").rmdir()
    os.mkfifo(folder / "layer_norm.py")
    assert "not a regular file" in collect(course, [folder])[0].fault
    (folder / "layer_norm.py").unlink()
    put(tmp_path, "normalization/layer_norm", "#" * (MAX_SOURCE_BYTES + 1))
    assert "larger than 1 MB" in collect(course, [folder])[0].fault
