"""The learner's file of a quiz: read whenever it is looked at, written when an answer is given."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from grader.course import Entry
from grader.errors import UsageError
from grader.files import write
from grader.quiz.answers import Given, given
from grader.quiz.grading import Compute, answered, grade
from grader.quiz.questions import Question, Quiz, load
from grader.quiz.replies import Value
from grader.quiz.toml import Malformed
from grader.quiz.writing import with_answer
from grader.result import Answered
from grader.result import Quiz as QuizRecord
from grader.submission import MAX_SOURCE_BYTES, Submitted
from grader.submission.files import Refused, shown
from grader.submission.folder import read_below


@dataclass(frozen=True)
class Sheet:
    """A quiz of the course, and the file in the learner's folder that answers it.

    Attributes:
        entry: its place in the course.
        quiz: questions and key.
        folder: the learner's folder.
    """

    entry: Entry
    quiz: Quiz
    folder: Path

    @property
    def file(self) -> Path:
        """Where the learner's file is, or belongs."""
        return self.folder.joinpath(*self.entry.parts)

    def source(self) -> bytes:
        """What stands in the file now; the course's own questions if there is no file.

        Raises:
            UsageError: if it cannot be read.
        """
        if not os.path.lexists(self.file):
            return self.entry.stub.read_bytes()
        try:
            return read_below(self.folder, self.entry.parts, MAX_SOURCE_BYTES)
        except Refused as refused:
            raise UsageError(f"{shown(self.file)}: {refused}") from None

    def given(self) -> dict[str, Given]:
        """What was answered so far, by the question's id.

        Raises:
            UsageError: if the file is not TOML; says where, and the cure.
        """
        questions = {question.id: question for question in self.quiz.questions}
        try:
            return given(self.source(), questions)
        except Malformed as error:
            raise self._malformed(error) from None

    def open(self) -> tuple[Question, ...]:
        """The questions that have no answer, in the author's order."""
        written = self.given()
        return tuple(
            question
            for question in self.quiz.questions
            if question.id not in written or written[question.id].is_open(question)
        )

    def judged(self, question: Question, compute: Compute) -> Answered:
        """What stands in the file for a question, judged."""
        return answered(question, self.given().get(question.id), compute)

    def answer(self, question: Question, value: Value) -> None:
        """Writes an answer; what else the file says now, changed meanwhile or not, stays.

        Raises:
            UsageError: if the file is no TOML that an answer can be written into.
            DlgradeError: if it cannot be written; it is then as it was.
        """
        try:
            changed = with_answer(self.source(), question.id, value)
        except Malformed as error:
            raise self._malformed(error) from None
        self.file.parent.mkdir(exist_ok=True)
        write(self.file, changed)

    def check_writable(self) -> None:
        """Refuses a file that no answer can be written to, before anything is asked.

        Raises:
            UsageError: says why.
        """
        self.given()
        check_kept(self.file.parent if self.file.parent.is_dir() else self.folder)

    def graded(self, compute: Compute) -> tuple[QuizRecord, bytes]:
        """The record of the whole quiz, and the text that it is about."""
        source = self.source()
        submitted = Submitted(self.entry, shown(self.file), source)
        return grade(self.quiz, submitted, compute), source

    def _malformed(self, error: Malformed) -> UsageError:
        return UsageError(f"{shown(self.file)}: {error}; nothing was written")


def check_kept(folder: Path) -> None:
    """Refuses a folder that nothing can be kept in, before anything is asked.

    Raises:
        UsageError: says what to do.
    """
    if not os.access(folder, os.W_OK):
        raise UsageError(
            f"{shown(folder)} cannot be written to, so no answer would be kept; give yourself the "
            "right to write there"
        )


def sheet(entry: Entry, folder: Path) -> Sheet:
    """The sheet of a quiz in a learner's folder.

    Raises:
        CourseError: if the quiz is wrong.
    """
    return Sheet(entry, load(entry), folder)


def replied(question: Question, value: Value, compute: Compute) -> Answered:
    """The record of an answer that was given and stands in no file.

    Raises:
        CourseError: if the question's snippet is wrong.
    """
    return answered(question, Given(raw=value, line=None), compute)


def unanswered(question: Question) -> Answered:
    """The record of a question that is open: it tells nothing."""
    return answered(question, None, lambda _: {})
