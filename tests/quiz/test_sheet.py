"""The learner's file of a quiz, while others change it and where it cannot be written."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import Entry
from grader.errors import DlgradeError, UsageError
from grader.quiz.sheet import Sheet, replied, sheet, unanswered


@pytest.fixture
def paper(write: Callable[..., Entry], tmp_path: Path, answered: Callable[..., str]) -> Sheet:
    """A sheet of the small quiz in a learner's folder."""
    entry = write()
    folder = tmp_path / "mine" / "arithmetic"
    folder.mkdir(parents=True)
    (folder / "quiz.toml").write_text(answered())
    return sheet(entry, tmp_path / "mine")


def test_what_was_changed_meanwhile_stays(paper: Sheet, answered: Callable[..., str]) -> None:
    """The file is read again for every answer: what an editor saved is not undone."""
    assert len(paper.open()) == 5
    paper.file.write_text("# thinking\n" + answered(several='["b"]'))
    paper.answer(paper.quiz.questions[0], "b")
    assert paper.file.read_text() == "# thinking\n" + answered(one='"b"', several='["b"]')
    assert [question.id for question in paper.open()] == ["number", "shape", "order"]


def test_a_file_that_broke_meanwhile_is_left_alone(paper: Sheet) -> None:
    """Half a line in an editor is no reason to lose it."""
    paper.file.write_text('[[question]]\nid = "one"\nanswer =')
    with pytest.raises(UsageError, match=r"line 3, column 9: .*; nothing was written"):
        paper.answer(paper.quiz.questions[0], "b")
    assert paper.file.read_text().endswith("answer =")


def test_a_full_disk_changes_nothing(paper: Sheet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is written whole or not at all, and nothing is left beside it."""
    before = paper.file.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DlgradeError, match="No space left on device; nothing was changed"):
        paper.answer(paper.quiz.questions[0], "b")
    assert before == paper.file.read_bytes()
    assert [path.name for path in paper.file.parent.iterdir()] == ["quiz.toml"]


def test_a_folder_that_is_read_only_is_said_first(
    paper: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is asked, not after the first answer."""
    paper.check_writable()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UsageError, match="cannot be written to, so no answer would be kept"):
        paper.check_writable()


def test_a_topic_without_a_folder_gets_one(paper: Sheet) -> None:
    """Only what is answered is made."""
    paper.file.unlink()
    paper.file.parent.rmdir()
    paper.check_writable()
    assert not paper.file.parent.exists()
    paper.answer(paper.quiz.questions[0], "b")
    assert paper.file.read_bytes().count(b'answer = "b"') == 1


def test_an_answer_that_stands_in_no_file(paper: Sheet) -> None:
    """It is judged like one that does; an open question tells nothing."""
    one = paper.quiz.questions[0]
    assert replied(one, "b", lambda _: {}).status == "right"
    wrong = replied(one, "a", lambda _: {})
    assert (wrong.status, [reason.text for reason in wrong.reasons]) == ("wrong", ["one a: no"])
    assert unanswered(one).status == "open"
    assert unanswered(one).reasons == ()
    assert len(paper.open()) == 5
