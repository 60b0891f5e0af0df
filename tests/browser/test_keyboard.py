"""The page by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]

TABBABLE = "a[href], button, input, summary, [tabindex='0']"
FOCUSED = """() => {
  const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it);
  const all = [...document.querySelectorAll("TABBABLE")];
  return {
    place: all.indexOf(it),
    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    html: it.outerHTML.slice(0, 80),
  };
}""".replace("TABBABLE", TABBABLE)


def test_j_and_k_walk_through_the_exercises(opened: Open) -> None:
    """The focus, the index and the address follow."""
    window = opened()
    window.press("j", "j")
    assert window.focus == "softmax"
    assert window.address.endswith("#softmax")
    assert window.page.locator("[aria-current]").get_attribute("href") == "#softmax"

    window.press("k", "k")
    assert window.focus == "linear_warmup"


def test_j_stops_at_the_last_exercise(opened: Open) -> None:
    """There is no way round, so that the end is noticed."""
    window = opened("demo")
    last = window.shown()[-1]
    window.press(*"j" * 40)

    assert window.focus == last


def test_slash_filters_and_escape_clears(opened: Open) -> None:
    """The filter is in the address; keys typed into it are text, not commands."""
    window = opened()
    page = window.page
    window.press("/")
    page.keyboard.type("pro?jk/")
    assert window.focus == "page:find"
    assert page.locator("#page\\:find").input_value() == "pro?jk/"
    assert not page.locator("dialog").is_visible()
    assert page.locator("[aria-current]").count() == 0
    assert window.shown() == []
    assert page.locator("#page\\:nothing").is_visible()

    window.press("Escape")
    assert len(window.shown()) == 10
    assert window.focus != "page:find"
    window.press("/")
    page.keyboard.type("population VARIANCE")
    assert window.shown() == ["layer_norm"]
    assert window.address.endswith("#find=population+VARIANCE")
    assert page.locator("#page\\:shown").text_content() == "1 of 10 shown"


@pytest.mark.parametrize("key", ["Control+j", "Alt+j", "Meta+j", "J", "x", "Escape"])
def test_other_keys_are_the_browser_s(opened: Open, key: str) -> None:
    """Only the four keys alone act."""
    window = opened()
    before = window.address
    window.press(key)

    assert window.address == before
    assert window.page.locator("[aria-current]").count() == 0


def test_question_mark_lists_the_keys_and_can_turn_them_off(opened: Open) -> None:
    """Keys of one character can be turned off, as WCAG 2.1.4 asks."""
    window = opened()
    page = window.page
    window.press("?")
    dialog = page.locator("dialog")
    assert dialog.is_visible()

    page.locator("#page\\:keys-on").uncheck()
    window.press("Escape")
    assert not dialog.is_visible()
    window.press("j")
    assert page.locator("[aria-current]").count() == 0
    window.press("?")
    assert not dialog.is_visible()


def test_the_list_of_keys_gives_the_focus_back(opened: Open) -> None:
    """Opened with Enter on its button, closed with Escape or with its own button."""
    window = opened()
    page = window.page
    for close in ("Escape", "Enter"):
        page.locator("#page\\:help").focus()
        window.press("Enter")
        assert page.locator("dialog").is_visible()
        page.locator("#page\\:close").focus()
        window.press(close)
        assert not page.locator("dialog").is_visible()
        assert window.focus == "page:help"


def test_nothing_behind_the_list_of_keys_is_reached(opened: Open) -> None:
    """While it is open, Tab stays in it and j does nothing."""
    window = opened()
    window.press("?", "j")
    reached = set()
    for _ in range(6):
        window.press("Tab")
        reached.add(window.focus)

    assert {"page:keys-on", "page:close"} <= reached
    assert reached <= {"page:keys-on", "page:close", "page:keys", ""}
    assert window.page.locator("[aria-current]").count() == 0


@pytest.mark.parametrize("name", ["sample", "demo"])
def test_tab_reaches_everything_in_order(opened: Open, name: str) -> None:
    """Each stop has a ring and is in sight, none is a trap, and Shift+Tab leads back."""
    window = opened(name, viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = window.page
    wanted = page.locator(TABBABLE).evaluate_all(
        "all => all.map((each, place) => "
        "[place, each.checkVisibility() && !each.closest('dialog') && each.tabIndex >= 0])"
        ".filter((pair) => pair[1]).map((pair) => pair[0])"
    )
    stops = []
    for _ in wanted:
        window.press("Tab")
        stops.append(page.evaluate(FOCUSED))

    assert len(wanted) > 20
    assert [stop["place"] for stop in stops] == wanted
    assert [stop["html"] for stop in stops if not (stop["ringed"] and stop["seen"])] == []
    for place in reversed(wanted[:-1]):
        window.press("Shift+Tab")
        assert page.evaluate(FOCUSED)["place"] == place


def test_the_skip_link_comes_first_and_leads_to_the_exercises(opened: Open) -> None:
    """Past the index, in two keys."""
    window = opened()
    window.press("Tab")
    skip = window.page.locator(".skip")
    assert skip.evaluate("(it) => it === document.activeElement")
    assert skip.bounding_box()["y"] >= 0

    window.press("Enter")
    assert window.focus == "page:exercises"


def test_folds_open_with_a_key(opened: Open) -> None:
    """A hint is read without a mouse."""
    window = opened()
    hint = window.page.locator("#layer_norm .hint").first
    hint.locator("summary").focus()
    window.press("Enter")
    assert hint.get_by_text("Look at the variance").is_visible()
    window.press("Space")
    assert not hint.get_by_text("Look at the variance").is_visible()


@pytest.mark.parametrize("name", ["sample", "records"])
def test_what_scrolls_can_be_reached_by_keyboard(opened: Open, name: str) -> None:
    """A box that scrolls takes the focus; one that does not is skipped."""
    window = opened(name, viewport={"width": 400, "height": 900})
    boxes = window.page.evaluate(
        "[...document.querySelectorAll('.code, .box, .picture, .message')]"
        ".filter((box) => box.offsetWidth && box.checkVisibility())"
        ".map((box) => [box.scrollWidth > box.clientWidth + 1 ||"
        " box.scrollHeight > box.clientHeight + 1, box.tabIndex === 0])"
    )

    assert {scrolls for scrolls, _ in boxes} == {True, False}
    assert all(scrolls == focusable for scrolls, focusable in boxes)
