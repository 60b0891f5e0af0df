"""What a format of the result is, and what it may know of its surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Occasion:
    """What a format may need that is not in the record.

    Attributes:
        environment: variables that it asks for.
        now: the time, with its zone.
    """

    environment: Mapping[str, str]
    now: datetime
