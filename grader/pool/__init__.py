"""Holds the untrusted side: starts workers, limits them, and reads what they left behind.

Imports neither torch nor numpy, so that a pool can be started before anything slow is imported.
"""

from __future__ import annotations

import sys
from typing import Literal

from grader.pool.fresh import FreshPool
from grader.pool.interface import Limits, Pool, Report, Stop, never
from grader.wire.layers import Held, Policy

__all__ = ["FreshPool", "Held", "Limits", "Policy", "Pool", "Report", "Stop", "create", "never"]


def create(
    name: Literal["auto", "fork", "fresh"] = "auto",
    jobs: int | None = None,
    policy: Policy | None = None,
    spare: bool = False,
) -> Pool:
    """A pool that is not started yet.

    Args:
        name: ``fork`` (Linux), ``fresh`` (anywhere), or ``auto``: the best one for this platform.
        jobs: how many workers may run at the same time; by default one per core, at most 4.
        policy: how they shall be held; by everything that this machine has if not given.
        spare: to keep a worker ready between jobs (``fresh`` always does).

    Raises:
        EngineError: if this platform cannot run it.
    """
    if name == "fresh" or (name == "auto" and not sys.platform.startswith("linux")):
        return FreshPool(jobs=jobs, policy=policy)
    from grader.pool.fork import ForkPool  # uses what only Linux has

    return ForkPool(jobs=jobs, policy=policy, spare=spare)
