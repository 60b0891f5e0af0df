"""What grades a class: something that takes submissions as bytes and gives records back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from grader.pool.interface import Stop, never
from grader.result import Result
from grader.settings import Settings


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """One submission to be graded. Two with the same digest get the same verdict.

    Attributes:
        digest: of its files, hexadecimal SHA-256.
        name: what its files are said to be in: reports name them ``name/topic/exercise.py``.
        bundle: its files, packed; see `grader.submission.bundle`.
        only: labels of exercises and quizzes to grade; all that are answered if empty.
        settings: how to grade.
    """

    digest: str
    name: str
    bundle: bytes
    only: tuple[str, ...] = ()
    settings: Settings = Settings()


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a `Work`: a verdict, or why there is none.

    Attributes:
        digest: of its `Work`.
        result: the record; None if there is none.
        problem: what is wrong with the submission as a whole, for the instructor ("holds none of
            the course's topics"); empty if there is a verdict.
        failure: what is wrong with the grader or the machine; such a submission may be tried again.
        seconds: wall time from taking it up to its verdict.
        where: which worker graded it; empty where there is but one machine.
    """

    digest: str
    result: Result | None = None
    problem: str = ""
    failure: str = ""
    seconds: float = 0.0
    where: str = ""


class Engine(Protocol):
    """Grades submissions, several at a time. A context manager; what it started ends with it.

    One bad submission never stops the others: whatever comes of it, a `Done` says so.
    """

    name: str

    @property
    def width(self) -> int:
        """How many submissions it grades at a time."""

    def grade(self, works: Iterable[Work], stop: Stop = never) -> Iterator[Done]:
        """Grades all, and yields each as it is finished, in any order, exactly once.

        ``works`` is read as it is needed: a class does not have to fit into memory.

        Raises:
            EngineError: if it cannot go on at all (no workers, another course there).
            Stopped: if ``stop`` said so.
        """

    def close(self) -> None:
        """Ends what it started; may be called twice."""

    def __enter__(self) -> Engine: ...

    def __exit__(self, *_: object) -> None: ...
