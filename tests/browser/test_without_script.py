"""The page where scripts do not run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Open = Callable[..., Any]

REPORTS = ["bad", "mixed", "perfect", "demo", "hostile", "records"]


def test_it_is_readable_without_script(opened: Open) -> None:
    """All exercises, links and hints work; controls that would not are not shown."""
    window = opened("records", java_script_enabled=False)
    page = window.page

    assert len(window.shown()) == 11
    assert not page.locator(".filters").is_visible()
    assert not page.locator(".tools").is_visible()
    assert page.get_by_text("divides the variance by n - 1").first.is_visible()
    hint = page.locator("#layer_norm .hint").first
    hint.locator("summary").click()
    assert hint.get_by_text("Look at the variance").is_visible()


@pytest.mark.parametrize("name", REPORTS)
def test_the_same_can_be_read_as_with_script(opened: Open, name: str) -> None:
    """All of the text, with every fold open, but no button and no field, which would not work."""
    windows = [opened(name, java_script_enabled=script) for script in (True, False)]
    texts = []
    for window in windows:
        window.unfold()
        texts.append(
            window.page.locator("main .exercise").evaluate_all(
                "all => all.map((each) => each.textContent.replaceAll(/Copy\\b/g, ''))"
            )
        )
    controls = windows[1].page.locator("button, input")

    assert windows[0].shown() == windows[1].shown()
    assert texts[0] == texts[1]
    assert not any(controls.evaluate_all("all => all.map((each) => each.checkVisibility())"))


def test_the_index_leads_to_the_exercises(opened: Open) -> None:
    """And what a case waits for is a click away."""
    window = opened("mixed", java_script_enabled=False, viewport={"width": 1280, "height": 800})
    page = window.page
    link = page.locator(".index a").nth(8)
    target = link.get_attribute("href").removeprefix("#")
    link.click()

    assert page.locator(f"[id='{target}']").evaluate(
        "(it) => it === document.querySelector(':target')"
    )


def test_every_fold_opens_by_itself(opened: Open) -> None:
    """Folds are the browser's own: what is inside comes into sight when it is opened."""
    page = opened("mixed", java_script_enabled=False).page
    folds = [
        fold
        for fold in page.locator("details").all()[:16]
        if fold.is_visible() and not fold.evaluate("(it) => it.open")
    ]
    for fold in folds:
        inside = fold.locator(":scope > :nth-child(2)")
        assert not inside.is_visible()
        fold.locator(":scope > summary").click()
        assert inside.is_visible()

    assert len(folds) > 2
