"""How well a grading shall be isolated, and what follows from what a machine has.

``auto`` takes what is there and says what is missing; ``strict`` grades nothing unless everything
is there; ``off`` keeps only what holds accidents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from grader.errors import IsolationError
from grader.wire.layers import PROTECTION, Held, Policy

Mode = Literal["auto", "strict", "off"]


def policy(mode: Mode, hidden: Iterable[Path] = (), bubblewrap: bool = False) -> Policy:
    """How workers shall be held.

    Args:
        mode: see above.
        hidden: what no worker may read: the solutions. The self-test tries to.
        bubblewrap: whether it is wanted around all workers.
    """
    there = tuple(str(path.resolve()) for path in hidden if path.exists())
    return Policy(
        without=PROTECTION if mode == "off" else (),
        hidden=there,
        bubblewrap=bubblewrap and mode != "off",
    )


def require(held: Held) -> None:
    """Refuses to go on with less than everything.

    Raises:
        IsolationError: names what is missing, and why.
    """
    if held.missing:
        raise IsolationError(
            "--isolation strict grades nothing here, for something is missing: "
            f"{lacks(held.missing)}. Mend that, or grade with --isolation auto"
        )


def lacks(missing: Mapping[str, str]) -> str:
    """What is missing and why, in a clause; empty if nothing is."""
    return "; ".join(f"{layer} ({why})" for layer, why in missing.items())
