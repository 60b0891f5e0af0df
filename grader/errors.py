"""What can go wrong on the grader's own side.

A learner's fault is never an exception: it is a result. An exception here means that the command
was misused, that the course is wrong, or that the grader itself is.

    DlgradeError
    ├── UsageError         the command was given something it cannot use (exit code 2)
    ├── CourseError        a course is wrong: names the file and says how to mend it (exit code 3)
    ├── WireError          a frame from a worker is not one that this grader writes
    ├── EngineError        the warm process could not be started or died (exit code 3)
    ├── IsolationError     less isolation than was asked for (exit code 3)
    └── Stopped            whoever asked for a verdict does not want it any more
"""

from __future__ import annotations

from pathlib import Path


class DlgradeError(Exception):
    """Anything the grader itself reports; its text says what happened and what to do next."""


class UsageError(DlgradeError):
    """The command line asks for something that is not there."""


class CourseError(DlgradeError):
    """A course is wrong.

    Args:
        message: what is wrong and how to mend it.
        path: the file or folder at fault, if there is one.
        closed: whether the message may tell what students are not shown, such as an input.
    """

    def __init__(self, message: str, path: Path | None = None, *, closed: bool = False) -> None:
        super().__init__(f"{path}: {message}" if path is not None else message)
        self.path = path
        self.closed = closed


class WireError(DlgradeError):
    """Bytes that came over the wire are not a frame of this grader, or exceed its bounds."""


class EngineError(DlgradeError):
    """The untrusted side could not be started, or its warm process died."""


class IsolationError(DlgradeError):
    """This machine cannot isolate the learner's code as well as was asked for."""


class Stopped(DlgradeError):
    """Whoever asked for a verdict does not want it any more."""
