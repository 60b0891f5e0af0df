"""The judge's process, kept warm from one call of `check` to the next."""

from __future__ import annotations

import atexit
import os
from typing import Final

from grader.course import Course
from grader.result import Result
from grader.service import Service
from grader.settings import Settings
from grader.submission import Submitted


class _Kept:
    """A service that is closed rather than left in a state that nobody knows."""

    def __init__(self, course: Course) -> None:
        self.owner = os.getpid()
        self.course = course
        self._service = Service(course, jobs=1)

    def grade(self, submission: list[Submitted], settings: Settings) -> Result:
        try:
            return self._service.grade(submission, settings)
        except BaseException:
            # Interrupted, most likely: what the other side is doing is of no use any more.
            self.close()
            raise

    def close(self) -> None:
        # After a fork the processes still are the parent's.
        if self.owner == os.getpid():
            self._service.close()


class Warmth:
    """At most one service: for the course and in the process that last asked for one."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []

    def service(self, course: Course) -> _Kept:
        """The service of a course; the first call starts it, a forked process has its own."""
        last = self._kept[-1] if self._kept else None
        if last is not None and last.owner == os.getpid() and last.course == course:
            return last
        if last is None:
            atexit.register(self.close)
        elif last.owner == os.getpid():
            last.close()
            self._kept.pop()
        # A parent's service stays where it is: to let go of it may be to end it.
        self._kept.append(_Kept(course))
        return self._kept[-1]

    def close(self) -> None:
        """Ends what this process started."""
        for kept in self._kept:
            kept.close()


WARMTH: Final = Warmth()
"""The one of this process: that is what keeps it warm."""
