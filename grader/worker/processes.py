"""What the kernel says about processes, and ending them. Standard library only."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import Final

_SWEEP_S: Final = 2.0


def resident_bytes(pid: int) -> int:
    """The resident memory of a process; 0 if it is gone or the system does not tell."""
    return _pages(pid, 1)


def virtual_bytes(pid: int) -> int:
    """The address space of a process; 0 if it is gone or the system does not tell."""
    return _pages(pid, 0)


def tree_memory(pid: int) -> int:
    """What a process and its descendants hold together, bytes; what they share counts once."""
    family = [pid, *descendants(pid)]
    if len(family) == 1:
        return resident_bytes(pid)
    return sum(_proportional_bytes(member) for member in family)


def children(pid: int) -> list[int]:
    """The direct children of a process, those that it adopted included."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(child) for text in lists for child in text.split()]


def descendants(pid: int) -> list[int]:
    """All that a process and its children have started; a loop, as a learner decides how deep."""
    family = [pid]
    for member in family:
        family += [child for child in children(member) if child not in family]
    return family[1:]


def thread_count() -> int:
    """How many threads this process has."""
    return len(os.listdir("/proc/self/task"))


if sys.platform != "win32":

    def kill_group(pid: int) -> None:
        """Kills the process group that a process leads."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)

    def kill_strays(spared: frozenset[int]) -> None:
        """Kills and reaps every child of this process but the spared ones.

        As this process adopts orphans, that is whatever a worker has left behind. A killed stray
        hands its own children over, so this goes round until there are none.
        """
        deadline = time.monotonic() + _SWEEP_S
        while time.monotonic() < deadline:
            strays = [pid for pid in children(os.getpid()) if pid not in spared]
            if not strays:
                return
            for pid in strays:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            for pid in strays:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)


def _pages(pid: int, column: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[column]) * os.sysconf(
            "SC_PAGE_SIZE"
        )
    except (OSError, ValueError, IndexError, AttributeError):
        return 0


def _proportional_bytes(pid: int) -> int:
    """Resident memory where a page that n processes share counts 1/n.

    Of processes that nobody may look into, as workers of a plain user are, each page counts.
    """
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return resident_bytes(pid)
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
