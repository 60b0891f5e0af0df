"""The class page in Chromium: on every width, in both themes, by keyboard, without script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.writers.class_page import render

Open = Callable[..., Any]

SHOWN_IN = [
    ("5", "dark"),
    ("200", "light"),
    ("200", "dark"),
    ("hostile", "light"),
    ("none", "dark"),
]
WIDTHS = (320, 360, 480, 768, 1024, 1280, 1920)
FLAWS = Path(__file__).with_name("flaws.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "(options) => axe.run(document, options).then((found) => found.violations.map((it) => it.id))"
COLOUR = "getComputedStyle(document.body).backgroundColor"
SHOWN = (
    "all => all.filter((row) => row.checkVisibility())"
    ".map((row) => row.cells[0].textContent.trim().split(/\\s+s\\d/)[0])"
)


@pytest.fixture(scope="module")
def pages(classes: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages of invented classes, by name."""
    folder = tmp_path_factory.mktemp("classes")
    records = {name: classes.record(int(name)) for name in ("5", "200", "1000")}
    records |= {"hostile": classes.hostile(40), "none": classes.record(0)}
    for name, record in records.items():
        (folder / f"{name}.html").write_text(render(record), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in records}


@pytest.fixture
def show(browser: Any, pages: dict[str, Path]) -> Iterator[Open]:
    """Opens a page from disk; at the end, none must have said or asked for anything."""
    contexts = []
    said: list[str] = []

    def open_page(name: str = "200", **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        address = pages[name].as_uri()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on(
            "request",
            lambda request: None if request.url == address else said.append(request.url),
        )
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


@pytest.mark.parametrize(("name", "scheme"), SHOWN_IN)
def test_axe_finds_nothing(show: Open, name: str, scheme: str) -> None:
    """With every fold open, on a large screen and on a telephone."""
    package = pytest.importorskip("axe_core_python")
    axe = (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    page = show(name, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true })")
    page.evaluate(axe)

    assert page.evaluate(RUN, {"runOnly": RULES}) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate(RUN, {"runOnly": RULES}) == []


@pytest.mark.parametrize("name", ["5", "200", "hostile", "none"])
def test_nothing_overlaps_is_cut_or_too_small_to_touch(show: Open, name: str) -> None:
    """At every width; only the table scrolls sideways, in its own box."""
    page = show(name)
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true })")
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found[width] = page.evaluate(FLAWS)

    assert {width: flaws for width, flaws in found.items() if flaws} == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_what_to_talk_about_is_seen_at_once(show: Open, width: int) -> None:
    """It begins on the first screen; on a large one all three stand there."""
    page = show(viewport={"width": width, "height": 900})
    last = page.locator(".talk li").nth(2 if width > 1000 else 0).locator(".say").bounding_box()

    assert last["y"] + last["height"] < 900


def test_a_thousand_students_open_and_are_found(show: Open) -> None:
    """All rows are there, and the one that is looked for is found."""
    page = show("1000")
    page.locator("#class\\:find").fill("s0512")

    assert page.locator("tbody tr").count() == 1000
    assert page.locator("#class\\:shown").text_content() == "1 of 1000 shown"


def test_it_reads_without_script(show: Open) -> None:
    """All students, all links; no button and no field, which would not work."""
    page = show(java_script_enabled=False)

    assert page.locator("tbody tr").count() == 200
    controls = page.locator("button, input")
    assert not any(control.is_visible() for control in controls.all())
    page.locator("details summary").click()
    assert page.get_by_text("the middle pair is 83 % alike").is_visible()


def test_students_are_filtered_by_group_and_text(show: Open) -> None:
    """Both at once; how many are left is said; Escape brings all back."""
    page = show()
    rows, status = page.locator("tbody tr"), page.locator("#class\\:shown")
    page.locator("[data-show=late]").click()
    assert status.text_content() == "8 of 200 shown"
    assert len(rows.evaluate_all(SHOWN)) == 8
    page.locator("#class\\:find").fill("mei 2 points")
    assert {name.rpartition(", ")[2] for name in rows.evaluate_all(SHOWN)} == {"Mei"}
    page.locator("#class\\:find").fill("nobody")
    assert page.get_by_text("No student matches the filter.").is_visible()
    page.keyboard.press("Escape")
    page.locator("[data-show=late]").click()
    assert status.text_content() == ""
    assert len(rows.evaluate_all(SHOWN)) == 200


def test_every_column_sorts(show: Open) -> None:
    """Upwards, then downwards; whoever has no points is last either way; the head says it."""
    page = show()
    head = page.locator("thead th").nth(1)
    points = "all => all.map((row) => row.cells[1].dataset.by ?? null)"
    for order, sign in (("ascending", 1), ("descending", -1)):
        head.locator("button").click()
        values = page.locator("tbody tr").evaluate_all(points)
        numbers = [float(value) for value in values if value is not None]
        assert numbers == sorted(numbers, key=lambda number: sign * number)
        assert values[len(numbers) :] == [None] * 15
        assert head.get_attribute("aria-sort") == order
    page.locator("thead button").first.click()
    assert page.locator("thead th[aria-sort]").all_text_contents() == ["Student"]


def test_it_works_by_keyboard(show: Open) -> None:
    """The first key leads past the head; a sideways table can be reached and is ringed."""
    page = show(viewport={"width": 360, "height": 800})
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "class:talk"
    page.locator("#class\\:find").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "table"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_and_the_button(show: Open, scheme: str) -> None:
    """As in the reports, whose choice it shares."""
    page = show(color_scheme=scheme)
    before = page.evaluate(COLOUR)
    page.locator("#class\\:theme").click()
    after = page.evaluate(COLOUR)
    page.reload()

    assert before != after == page.evaluate(COLOUR)


def test_print_shows_everything(show: Open) -> None:
    """On paper no control is left, and the table is whole."""
    page = show("5")
    page.emulate_media(media="print")

    assert not page.locator(".filters").is_visible()
    assert not page.locator(".tools").is_visible()
    assert page.locator("tbody tr").last.is_visible()
    assert page.locator(".table").evaluate("(it) => getComputedStyle(it).overflowX") == "visible"


def test_harm_does_not_reach_the_page(show: Open) -> None:
    """Names that are markup are read as they stand; nothing ran, nothing was asked for."""
    page = show("hostile")

    assert page.locator("tbody th").first.text_content().startswith("</script><script>alert(1)")
    assert page.locator("img, iframe, object, script:not(head script)").count() == 0
