"""Filters, and the address that keeps them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]


def test_toggles_filter_and_the_address_restores_them(opened: Open) -> None:
    """Two pressed toggles show both kinds, and a reload shows the same."""
    window = opened()
    window.page.locator("[data-show=untouched]").click()
    window.page.locator("[data-show=passed]").click()
    assert window.shown() == ["linear_warmup", "softmax", "kaiming_normal"]
    window.press("j")
    assert window.address.endswith("#show=untouched%2Cpassed&at=linear_warmup")

    again = opened(hash_=f"#{window.address.partition('#')[2]}")
    assert again.shown() == ["linear_warmup", "softmax", "kaiming_normal"]
    assert again.page.locator("[data-show=passed]").get_attribute("aria-pressed") == "true"
    again.page.locator("[data-show=passed]").click()
    assert again.shown() == ["kaiming_normal"]


@pytest.mark.parametrize("name", ["bad", "mixed", "perfect", "demo", "hostile", "sample"])
def test_every_toggle_shows_as_many_as_it_says(opened: Open, name: str) -> None:
    """And the toggles together show everything once."""
    window = opened(name)
    toggles = window.page.locator("[data-show]")
    everything, found = window.shown(), Counter[str]()
    for toggle in toggles.all():
        toggle.click()
        assert int(toggle.text_content().split()[-1]) == len(window.shown())
        found.update(window.shown())
        toggle.click()

    assert found == Counter(everything)
    assert window.shown() == everything
    assert window.address.endswith("#")


def test_words_and_toggles_filter_together(opened: Open) -> None:
    """Both must fit; the index follows, and says how many."""
    window = opened("mixed")
    window.page.locator("[data-show=failing]").click()
    window.page.locator("#page\\:find").fill("optimization")
    index = window.page.locator(".index li").evaluate_all(
        "all => all.filter((each) => each.checkVisibility())"
        ".map((each) => each.firstElementChild.hash.slice(1))"
    )

    assert 0 < len(window.shown()) < 34
    assert index == window.shown()
    assert window.page.locator("#page\\:shown").text_content() == f"{len(index)} of 34 shown"
    assert window.address.endswith("#show=failing&find=optimization")


def test_a_link_to_an_exercise_shows_it_even_when_filtered(opened: Open) -> None:
    """Following the verdict's link undoes a filter that would hide its target."""
    window = opened()
    window.page.locator("[data-show=passed]").click()
    window.page.locator(".next a").click()

    assert "layer_norm" in window.shown()
    assert window.page.locator("[aria-current]").get_attribute("href") == "#layer_norm"


def test_the_link_of_the_terminal_opens_its_exercise(opened: Open) -> None:
    """report.html#layer_norm puts the exercise at the top of the window."""
    viewport = {"width": 1280, "height": 800}
    window = opened(hash_="#layer_norm", viewport=viewport, reduced_motion="reduce")
    window.page.wait_for_function(
        "-2 <= layer_norm.getBoundingClientRect().y && layer_norm.getBoundingClientRect().y < 60"
    )

    assert window.page.locator("[aria-current]").get_attribute("href") == "#layer_norm"


def test_a_link_to_a_folded_case_unfolds_it(opened: Open) -> None:
    """What a waiting case waits for may be folded away."""
    window = opened(hash_="#layer_norm:3")

    assert window.page.locator("#layer_norm\\:3").evaluate("(fold) => fold.open")


@pytest.mark.parametrize(
    "hash_",
    [
        "#no_such_exercise",
        "#show=nothing_of_that_kind",
        "#show=<script>alert(1)</script>&find=<img src=x onerror=alert(2)>",
        "#%E0%A4%A",
        "#find=%E0%A4%A",
        "#__proto__",
        "#show=constructor&at=toString",
        "#find=" + "x" * 100_000,
    ],
)
def test_an_odd_address_does_nothing_bad(opened: Open, hash_: str) -> None:
    """The page opens, quietly, and Escape in the filter shows everything again."""
    window = opened(hash_=hash_)
    window.press("/", "Escape")

    assert len(window.shown()) == 10
