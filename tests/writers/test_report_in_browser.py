"""The page in a real browser: it works from disk, by keyboard, in both themes, at any width."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from grader.writers import render_html

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OpenPage = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def report(sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a result that has one of everything, hostile text included."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    mixed = sample.mixed()
    result = sample.result(*mixed.exercises, sample.hostile(), quizzes=mixed.quizzes)
    path.write_text(render_html(result), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Any, report: Path) -> Iterator[OpenPage]:
    """Opens the page from disk; at the end, it must not have said or asked for anything."""
    contexts = []
    said: list[str] = []

    def open_page(hash_: str = "", **options: Any) -> Any:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on(
            "request",
            lambda request: (
                said.append(request.url) if not request.url.startswith(report.as_uri()) else None
            ),
        )
        page.goto(report.as_uri() + hash_)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


def address(page: Any) -> str:
    """The address as the page knows it; the driver hears of a change only later."""
    text: str = page.evaluate("location.href")
    return text


def shown(page: Any) -> list[str]:
    """Ids of the exercises that can be seen."""
    return [
        element.get_attribute("id")
        for element in page.query_selector_all(".exercise")
        if element.is_visible()
    ]


def test_it_opens_without_a_word(opened: OpenPage) -> None:
    """No request, no message in the console, no dialog: hostile text did nothing."""
    page = opened()
    page.wait_for_timeout(200)

    assert page.title().startswith("2 of 9 exercises and 0 of 2 quizzes pass")
    assert len(shown(page)) == 11


def test_j_and_k_walk_through_the_exercises(opened: OpenPage) -> None:
    """The focus, the index and the address follow."""
    page = opened()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "softmax"
    assert address(page).endswith("#softmax")
    assert page.locator("[aria-current]").get_attribute("href") == "#softmax"

    page.keyboard.press("k")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.id") == "linear_warmup"


def test_slash_filters_and_escape_clears(opened: OpenPage) -> None:
    """The filter is in the address; keys typed into it are text, not commands."""
    page = opened()
    page.keyboard.press("/")
    page.keyboard.type("projk")
    assert page.evaluate("document.activeElement.id") == "page:find"
    assert shown(page) == []
    assert page.locator("#page\\:nothing").is_visible()

    page.keyboard.press("Escape")
    assert len(shown(page)) == 11
    page.keyboard.press("/")
    page.keyboard.type("population VARIANCE")
    assert shown(page) == ["layer_norm"]
    assert address(page).endswith("#find=population+VARIANCE")
    assert page.locator("#page\\:shown").text_content() == "1 of 11 shown"


def test_question_mark_lists_the_keys_and_can_turn_them_off(opened: OpenPage) -> None:
    """Keys of one character can be turned off, as WCAG 2.1.4 asks."""
    page = opened()
    page.keyboard.press("?")
    dialog = page.locator("dialog")
    assert dialog.is_visible()

    page.locator("#page\\:keys-on").uncheck()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.keyboard.press("j")
    assert page.locator("[aria-current]").count() == 0
    page.keyboard.press("?")
    assert not dialog.is_visible()


def test_toggles_filter_and_the_address_restores_them(opened: OpenPage) -> None:
    """Two pressed toggles show both kinds, and a reload shows the same."""
    page = opened()
    page.locator("[data-show=untouched]").click()
    page.locator("[data-show=passed]").click()
    assert shown(page) == ["linear_warmup", "softmax", "kaiming_normal"]
    page.keyboard.press("j")
    assert address(page).endswith("#show=untouched%2Cpassed&at=linear_warmup")

    again = opened(address(page).partition("#")[1] + address(page).partition("#")[2])
    assert shown(again) == ["linear_warmup", "softmax", "kaiming_normal"]
    assert again.locator("[data-show=passed]").get_attribute("aria-pressed") == "true"
    again.locator("[data-show=passed]").click()
    assert shown(again) == ["kaiming_normal"]


def test_a_link_to_an_exercise_shows_it_even_when_filtered(opened: OpenPage) -> None:
    """Following the verdict's link undoes a filter that would hide its target."""
    page = opened()
    page.locator("[data-show=passed]").click()
    page.locator(".next a").click()

    assert "layer_norm" in shown(page)
    assert page.locator("[aria-current]").get_attribute("href") == "#layer_norm"


def test_the_link_of_the_terminal_opens_its_exercise(opened: OpenPage) -> None:
    """report.html#layer_norm puts the exercise at the top of the window."""
    page = opened("#layer_norm", viewport={"width": 1280, "height": 800})
    page.wait_for_timeout(600)

    assert -2 <= page.locator("#layer_norm").bounding_box()["y"] < 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_follows_the_system_and_a_button(opened: OpenPage, scheme: str) -> None:
    """The button shows the other theme, and says which one it leads to."""
    page = opened(color_scheme=scheme)
    colour = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(colour)
    button = page.locator("#page\\:theme")
    other = "Dark theme" if scheme == "light" else "Light theme"
    assert button.text_content() == other
    button.click()
    assert page.evaluate(colour) != before
    assert button.text_content() != other
    button.click()
    assert page.evaluate(colour) == before


@pytest.mark.parametrize("width", [320, 360, 400, 768, 1280, 1920])
def test_the_page_never_scrolls_sideways(opened: OpenPage, width: int) -> None:
    """Long lines scroll inside their own box, with every fold open."""
    page = opened(viewport={"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_is_readable_without_script(opened: OpenPage) -> None:
    """All exercises, links and hints work; controls that would not are not shown."""
    page = opened(java_script_enabled=False)

    assert len(shown(page)) == 11
    assert not page.locator(".filters").is_visible()
    assert not page.locator(".tools").is_visible()
    assert page.get_by_text("divides the variance by n - 1").first.is_visible()
    hint = page.locator("#layer_norm .hint").first
    hint.locator("summary").click()
    assert hint.get_by_text("Look at the variance").is_visible()


def test_printing_opens_everything_and_hides_the_controls(opened: OpenPage) -> None:
    """On paper there is nothing to press and nothing is folded."""
    page = opened()
    page.emulate_media(media="print")

    assert not page.locator("#page\\:theme").is_visible()
    assert not page.locator(".filters").is_visible()
    assert page.get_by_text("The population variance is").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_nothing(opened: OpenPage, scheme: str, width: int) -> None:
    """WCAG 2.2 AA as far as a machine can tell, with every fold open."""
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    page = opened(color_scheme=scheme, viewport={"width": width, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.wait_for_timeout(200)
    found = axe.run(page, options={"runOnly": RULES})

    assert len(found["passes"]) > 30
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []


def test_what_scrolls_can_be_reached_by_keyboard(opened: OpenPage) -> None:
    """A code box that scrolls takes the focus; one that does not is skipped."""
    page = opened(viewport={"width": 400, "height": 900})
    boxes = page.evaluate(
        "[...document.querySelectorAll('#layer_norm .code')].filter((box) => box.offsetWidth)"
        ".map((box) => [box.scrollWidth > box.clientWidth + 1, box.tabIndex === 0])"
    )

    assert boxes
    assert all(scrolls == focusable for scrolls, focusable in boxes)


def test_wrong_answers_are_open_and_open_questions_are_not(opened: OpenPage) -> None:
    """What to mend is in sight, with its reason; a right answer is a click away."""
    page = opened()
    quiz = page.locator("#optimization-quiz")
    assert quiz.get_by_text("noise in proportion to 1 / B").is_visible()
    assert quiz.locator("details").evaluate_all("all => all.map((fold) => fold.open)") == [
        False,
        True,
        False,
        True,
    ]
    reason = quiz.get_by_text("The error falls with the root")
    assert not reason.is_visible()
    quiz.locator("summary").first.click()
    assert reason.is_visible()
    assert quiz.locator("li.chosen").first.text_content().endswith("your answer")


def test_colour_is_not_the_only_cue(opened: OpenPage) -> None:
    """Every state has its word beside its shape."""
    page = opened()
    states = page.locator(".index .word").all_text_contents()

    assert {"passed", "partly right", "failed", "syntax error", "not started"} <= set(states)
    assert all(mark.strip() for mark in page.locator(".index .mark").all_text_contents())
