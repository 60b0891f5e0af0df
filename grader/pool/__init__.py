"""Holds the untrusted side: starts workers, limits them, and reads what they left behind.

Imports neither torch nor numpy, so that a pool can be started before anything slow is imported.
"""

from __future__ import annotations

import sys
from typing import Literal

from grader.pool.fresh import FreshPool
from grader.pool.interface import Limits, Pool, Report

__all__ = ["FreshPool", "Limits", "Pool", "Report", "create"]


def create(name: Literal["auto", "fork", "fresh"] = "auto", jobs: int | None = None) -> Pool:
    """A pool that is not started yet.

    Args:
        name: ``fork`` (Linux), ``fresh`` (anywhere), or ``auto``: the best one for this platform.
        jobs: how many workers may run at the same time; by default one per core, at most 4.

    Raises:
        EngineError: if this platform cannot run it.
    """
    if name == "fresh" or (name == "auto" and not sys.platform.startswith("linux")):
        return FreshPool(jobs=jobs)
    from grader.pool.fork import ForkPool  # uses what only Linux has

    return ForkPool(jobs=jobs)
