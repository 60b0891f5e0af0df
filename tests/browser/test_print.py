"""The page on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]

REPORTS = ["bad", "mixed", "perfect", "demo", "hostile", "records"]
DARK = """() => {
  // The luminance of every background in the page: paper is at 1, ink near 0.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const light = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return alpha ? (red + green + blue) / 765 : 1;
  };
  return [...document.querySelectorAll("*")].filter((each) => each.checkVisibility())
    .filter((each) => light(getComputedStyle(each).backgroundColor) < 0.8)
    .map((each) => each.outerHTML.slice(0, 80));
}"""


def test_printing_opens_everything_and_hides_the_controls(opened: Open) -> None:
    """On paper there is nothing to press and nothing is folded."""
    window = opened()
    page = window.page
    page.emulate_media(media="print")

    assert not page.locator("#page\\:theme").is_visible()
    assert not page.locator(".filters").is_visible()
    assert page.get_by_text("The population variance is").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_on_paper_is_light_and_has_no_controls(opened: Open, name: str) -> None:
    """In the dark theme too, chosen or the system's."""
    page = opened(name, color_scheme="dark").page
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate(DARK) == []
    controls = page.locator("button, input, .skip")
    assert controls.count() > 3
    assert not any(controls.evaluate_all("all => all.map((each) => each.checkVisibility())"))


def test_links_on_paper_are_ink_with_a_line(opened: Open) -> None:
    """They are read as text, and seen to be links."""
    page = opened("mixed").page
    page.emulate_media(media="print")
    looks = page.locator("main a").evaluate_all(
        "all => all.map((each) => [getComputedStyle(each), getComputedStyle(each.parentElement)])"
        ".map(([own, around]) => [own.color === around.color, own.textDecorationLine])"
    )

    assert looks
    assert {tuple(look) for look in looks} == {(True, "underline")}


def test_the_filter_holds_on_paper(opened: Open) -> None:
    """What is filtered away is not printed; the page says what is missing."""
    window = opened()
    window.page.locator("[data-show=passed]").click()
    window.page.emulate_media(media="print")

    assert window.shown() == ["linear_warmup", "softmax"]
    assert window.page.get_by_text("2 of 10 shown").is_visible()


def test_paper_is_as_wide_as_the_text(opened: Open) -> None:
    """On A4 nothing but a long line of code is cut, and a hundred columns are not."""
    page = opened("bad", viewport={"width": 718, "height": 1000}).page
    page.emulate_media(media="print")
    cut = page.locator("pre.box, .message, .code").evaluate_all(
        "all => all.filter((each) => each.checkVisibility())"
        ".filter((each) => each.scrollWidth > each.clientWidth + 1"
        " && Math.max(...each.innerText.split('\\n').map((line) => line.length)) <= 100)"
        ".map((each) => each.innerText)"
    )

    assert cut == []


@pytest.mark.parametrize("name", ["mixed", "demo", "records"])
def test_it_can_be_printed(opened: Open, name: str) -> None:
    """As PDF: the verdict is on the first page of several."""
    pages = re.findall(rb"/Type\s*/Page\b", opened(name).page.pdf(format="A4"))

    assert 2 <= len(pages) <= 120
