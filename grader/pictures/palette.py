"""The nine colours of a picture, by role.

A picture names a colour twice: as a class (``s-yours`` for a stroke, ``f-yours`` for a fill), which
the report's style sheet ties to a CSS variable so that both themes work, and as a presentation
attribute, which any rule of the page overrides and which serves where the picture stands alone.
Classes instead of ``style`` attributes, because the report's security policy blocks the latter.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

Role = Literal["ink", "muted", "grid", "paper", "yours", "expected", "bad", "good", "shade"]

PALETTE: Final[Mapping[Role, str]] = MappingProxyType(
    {
        "ink": "#1b1f24",
        "muted": "#57606a",
        "grid": "#d0d7de",
        "paper": "#ffffff",
        "yours": "#b3261e",
        "expected": "#0b57a4",
        "bad": "#a4133c",
        "good": "#136c2e",
        "shade": "#e3e8ee",
    }
)
"""Colour of each role on white; authors who draw themselves take theirs from here."""

_GREY_SPREAD: Final = 12
"""Channels closer than this (of 255) make a grey, which must follow the theme."""

_GREYS: Final[tuple[tuple[int, Role], ...]] = (
    (70, "ink"),
    (165, "muted"),
    (222, "grid"),
    (245, "shade"),
    (255, "paper"),
)
"""Upper bound of the mean channel for each role that a foreign grey is taken for."""


def role_of(colour: str) -> Role | None:
    """The role that a colour plays: its own, or the nearest one for a grey; None for others.

    Args:
        colour: ``#rrggbb``; anything else has no role.
    """
    colour = colour.lower()
    for role, value in PALETTE.items():
        if value == colour:
            return role
    try:
        channels = bytes.fromhex(colour.removeprefix("#"))
    except ValueError:
        return None
    if len(channels) != 3 or max(channels) - min(channels) > _GREY_SPREAD:
        return None
    mean = sum(channels) / 3
    return next(role for bound, role in _GREYS if mean <= bound)


def stylesheet() -> str:
    """The rules that a page needs so that pictures follow its colours (``picture.css``)."""
    return Path(__file__).with_name("picture.css").read_text(encoding="utf-8")
