"""Text that would act if a page let it, from records and from files that were graded."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]

HOSTILE = ["hostile", "records"]


def test_it_opens_without_a_word(opened: Open) -> None:
    """The title is the verdict, and everything of the page is there."""
    window = opened("records")

    assert window.page.title().startswith("2 of 9 exercises and 0 of 2 quizzes pass")
    assert len(window.shown()) == 11


def test_the_graded_files_came_through(opened: Open) -> None:
    """The names, the output, the exception, the value and the answer are all in the page."""
    window = opened("hostile")
    window.unfold()
    text = window.page.locator("main").text_content()

    assert len(window.shown()) == 6
    assert "/gradient_descent.py" in text
    assert "ÜberlangÜberlang" in text
    assert re.search(r"\d \d{3} \d{3} characters left out", text)
    assert text.count("</script><script>alert(1)</script>") > 20
    assert "שלום" in text
    assert "\U0001d56f" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_of_it_becomes_an_element(opened: Open, name: str) -> None:
    """Two scripts and no image: the page's own, and not one more."""
    page = opened(name).page

    assert page.locator("script").count() == 2
    assert page.locator("img, b b, pre details, [onerror]").count() == 0
    assert page.locator("main details").count() > 5
    assert "{{ 7 * 7 }}" in page.locator("main").text_content()


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_of_it_is_invisible_or_turns_the_line(opened: Open, name: str) -> None:
    """Controls are shown as escapes; what runs from right to left stays between its neighbours."""
    page = opened(name).page
    text = page.evaluate("document.body.textContent")
    isolated = page.locator("main code, .name, .word, .index .first").evaluate_all(
        "all => all.every((each) => getComputedStyle(each).unicodeBidi === 'isolate')"
    )

    assert "\\u202egnp.exe" in text
    assert not set(text) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u200b\u200d\x1b\x00\x07")
    assert isolated


@pytest.mark.parametrize("name", HOSTILE)
def test_a_long_text_is_shortened_and_scrolls(opened: Open, name: str) -> None:
    """A message of a million characters takes a third of the window, and says what is missing."""
    window = opened(name, viewport={"width": 360, "height": 900})
    heights = window.page.locator(".message").evaluate_all(
        "all => all.filter((each) => each.checkVisibility()).map((each) => each.clientHeight)"
    )
    lengths = [len(text) for text in window.page.locator(".message").all_text_contents()]

    assert max(heights) <= 330
    assert 300 < max(lengths) < 8_000


def test_the_filter_finds_hostile_words(opened: Open) -> None:
    """They are compared as text."""
    window = opened("records")
    window.press("/")
    window.page.keyboard.insert_text("</script><script>alert(1)")

    assert len(window.shown()) == 1
