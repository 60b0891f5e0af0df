"""The page from a telephone to a large screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., Any]

WIDTHS = (320, 360, 400, 480, 768, 1024, 1280, 1440, 1920)
REPORTS = ["bad", "mixed", "perfect", "demo", "hostile", "sample", "records"]
FLAWS = Path(__file__).with_name("flaws.js").read_text(encoding="utf-8")


def flaws(window: Any, width: int) -> list[str]:
    """What is wrong with the layout in a window of this width."""
    window.page.set_viewport_size({"width": width, "height": 900})
    found: list[str] = window.page.evaluate(FLAWS)
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_overlaps_is_cut_or_too_small_to_touch(opened: Open, name: str) -> None:
    """At every width, as it opens and with every fold open; long lines scroll in their own box."""
    window = opened(name)
    found = {(width, "folded"): flaws(window, width) for width in (360, 1440)}
    window.unfold()
    found |= {(width, "open"): flaws(window, width) for width in WIDTHS}

    assert {place: seen for place, seen in found.items() if seen} == {}


@pytest.mark.parametrize("width", [320, 1920])
def test_the_list_of_keys_fits(opened: Open, width: int) -> None:
    """Inside the window, and its controls large enough."""
    window = opened("demo", viewport={"width": width, "height": 600})
    window.press("?")
    box = window.page.locator("dialog").bounding_box()
    targets = window.page.locator("dialog :is(button, label)")

    assert 0 <= box["x"] <= box["x"] + box["width"] <= width
    assert (
        min(
            min(each.bounding_box()[side] for side in ("width", "height")) for each in targets.all()
        )
        >= 24
    )


def test_a_larger_letter_fits(opened: Open) -> None:
    """WCAG 1.4.4: at twice the size of letters the page still does not scroll sideways."""
    window = opened("mixed", viewport={"width": 768, "height": 900})
    window.unfold()
    window.page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert window.page.evaluate("document.documentElement.scrollWidth") <= 768


def test_wider_spacing_fits(opened: Open) -> None:
    """WCAG 1.4.12: a reader's own spacing of lines, words and letters cuts nothing."""
    window = opened("mixed", viewport={"width": 360, "height": 900})
    window.unfold()
    window.page.evaluate(
        "document.querySelectorAll('body *').forEach((it) => { it.style.lineHeight = '1.5';"
        " it.style.letterSpacing = '.12em'; it.style.wordSpacing = '.16em'; })"
    )

    assert window.page.evaluate("document.documentElement.scrollWidth") <= 360
