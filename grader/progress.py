"""What a learner has done so far: one small file in their folder.

Nothing depends on it: without it, or if it cannot be read, a learner starts with an empty one and
their own files are as they were. It is written whole or not at all, and two processes that change
it at once both keep their changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from grader.files import write
from grader.result import ExerciseStatus, Record

try:
    import fcntl
except ImportError:  # Windows: there the last of two processes wins
    fcntl = None  # type: ignore[assignment]

FILE: Final = ".dlgrade.json"
"""Its name in the learner's folder."""

BROKEN: Final = ".dlgrade.broken.json"
"""What a file that cannot be read is renamed to when a new one is begun."""

SCHEMA: Final = "dlgrade/progress/v1"

MAX_BYTES: Final = 2_000_000
"""More than a course of a thousand exercises needs."""


class Studied(Record, frozen=True):
    """What is known about one exercise or quiz.

    Attributes:
        digest: of the text that was judged last; the verdict holds for that text only.
        status: the verdict.
        score: points earned.
        max_score: points to be had.
        passed: whether it ever passed.
        hints: how many hints were seen.
        solution: whether the solution was looked at, and whether that was before it ever passed.
        mistakes: mistake of the course → how many judged texts made it.
    """

    digest: str = ""
    status: ExerciseStatus = "not_started"
    score: float = 0.0
    max_score: float = 0.0
    passed: bool = False
    hints: int = 0
    solution: Literal["", "before", "after"] = ""
    mistakes: dict[str, int] = msgspec.field(default_factory=dict)


class Card(Record, frozen=True):
    """When something is to be reviewed, as `fsrs` counts it; times are ISO 8601 in UTC.

    Attributes:
        due: when it is asked again.
        last: when it was asked last, empty if never.
        state: 1 learning, 2 review, 3 relearning.
        step: of (re)learning, None in review.
        stability: days after which it is remembered with a probability of 0.9, None at first.
        difficulty: from 1 to 10, None at first.
    """

    due: str
    last: str = ""
    state: int = 1
    step: int | None = 0
    stability: float | None = None
    difficulty: float | None = None


class Progress(Record, frozen=True):
    """A learner's progress.

    Attributes:
        schema: always ``dlgrade/progress/v1``.
        current: label of the exercise that the learner is at; empty at first.
        studied: label of an exercise or quiz → what is known about it.
        cards: label of an exercise, or label of a quiz, ``#`` and the question's name → when it is
            to be reviewed.
    """

    current: str = ""
    studied: dict[str, Studied] = msgspec.field(default_factory=dict)
    cards: dict[str, Card] = msgspec.field(default_factory=dict)
    schema: Literal["dlgrade/progress/v1"] = SCHEMA

    def of(self, label: str) -> Studied:
        """What is known about an exercise or quiz; nothing is known at first."""
        return self.studied.get(label, Studied())

    def with_(self, label: str, studied: Studied) -> Progress:
        """The same progress with this about one exercise or quiz."""
        return msgspec.structs.replace(self, studied={**self.studied, label: studied})


def digest(source: bytes) -> str:
    """What a text is known by: line ends and space at its end do not count."""
    return hashlib.sha256(source.replace(b"\r\n", b"\n").rstrip()).hexdigest()


def read(folder: Path) -> Progress:
    """The progress in a learner's folder; an empty one where there is none that can be read."""
    return _read(folder) or Progress()


def is_broken(folder: Path) -> bool:
    """Whether there is a file that cannot be read; `change` will put it aside."""
    return os.path.lexists(folder / FILE) and _read(folder) is None


def change(folder: Path, act: Callable[[Progress], Progress]) -> Progress:
    """Changes the progress in a learner's folder.

    Args:
        folder: the learner's folder.
        act: makes the new progress from the one that is there now; no other process changes it in
            the meantime.

    Returns:
        The new progress.

    Raises:
        DlgradeError: if it cannot be written; the file is then as it was.
    """
    with _alone(folder):
        known = _read(folder)
        if known is None and os.path.lexists(folder / FILE):
            with contextlib.suppress(OSError):
                os.replace(folder / FILE, folder / BROKEN)
        changed = act(known or Progress())
        if changed != known:
            write(folder / FILE, msgspec.json.format(msgspec.json.encode(changed), indent=1))
        return changed


def _read(folder: Path) -> Progress | None:
    # A link could lead to somebody else's file, and a named pipe would never end.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with open(os.open(folder / FILE, flags), "rb") as file:
            return msgspec.json.decode(file.read(MAX_BYTES), type=Progress)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds other processes off; the folder itself is the lock, so no file is left behind."""
    if fcntl is None:
        yield
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        # It is said when the file is written.
        yield
        return
    try:
        # Some network file systems know no locks; the file is still replaced whole.
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
