"""The colours and the style sheet."""

from __future__ import annotations

import re

import pytest

from grader.pictures.palette import PALETTE, role_of, stylesheet


def test_the_style_sheet_has_a_rule_for_every_role() -> None:
    """The rules for a page are those of the palette, with the same fallbacks, and no others."""
    rules = re.findall(r"^\.([fs])-(\w+)\{(\w+):var\(--(\w+),(#\w+)\)\}$", stylesheet(), re.M)
    properties = {"s": "stroke", "f": "fill"}
    assert rules == [
        (letter, role, properties[letter], role, colour)
        for role, colour in PALETTE.items()
        for letter in "sf"
    ]
    assert len(stylesheet().splitlines()) == 1 + len(rules)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = (value / 255 for value in bytes.fromhex(colour[1:]))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("role", ["ink", "muted", "yours", "expected", "bad", "good"])
@pytest.mark.parametrize("ground", ["paper", "shade"])
def test_text_is_readable_on_paper_and_shade(role: str, ground: str) -> None:
    """Whatever is written in has a contrast of 4.5 to what it stands on."""
    lighter, darker = luminance(PALETTE[ground]), luminance(PALETTE[role])  # type: ignore[index]
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize(
    ("colour", "role"),
    [
        ("#000000", "ink"),
        ("#808080", "muted"),
        ("#cccccc", "grid"),
        ("#FFFFFF", "paper"),
        ("#b3261e", "yours"),
        ("#1f77b4", None),
        ("none", None),
        ("url(#x)", None),
        ("", None),
    ],
)
def test_a_colour_has_the_role_it_plays(colour: str, role: str | None) -> None:
    """Greys are taken for the nearest role; colours with a meaning of their own are left alone."""
    assert role_of(colour) == role
