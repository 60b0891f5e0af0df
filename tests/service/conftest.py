"""The small course, its solution, and a look into the memory of a process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import Course, find
from grader.submission import Submitted, collect

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"


@pytest.fixture(scope="session")
def course() -> Course:
    """The small course."""
    return find(FIXTURE)


@pytest.fixture(scope="session")
def right(course: Course) -> tuple[Submitted, ...]:
    """Its solution."""
    return collect(course, [course.solutions / "arithmetic" / "double.py"])


@pytest.fixture(scope="session")
def memory_of() -> Callable[[int], bytes]:
    """The writable anonymous memory of a process; only root may read another's."""
    return _memory_of


def _memory_of(pid: int) -> bytes:
    parts = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights, *_ = line.split()
            named = line.split()[5:] or ["heap"]
            if rights.startswith("rw") and not named[0].startswith(("/", "[v")):
                first, last = (int(x, 16) for x in place.split("-"))
                memory.seek(first)
                try:
                    parts.append(memory.read(last - first))
                except OSError:
                    continue
    return b"".join(parts)
