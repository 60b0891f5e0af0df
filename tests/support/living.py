"""Whether processes run, as tests of what is left behind ask."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return said.rpartition(")")[2].split()[0] not in "ZX"


def gone(pids: Iterable[int], patience_s: float = 20.0) -> bool:
    """Whether all of these end within this time."""
    left = list(pids)
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if not any(map(alive, left)):
            return True
        time.sleep(0.05)
    return False
