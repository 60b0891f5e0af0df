"""The learner's side of one exercise or quiz."""

from __future__ import annotations

from dataclasses import dataclass

from grader.course import Entry


@dataclass(frozen=True)
class Submitted:
    """The learner's side of one exercise or quiz.

    Attributes:
        entry: the exercise or quiz it answers.
        file: the path as the learner would name it.
        source: the bytes of the file, or the code cells of a notebook one after the other; None if
            it could not be read.
        fault: why not, for the learner; empty if it was read.
        missing: there is no such file (which is not the learner's error, only not done).
        cells: of a notebook, the line of ``source`` that each code cell begins with; empty for a
            file.
        notes: remarks that cost nothing.
    """

    entry: Entry
    file: str
    source: bytes | None
    fault: str = ""
    missing: bool = False
    cells: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def untouched(self) -> bool:
        """Whether nothing was done: there is no file, or it is the course's own stub."""
        if self.missing or self.source is None:
            return self.missing
        return trimmed(self.source) == trimmed(self.entry.stub.read_bytes())


def trimmed(source: bytes) -> bytes:
    """A text as it is compared with another: line ends and space at its end do not count."""
    return source.replace(b"\r\n", b"\n").rstrip()
