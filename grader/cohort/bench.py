"""Where submissions are graded one by one: a warm judge that turns a `Work` into a `Done`."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from typing import Final

from grader import isolation
from grader.cohort.engine import Done, Work
from grader.course import Course
from grader.errors import EngineError, Stopped, UsageError, WireError
from grader.pool.interface import Stop, never
from grader.result import Result
from grader.service import Nursery, Service
from grader.submission import Submitted, collect_files, unpack

_TRIES: Final = 2
_PATIENCE_S: Final = 120.0
"""What a judge may take on top of what the files may: all of a course is compared in a second."""


class Bench:
    """A judge in a process of its own, with its untrusted side. Close it after use.

    A judge that dies is replaced; a submission over which it dies twice gets a failure.

    Args:
        course: what is judged.
        mode: how well the workers shall be isolated.
        bubblewrap: whether that is wanted around them as well.
        nursery: forks its judges, where several benches share the import of torch.
    """

    def __init__(
        self,
        course: Course,
        *,
        mode: isolation.Mode = "auto",
        bubblewrap: bool = False,
        nursery: Nursery | None = None,
    ) -> None:
        self._course = course
        self._service = Service(course, jobs=1, mode=mode, bubblewrap=bubblewrap, nursery=nursery)

    def start(self) -> None:
        """Begins to warm up; returns at once.

        Raises:
            EngineError: if no process can be started.
        """
        self._service.start()

    def grade(self, work: Work, stop: Stop = never) -> Done:
        """Grades a submission.

        Raises:
            EngineError: if no judge can be had, whatever is submitted.
            IsolationError: if less holds the workers than ``strict`` asks for.
            UsageError: if the course has changed under it.
            Stopped: if ``stop`` said so.
        """
        started = time.monotonic()
        result, problem, failure = None, "", ""
        try:
            files = unpack(work.bundle, work.name)
            submission = collect_files(self._course, files, work.only)
        except UsageError as error:
            problem = str(error)
        except WireError as error:
            failure = f"it was damaged on the way: {error}"
        else:
            result, failure = self._judged(submission, work, stop)
        return Done(
            digest=work.digest,
            result=result,
            problem=problem,
            failure=failure,
            seconds=round(time.monotonic() - started, 4),
        )

    def close(self) -> None:
        """Ends the judge and what it started; may be called twice."""
        self._service.close()

    def _judged(
        self, submission: Sequence[Submitted], work: Work, stop: Stop
    ) -> tuple[Result | None, str]:
        """The verdict, or why there is none."""
        limit = _PATIENCE_S + _TRIES * len(submission) * work.settings.limits.wall_s
        why = ""
        for _ in range(_TRIES):
            self._service.held(stop)  # What fails here is not the submission's doing.
            deadline = time.monotonic() + limit

            def late_or_stopped(deadline: float = deadline) -> bool:
                return stop() or time.monotonic() > deadline

            try:
                return self._service.grade(submission, work.settings, stop=late_or_stopped), ""
            except EngineError as error:
                why = str(error)
            except Stopped:
                if stop():
                    raise
                why = f"no verdict came within {limit:g} seconds"
            with contextlib.suppress(EngineError):
                self._service.close()
        return None, f"the judge's process failed over it {_TRIES} times: {why}"
