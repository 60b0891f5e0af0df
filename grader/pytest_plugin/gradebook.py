"""The verdicts of one run of pytest: a file is graded once, when the first of its tests is run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from grader.audience import students_view
from grader.course import Course
from grader.errors import DlgradeError
from grader.result import Exercise, Quiz, Result, result_of
from grader.settings import Settings
from grader.submission import Submitted

if TYPE_CHECKING:
    from grader.service import Service

_ENOUGH: Final = 2
"""One file may have brought the grader down; two in a row say that it does not work here."""


@dataclass
class Gradebook:
    """What has been graded so far, and the service that grades.

    Attributes:
        course: what the files answer.
        settings: how they are graded.
        results: path of a file, as the learner would name it → the result of grading it alone.
    """

    course: Course
    settings: Settings
    results: dict[str, Result] = field(default_factory=dict)
    _faults: dict[str, DlgradeError] = field(default_factory=dict)
    _in_a_row: int = 0
    _service: Service | None = None

    def start(self) -> Service:
        """The service, warming up by now: it imports torch in a process of its own."""
        if self._service is None:
            from grader.service import Service

            self._service = Service(self.course, mode=self.settings.isolation)
            self._service.start()
        return self._service

    def record(self, submitted: Submitted) -> Exercise | Quiz:
        """The record of a file.

        Raises:
            DlgradeError: if it could not be graded, whatever is in it.
        """
        file = submitted.file
        if file not in self.results and file not in self._faults:
            self._grade(submitted)
        if file in self._faults:
            raise self._faults[file]
        result = self.results[file]
        return result.exercises[0] if result.exercises else result.quizzes[0]

    def _grade(self, submitted: Submitted) -> None:
        file = submitted.file
        if self._in_a_row >= _ENOUGH:
            self._faults[file] = list(self._faults.values())[-1]
            return
        try:
            whole = self.start().grade([submitted], self.settings)
            self.results[file] = students_view(whole)
            self._in_a_row = 0
        except DlgradeError as error:
            self._faults[file] = error
            self._in_a_row += 1

    def together(self) -> Result | None:
        """All that was graded as one result, in the course's order; None if nothing was."""
        return _joined(self.results.values(), self.course) if self.results else None

    def close(self) -> None:
        """Ends the service."""
        if self._service is not None:
            self._service.close()
            self._service = None


def _joined(results: Iterable[Result], course: Course) -> Result:
    # A result with exercises knows what held them; a quiz needs no worker.
    every = sorted(results, key=lambda result: not result.exercises)
    order = {entry.label: number for number, entry in enumerate(course.whole)}
    exercises = [each for result in every for each in result.exercises]
    quizzes = [each for result in every for each in result.quizzes]
    return result_of(
        every[0].environment,
        sorted(exercises, key=lambda one: order[one.label]),
        sorted(quizzes, key=lambda one: order[one.label]),
        sum(result.duration_s for result in every),
    )
