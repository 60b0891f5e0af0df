"""Which files answer which exercise, and how they are read."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import Course, find
from grader.errors import UsageError
from grader.submission import MAX_SOURCE_BYTES, collect


@pytest.fixture(scope="module")
def course() -> Course:
    """The bundled course, cut down to three exercises and the quizzes of their topics."""
    whole = find()
    kept = ("normalization/layer_norm", "initialization/kaiming", "optimization/minibatch_sgd")
    return replace(
        whole,
        entries=tuple(entry for entry in whole.entries if entry.label in kept),
        quizzes=tuple(
            entry for entry in whole.quizzes if entry.topic in ("initialization", "optimization")
        ),
    )


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
    notebook = tmp_path / "layer_norm.txt"
    notebook.write_text("")
    with pytest.raises(UsageError, match="is not a Python file"):
        collect(course, [notebook])
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
