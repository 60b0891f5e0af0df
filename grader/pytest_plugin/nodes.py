"""A learner's file and its tests in pytest's tree. Nothing of the file is imported or parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, cast

import pytest
from msgspec import structs

from grader.declared import Declared, declared
from grader.errors import CourseError, DlgradeError
from grader.pytest_plugin.findings import Finding, Place, brief
from grader.pytest_plugin.gradebook import Gradebook
from grader.result import Answered, Case, Exercise, Output, Quiz
from grader.submission import Submitted
from grader.writers import words
from grader.writers.visible import visible

_FAILING: Final = words.FAILING_CASES | words.FAILING_ANSWERS
_PRINTED_LINES: Final = 12
_CHANGED: Final = "the course no longer asks this; let your editor collect the tests again"


class NotRight(AssertionError):
    """The learner's answer is wrong. An assertion: editors tell those from errors."""


class NotJudged(Exception):
    """The grader or the course is wrong, and the learner's answer was not judged."""


class ExerciseFile(pytest.File):
    """A file that answers an exercise or a quiz.

    Args:
        submitted: the file as it was read; what is collected is what is graded.
        gradebook: what grades it.
        **further: see `pytest.File`.
    """

    def __init__(self, *, submitted: Submitted, gradebook: Gradebook, **further: Any) -> None:
        super().__init__(**further)
        self.submitted = submitted
        self.gradebook = gradebook
        self._said: set[str] = set()

    def collect(self) -> Iterator[CaseTest]:
        """One test for each case or question; the same ones whatever the file holds."""
        entry = self.submitted.entry
        try:
            asked = declared(entry)
        except CourseError:
            # It is said when the file is graded: a broken exercise shall not end the collection.
            asked = (Declared(entry.name, "the course is wrong"),)
        for each in asked:
            yield CaseTest.from_parent(self, name=each.name, asked=each)

    def is_new(self, what: str) -> bool:
        """Whether what all tests of the file have in common is still to be said."""
        new = what not in self._said
        self._said.add(what)
        return new

    def line_of(self, asked: Declared) -> int:
        """Where the function, or the question, is in the learner's file, from 1; 1 if nowhere."""
        source = self.submitted.source or b""
        if self.submitted.entry.is_quiz:
            pattern = rf"""^[ \t]*id[ \t]*=[ \t]*["']{asked.name}["']"""
        else:
            pattern = rf"^(?:(?:async[ \t]+)?def[ \t]+{asked.function}\b|{asked.function}[ \t]*=)"
        # The last one counts in Python; and a file that does not parse has lines all the same.
        found = list(re.finditer(pattern.encode(), source, re.MULTILINE)) if asked.name else []
        return source.count(b"\n", 0, found[-1].start()) + 1 if found else 1


class CaseTest(pytest.Item):
    """One case of an exercise, or one question of a quiz.

    Args:
        asked: what it is.
        **further: see `pytest.Item`.
    """

    def __init__(self, *, asked: Declared, **further: Any) -> None:
        super().__init__(**further)
        self.asked = asked
        self.line = self.file.line_of(asked)
        self.part: Exercise | Quiz | None = None
        self.seen: Case | Answered | None = None
        entry = self.file.submitted.entry
        self.extra_keyword_matches.update((entry.topic, entry.name, asked.title))

    @property
    def file(self) -> ExerciseFile:
        """The file that it is about."""
        return cast(ExerciseFile, self.parent)

    def reportinfo(self) -> tuple[str, int, str]:
        """The function in the learner's file, and the title."""
        entry = self.file.submitted.entry
        name = entry.label if entry.is_quiz else entry.name
        return str(self.path), self.line - 1, f"{name}: {self.asked.title}"

    def setup(self) -> None:
        """Grades the file, if no test of it has done so yet.

        Raises:
            NotJudged: if the grader is at fault.
        """
        try:
            self.part = part = self.file.gradebook.record(self.file.submitted)
        except DlgradeError as error:
            raise NotJudged(str(error)) from error
        every = part.questions if isinstance(part, Quiz) else part.cases
        self.seen = next((each for each in every if each.name == self.name), None)
        if part.status == "grader_error" and part.error is not None:
            raise NotJudged(part.error.message)
        if isinstance(self.seen, Case) and self.seen.status == "grader_error":
            raise NotJudged(self.seen.message)
        if self.seen is None and part.error is None:
            raise NotJudged(_CHANGED)
        if self.seen is not None:
            self.user_properties += [
                ("status", self.seen.status),
                ("points", words.amount(self.seen.score)),
                ("max_points", words.amount(self.seen.max_score)),
            ]

    def runtest(self) -> None:
        """Passes, or says by an exception that it does not.

        Raises:
            NotRight: if the answer is wrong, or the file cannot be run.
        """
        part, seen = self.part, self.seen
        if part is None or part.error is not None or seen is None:
            raise NotRight(brief(part.error.message) if part and part.error else _CHANGED)
        if seen.status in _FAILING:
            yours = f"{seen.yours} is not right" if isinstance(seen, Answered) else ""
            raise NotRight(brief(seen.message or yours))
        if seen.status == "open":
            pytest.skip("not answered yet")
        if seen.status == "not_started":
            pytest.skip(brief(seen.message) or "not started")
        if isinstance(seen, Case) and seen.status == "withheld":
            pytest.skip(words.CASE_STATES[seen.status].word)
        if isinstance(seen, Case) and seen.status == "waiting":
            pytest.skip(f"waits for {', '.join(seen.waits_for)}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Our words, without a traceback; pytest's own for what is not ours."""
        if isinstance(excinfo.value, (NotRight, NotJudged)):
            return self.finding(excinfo.value)
        return super().repr_failure(excinfo, style)

    def finding(self, why: NotRight | NotJudged) -> Finding:
        """What is to be said of this test."""
        part, seen = self.part, self.seen
        place = Place(self.file.submitted.file, self._line_to_look_at(), brief(str(why)))
        if part is not None and part.error is not None:
            seen = None
            if not self.file.is_new("fault"):
                # The learner's lines stand at the first test; ten times the same helps nobody.
                part = structs.replace(part, error=structs.replace(part.error, excerpt=None))
        quiet = self.config.getoption("tbstyle") == "line"
        return Finding(place, part, seen, isinstance(why, NotRight), quiet)

    def _line_to_look_at(self) -> int:
        """The line that is known to be at fault, or where the function begins."""
        if self.part is not None and self.part.error is not None:
            excerpt = self.part.error.excerpt
            return (excerpt.marked if excerpt else None) or 1
        if isinstance(self.seen, Case):
            evidence, cause = self.seen.evidence, self.seen.diagnosis
            excerpt = evidence.excerpt if evidence else None
            marked = (excerpt.marked if excerpt else None) or (cause.line if cause else None)
            return marked or self.line
        return (self.seen.line if self.seen else None) or self.line

    def sections(self, passed: bool) -> Iterator[tuple[str, str]]:
        """What goes beside the verdict: notes, and what the file printed, each of these once."""
        part, seen, file = self.part, self.seen, self.file
        notes: list[str] = []
        if isinstance(seen, Case) and passed and seen.evidence is not None:
            notes += seen.evidence.notes
        if isinstance(part, Exercise) and file.is_new("notes"):
            notes += part.notes
        if notes:
            yield "Notes", "\n".join(brief(note) for note in notes)
        if isinstance(part, Exercise) and part.output and not passed and file.is_new("output"):
            # pytest knows what was printed by this name, and so do those who read its reports.
            yield "Captured stdout call", _shown(part.output)


def _shown(output: Output) -> str:
    """The first lines of what was printed, safe to show, and how much there was in all."""
    lines = visible(output.head).splitlines()
    if len(lines) > _PRINTED_LINES or output.cut or output.tail:
        lines = [*lines[:_PRINTED_LINES], f"… ({words.printed(output)} in all)"]
    return "\n".join(lines)
