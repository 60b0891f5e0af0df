"""What a learner has done so far: one small file in their folder.

Nothing depends on it: without it, or if it cannot be read, a learner starts with an empty one and
their own files are as they were. It is written whole or not at all, and two processes that change
it at once both keep their changes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

from grader.errors import DlgradeError
from grader.files import write
from grader.result import ExerciseStatus, Record
from grader.submission.files import Refused
from grader.submission.folder import read_below
from grader.submission.submitted import trimmed

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

LONGEST_WAIT_S: Final = 10.0
"""A change takes milliseconds; whoever holds the folder for longer has been stopped."""

REVIEW: Final = 2
"""The state of a card that is no longer being learnt: it is counted in days."""

_PAUSE_S: Final = 0.01


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
        recognised: the mistakes that the text made which was judged last.
    """

    digest: str = ""
    status: ExerciseStatus = "not_started"
    score: float = 0.0
    max_score: float = 0.0
    passed: bool = False
    hints: int = 0
    solution: Literal["", "before", "after"] = ""
    mistakes: dict[str, int] = msgspec.field(default_factory=dict)
    recognised: tuple[str, ...] = ()


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

    @property
    def time(self) -> datetime | None:
        """When it is asked again; None if what stands there is no time with its zone."""
        return moment(self.due)

    def is_due(self, now: datetime) -> bool:
        """Whether it is asked again by now: at this minute, or today if it is counted in days.

        Args:
            now: in the learner's own zone, in which their day ends.
        """
        if self.time is None:
            return False
        if self.last and self.state != REVIEW:
            return self.time <= now
        return self.time <= now.replace(hour=23, minute=59, second=59, microsecond=999_999)


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


def moment(text: str) -> datetime | None:
    """A time as a card holds it, in UTC; None for anything else that a hand may have put there."""
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def digest(source: bytes) -> str:
    """What a text is known by, once it is `trimmed`."""
    return hashlib.sha256(trimmed(source)).hexdigest()


def read(folder: Path) -> Progress:
    """The progress in a learner's folder; an empty one where there is none that can be read."""
    return _read(folder) or Progress()


def is_kept(folder: Path) -> bool:
    """Whether progress is kept in a folder; `dlgrade init` begins with that."""
    return os.path.lexists(folder / FILE)


def is_broken(folder: Path) -> bool:
    """Whether there is a file that cannot be read; `change` will put it aside."""
    return is_kept(folder) and _read(folder) is None


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
        changed = act(known or Progress())
        if changed == known:
            return changed
        if known is None and is_kept(folder):
            with contextlib.suppress(OSError):
                os.replace(folder / FILE, folder / BROKEN)
        write(folder / FILE, msgspec.json.format(msgspec.json.encode(changed), indent=1))
        return changed


def _read(folder: Path) -> Progress | None:
    # Whoever is graded may have made the folder: no link is followed, no pipe waited for. A backup
    # may well have given the file a second name.
    try:
        data = read_below(folder, (FILE,), MAX_BYTES, trusted=True)
        return msgspec.json.decode(data, type=Progress)
    except (Refused, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
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
        if _locked(descriptor, folder):
            _sweep(folder)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int, folder: Path) -> bool:
    """Whether the folder is ours alone; some network file systems know no locks.

    Raises:
        DlgradeError: if another process does not let go of it.
    """
    end = time.monotonic() + LONGEST_WAIT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= end:
                raise DlgradeError(
                    f"another process has held the progress in {folder} for {LONGEST_WAIT_S:g} s; "
                    "end it if it hangs; nothing was changed"
                ) from None
            time.sleep(_PAUSE_S)
        except OSError:
            return False


def _sweep(folder: Path) -> None:
    """Takes away what a process that was killed while it wrote has left behind."""
    for left in folder.glob(f".{FILE}.*.tmp"):
        with contextlib.suppress(OSError):
            left.unlink()
