"""Light and dark: by the system, by the button, and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]

COLOUR = "getComputedStyle(document.body).backgroundColor"
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_and_a_button(opened: Open, scheme: str) -> None:
    """The button shows the other theme, and says which one it leads to."""
    page = opened(color_scheme=scheme).page
    before = page.evaluate(COLOUR)
    button = page.locator("#page\\:theme")
    other = "Dark theme" if scheme == "light" else "Light theme"
    assert button.text_content() == other
    button.click()
    assert page.evaluate(COLOUR) != before
    assert button.text_content() != other
    button.click()
    assert page.evaluate(COLOUR) == before


def test_without_a_choice_the_system_may_change(opened: Open) -> None:
    """At dusk the page and its button follow; once chosen, the choice stays."""
    page = opened(color_scheme="light").page
    button, light = page.locator("#page\\:theme"), page.evaluate(COLOUR)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(COLOUR)
    assert dark != light
    assert button.text_content() == "Light theme"
    button.click()
    page.emulate_media(color_scheme="light")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(COLOUR) == light


def test_the_choice_is_remembered(opened: Open) -> None:
    """A page that is opened again looks as it was left."""
    page = opened(color_scheme="light").page
    page.locator("#page\\:theme").click()
    chosen = page.evaluate(COLOUR)
    page.reload()

    assert page.evaluate(COLOUR) == chosen
    assert page.locator("#page\\:theme").text_content() == "Light theme"


def test_where_nothing_may_be_kept_the_button_works(opened: Open) -> None:
    """Storage can be forbidden for files from disk."""
    page = opened(color_scheme="light").page
    page.add_init_script(NO_STORAGE)
    page.reload()
    before = page.evaluate(COLOUR)
    page.locator("#page\\:theme").click()

    assert page.evaluate(COLOUR) != before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_follow_the_theme(opened: Open, scheme: str) -> None:
    """Curves and labels have the page's colours, not those of paper."""
    page = opened("bad", color_scheme=scheme).page
    colours = page.evaluate(
        """() => {
          const probe = document.body.appendChild(document.createElement("i"));
          const role = (name) => {
            probe.style.color = `var(--${name})`;
            return getComputedStyle(probe).color;
          };
          const of = (query, field) => [...new Set([...document.querySelectorAll(query)]
            .map((shape) => getComputedStyle(shape)[field]))];
          return [
            [of("svg .f-muted", "fill"), [role("muted")]],
            [of("svg .s-yours", "stroke"), [role("yours")]],
            [of("svg .s-expected", "stroke"), [role("expected")]],
          ];
        }"""
    )

    assert all(seen == wanted for seen, wanted in colours)
