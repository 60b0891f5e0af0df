"""What holds a worker, by name: the words that judge and warm process share about it."""

from __future__ import annotations

from typing import Final

import msgspec

PROCESS: Final = "process group"
DESCRIPTORS: Final = "closed descriptors"
LIMITS: Final = "resource limits"
USER: Final = "own user"
CAPABILITIES: Final = "no capabilities"
DEATH: Final = "parent-death signal"
PRIVILEGES: Final = "no new privileges"
FILES: Final = "named files"
NO_FILES: Final = "no files"
CALLS: Final = "system calls"
JUDGE: Final = "undumpable judge"
BUBBLEWRAP: Final = "bubblewrap"

ALWAYS: Final = (PROCESS, DESCRIPTORS, LIMITS, DEATH)
"""Layers against accidents, which hold even where nothing is isolated."""

PROTECTION: Final = (USER, CAPABILITIES, PRIVILEGES, FILES, NO_FILES, CALLS, JUDGE)
"""Layers against what somebody means to do."""


class Policy(msgspec.Struct, frozen=True):
    """How workers shall be held.

    Attributes:
        without: names of layers that are left out.
        hidden: paths that no worker may read; the self-test tries to.
        slots: how many workers run at the same time.
        bubblewrap: whether that is wanted around them all.
    """

    without: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    slots: int = 1
    bubblewrap: bool = False


class Held(msgspec.Struct, frozen=True):
    """What holds the workers, as the self-test found it.

    Attributes:
        layers: those that hold, in the order in which they are applied.
        missing: required layer → why it is not there, as a clause.
    """

    layers: tuple[str, ...]
    missing: dict[str, str] = {}
