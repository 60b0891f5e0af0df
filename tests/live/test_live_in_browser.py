"""The live page in a real browser: a refresh changes the report and nothing of the reader's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import msgspec
import pytest

from grader.live import LivePage
from grader.live.board import LISTENERS
from grader.result import Result
from grader.writers.html import render as render_html

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GONE = (
    "No longer live: dlgrade watch has ended. Start dlgrade watch --web again; "
    "it prints a new address."
)
OpenPage = Callable[..., Any]


@pytest.fixture
def asked() -> list[str]:
    """Every address that a page has asked for."""
    return []


@pytest.fixture
def opened(browser: Any, live: LivePage, asked: list[str]) -> Iterator[OpenPage]:
    """Opens the live page; at the end it must have said nothing and asked nobody else."""
    contexts = []
    said: list[str] = []

    def open_page(hash_: str = "", **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(live.address + hash_, wait_until="commit")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(live.address)] == []


def mended(result: Result, name: str = "linear_warmup") -> Result:
    """The next grading: another duration, and notes that make the page above longer."""
    exercises = tuple(
        msgspec.structs.replace(exercise, notes=("A note.",) * 12)
        if exercise.name == name
        else exercise
        for exercise in result.exercises
    )
    return msgspec.structs.replace(result, exercises=exercises, duration_s=77.25)


def report(page: Any) -> Any:
    """The frame of the report that is seen, when there is exactly one."""
    page.wait_for_selector("iframe:not(.coming)")
    return page.query_selector("iframe:not(.coming)").content_frame()


def refreshed(page: Any, sign: str = "77.25 s") -> Any:
    """The frame of the report once it is the one that has this duration."""
    page.wait_for_function(
        "sign => { const frames = document.querySelectorAll('iframe');"
        " return frames.length === 1 && !frames[0].className &&"
        " frames[0].contentDocument.querySelector('footer').textContent.includes(sign); }",
        arg=sign,
    )
    return report(page)


def test_a_report_appears_and_is_refreshed(
    opened: OpenPage, live: LivePage, sample: ModuleType, asked: list[str]
) -> None:
    """Waiting, then the first report, then the next; each is loaded once and nothing else is."""
    page = opened()
    page.get_by_text("Live: waiting for the first report").wait_for()
    assert page.get_by_role("heading").text_content().startswith("The report appears here")

    live.show(render_html(sample.mixed()))
    assert report(page).locator("h1").is_visible()
    assert page.locator("#said").text_content() == ""
    live.show(render_html(mended(sample.mixed())))
    refreshed(page)

    assert page.title().startswith("2 of ")
    assert page.locator("#line").text_content().startswith("Live: refreshed at ")
    assert [url.removeprefix(live.address) for url in asked] == [
        "",
        "events",
        "report?1",
        "report?2",
    ]


def test_the_verdict_is_announced(opened: OpenPage, live: LivePage, sample: ModuleType) -> None:
    """A polite region says the headline after a refresh, in words, and not at the opening."""
    live.show(render_html(sample.mixed()))
    page = opened()
    headline = report(page).locator("h1").text_content().strip()
    said = page.locator("#said")
    assert (said.get_attribute("role"), said.text_content()) == ("status", "")

    live.show(render_html(sample.perfect()))
    page.wait_for_function("() => document.getElementById('said').textContent")
    assert headline not in said.text_content()
    assert said.text_content() == f"Refreshed. {report(page).locator('h1').text_content().strip()}"


def test_what_is_read_stays_where_it_is(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """The page above has grown by twelve lines; the case being read has not moved."""
    live.show(render_html(sample.mixed()))
    page = opened()
    frame = report(page)
    frame.evaluate(
        "document.getElementById('attention').scrollIntoView({block: 'start', behavior: 'instant'})"
    )
    where = "document.getElementById('attention').getBoundingClientRect().top"
    before, height = frame.evaluate(f"[{where}, document.body.scrollHeight]")
    live.show(render_html(mended(sample.mixed())))
    frame = refreshed(page)
    page.wait_for_timeout(700)  # a smooth scroll to the address's place would show by now

    assert frame.evaluate("document.body.scrollHeight") > height + 100
    assert abs(frame.evaluate(where) - before) <= 1


@pytest.mark.parametrize("hash_", ["#layer_norm", "#show=failing&at=layer_norm"])
def test_a_place_in_the_address_does_not_pull_the_reader_back(
    opened: OpenPage, live: LivePage, sample: ModuleType, hash_: str
) -> None:
    """The link of the terminal is followed once, not at every save."""
    live.show(render_html(sample.mixed()))
    page = opened(hash_)
    frame = report(page)
    page.wait_for_timeout(900)
    assert (
        -2
        <= frame.evaluate("document.getElementById('layer_norm').getBoundingClientRect().top")
        < 60
    )
    frame.evaluate("scrollBy({top: 333, behavior: 'instant'})")
    before = frame.evaluate("scrollY")
    live.show(render_html(msgspec.structs.replace(sample.mixed(), duration_s=77.25)))
    frame = refreshed(page)

    assert abs(frame.evaluate("scrollY") - before) <= 1  # at once, not on its way there
    page.wait_for_timeout(900)
    assert abs(frame.evaluate("scrollY") - before) <= 1
    assert page.evaluate("location.hash") == hash_


def test_at_the_top_the_reader_stays_at_the_top(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """Whoever looks at the verdict goes on looking at it."""
    live.show(render_html(sample.mixed()))
    page = opened()
    report(page)
    live.show(render_html(mended(sample.mixed())))

    assert refreshed(page).evaluate("scrollY") == 0


def test_folds_keep_what_the_learner_chose(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """What was opened stays open, what was closed stays closed, through two refreshes."""
    live.show(render_html(sample.mixed()))
    page = opened()
    frame = report(page)
    hint, case = "#layer_norm .hint >> nth=1", "#layer_norm details.case[open]"
    frame.locator(hint).locator("summary").click()
    name = frame.locator("#attention details.case[open]").first.get_attribute("id")
    frame.locator(f"[id='{name}'] > summary").click()
    assert not frame.locator(f"[id='{name}']").evaluate("fold => fold.open")
    for seconds in (77.25, 78.25):
        live.show(render_html(msgspec.structs.replace(sample.mixed(), duration_s=seconds)))
        frame = refreshed(page, f"{seconds} s")
        assert frame.locator(case).count() == 1
        assert frame.locator(hint).evaluate("fold => fold.open")
        assert not frame.locator("#layer_norm .hint >> nth=0").evaluate("fold => fold.open")
        assert not frame.locator(f"[id='{name}']").evaluate("fold => fold.open")


def test_a_new_failure_opens_by_itself(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """A fold that the learner never touched is as the new report has it."""
    html = render_html(sample.mixed())
    assert html.count(" open><summary>") > 1
    live.show(html.replace(" open><summary>", "><summary>"))
    page = opened()
    assert report(page).locator("#layer_norm details.case[open]").count() == 0
    live.show(render_html(mended(sample.mixed())))

    assert refreshed(page).locator("#layer_norm details.case[open]").count() == 1


def test_filter_focus_and_caret_survive(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """Somebody who is typing a filter goes on typing, in the middle of the word."""
    live.show(render_html(sample.mixed()))
    page = opened()
    frame = report(page)
    frame.locator("[data-show=failing]").click()
    frame.locator("#page\\:find").click()
    page.keyboard.type("norm")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    shown = "[...document.querySelectorAll('.exercise')].filter(e => !e.hidden).map(e => e.id)"
    before = frame.evaluate(shown)
    live.show(render_html(mended(sample.mixed())))
    frame = refreshed(page)

    assert frame.evaluate(shown) == before == ["layer_norm"]
    assert page.evaluate("location.hash") == "#show=failing&find=norm"
    page.keyboard.type("x")
    assert frame.locator("#page\\:find").input_value() == "noxrm"
    assert frame.locator("[data-show=failing]").get_attribute("aria-pressed") == "true"


def test_keys_work_at_once_and_after_a_refresh(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """`j` goes on from the exercise where the reader was, and the address follows."""
    live.show(render_html(sample.mixed()))
    page = opened()
    report(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("location.hash") == "#softmax"
    live.show(render_html(mended(sample.mixed())))
    frame = refreshed(page)
    assert frame.evaluate("document.activeElement.id") == "softmax"
    page.keyboard.press("k")
    assert frame.evaluate("document.activeElement.id") == "linear_warmup"
    assert page.evaluate("location.hash") == "#linear_warmup"


def test_a_focused_fold_keeps_the_focus(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """An element without an id is known by its kind and its place."""
    live.show(render_html(sample.mixed()))
    page = opened()
    frame = report(page)
    summary = "#layer_norm .hint >> nth=2 >> summary"
    frame.locator(summary).focus()
    live.show(render_html(mended(sample.mixed())))
    frame = refreshed(page)

    assert frame.locator(summary).evaluate("it => it === document.activeElement")


def test_the_focus_outside_the_report_is_left_alone(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """A refresh does not take the focus from the link below the report."""
    live.show(render_html(sample.mixed()))
    page = opened()
    report(page)
    page.locator("#alone").focus()
    live.show(render_html(mended(sample.mixed())))
    refreshed(page)

    assert page.evaluate("document.activeElement.id") == "alone"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_survives(
    opened: OpenPage, live: LivePage, sample: ModuleType, scheme: str
) -> None:
    """The line below the report has the report's theme, before and after a refresh."""
    live.show(render_html(sample.mixed()))
    page = opened(color_scheme=scheme)
    frame = report(page)
    colour = "getComputedStyle(document.body).backgroundColor"
    before = frame.evaluate(colour)
    assert page.evaluate(colour) == before
    frame.locator("#page\\:theme").click()
    page.wait_for_function("() => document.documentElement.dataset.theme")
    assert frame.evaluate(colour) == page.evaluate(colour) != before
    live.show(render_html(mended(sample.mixed())))
    frame = refreshed(page)

    assert frame.evaluate(colour) == page.evaluate(colour) != before


def test_the_list_of_keys_and_its_switch_survive(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """Who turned single keys off does not get them back by saving a file."""
    live.show(render_html(sample.mixed()))
    page = opened()
    frame = report(page)
    page.keyboard.press("?")
    frame.locator("#page\\:keys-on").uncheck()
    live.show(render_html(mended(sample.mixed())))
    frame = refreshed(page)
    assert frame.locator("dialog").is_visible()
    assert not frame.locator("#page\\:keys-on").is_checked()


def test_boxes_and_the_index_keep_their_scroll(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """What scrolls inside the page stays where it was scrolled to."""
    live.show(render_html(sample.mixed()))
    page = opened(viewport={"width": 1280, "height": 320})
    frame = report(page)
    scrolled = frame.evaluate(
        "() => { document.querySelector('nav').scrollTop = 60;"
        " const box = [...document.querySelectorAll('.box, .code')]"
        ".find(it => it.scrollWidth > it.clientWidth + 30); box.scrollLeft = 25;"
        " return [document.querySelector('nav').scrollTop, box.scrollLeft]; }"
    )
    assert scrolled == [60, 25]
    page.wait_for_timeout(200)
    live.show(render_html(mended(sample.mixed())))
    frame = refreshed(page)

    assert frame.evaluate(
        "[document.querySelector('nav').scrollTop, ...[...document.querySelectorAll('.box, .code')]"
        ".map(it => it.scrollLeft).filter(Boolean)]"
    ) == [60, 25]


def test_there_is_never_an_empty_frame(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """At every moment of twenty refreshes one finished report can be seen."""
    live.show(render_html(sample.mixed()))
    page = opened()
    report(page)
    page.evaluate(
        "() => { window.blanks = 0; window.moments = 0; const look = () => {"
        " const seen = document.querySelectorAll('iframe:not(.coming)');"
        " moments += 1; if (seen.length !== 1 ||"
        " seen[0].contentDocument.readyState !== 'complete') blanks += 1;"
        " requestAnimationFrame(look); }; look(); }"
    )
    for number in range(20):
        live.show(render_html(msgspec.structs.replace(sample.mixed(), duration_s=100 + number)))
        if number % 3 == 0:
            page.wait_for_timeout(60)
    refreshed(page, "119.00 s")

    moments, blanks = page.evaluate("[moments, blanks]")
    assert moments > 5
    assert blanks == 0


def test_many_refreshes_leave_one_frame(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """A burst is loaded as fast as the browser can, and the last one stands."""
    page = opened()
    page.get_by_text("Live:").wait_for()
    for number in range(200):
        live.show(render_html(msgspec.structs.replace(sample.perfect(), duration_s=100 + number)))
    refreshed(page, "299.00 s")

    assert len(page.frames) == 2
    assert page.evaluate("history.length") <= 2


def test_two_pages_are_live_and_each_keeps_its_own(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """Both are refreshed; a filter in one is none in the other."""
    live.show(render_html(sample.mixed()))
    one, two = opened(), opened("#show=passed")
    report(one)
    report(two)
    live.show(render_html(mended(sample.mixed())))
    visible = "[...document.querySelectorAll('.exercise')].filter(e => !e.hidden).length"

    assert refreshed(one).evaluate(visible) > refreshed(two).evaluate(visible) > 0


def test_a_reload_opens_the_same_place(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """The filter is in the address of the page, so F5 keeps it."""
    live.show(render_html(sample.mixed()))
    page = opened()
    report(page).locator("[data-show=passed]").click()
    assert page.evaluate("location.hash") == "#show=passed"
    page.reload()

    assert report(page).locator("[data-show=passed]").get_attribute("aria-pressed") == "true"


def test_an_address_typed_later_is_followed(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """The link of the next verdict in the terminal leads to its exercise in the open page."""
    live.show(render_html(sample.mixed()))
    page = opened()
    frame = report(page)
    page.evaluate("location.hash = '#softmax'")
    frame.wait_for_selector("[aria-current][href='#softmax']")


def test_copying_works_in_the_frame(opened: OpenPage, live: LivePage, sample: ModuleType) -> None:
    """The button says so, after a refresh as well."""
    live.show(render_html(sample.mixed()))
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    report(page)
    live.show(render_html(mended(sample.mixed())))
    button = refreshed(page).locator("#layer_norm .hold button").first
    button.click()
    button.get_by_text("Copied").wait_for()


def test_the_end_is_said_quietly(opened: OpenPage, live: LivePage, sample: ModuleType) -> None:
    """The report stays, the line below it says what happened and what to do."""
    live.show(render_html(sample.mixed()))
    page = opened()
    report(page)
    live.close()
    page.get_by_text(GONE).first.wait_for()
    page.wait_for_timeout(100)

    assert page.locator("#said").text_content() == GONE
    assert page.locator("html").get_attribute("class") == "over"
    assert not page.locator("#alone").is_visible()
    assert report(page).locator("h1").is_visible()


def test_one_tab_too_many_pauses_the_oldest(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """It says what to do; the others go on, and so does it after a reload."""
    live.show(render_html(sample.mixed()))
    pages = [opened() for _ in range(LISTENERS + 1)]
    pages[0].get_by_text("Paused: this page is open in many tabs.").first.wait_for()
    live.show(render_html(mended(sample.mixed())))
    for page in pages[1:]:
        refreshed(page)
    pages[0].reload()
    refreshed(pages[0])
    pages[0].get_by_text("Live: refreshed at").wait_for()


def test_without_script_the_report_is_a_link_away(
    opened: OpenPage, live: LivePage, sample: ModuleType
) -> None:
    """It is the report on disk, which needs none."""
    live.show(render_html(sample.mixed()))
    page = opened(java_script_enabled=False)
    page.get_by_role("link", name="The report").click()
    page.locator("#layer_norm").wait_for()

    assert page.url == f"{live.address}report"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(
    opened: OpenPage, live: LivePage, sample: ModuleType, scheme: str, width: int
) -> None:
    """Waiting, live and ended: WCAG 2.2 AA as far as a machine can tell; no sideways scroll."""
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    page = opened(color_scheme=scheme, viewport={"width": width, "height": 700})
    page.get_by_text("Live: waiting").wait_for()

    def found() -> list[tuple[str, str]]:
        violations = axe.run(page, options={"runOnly": RULES, "iframes": 0})["violations"]
        # The first heading is the report's, in the frame, which has a test of its own.
        return [
            (rule["id"], rule["nodes"][0]["html"])
            for rule in violations
            if rule["id"] != "page-has-heading-one"
        ]

    assert found() == []
    live.show(render_html(sample.mixed()))
    frame = report(page)
    assert found() == []
    live.close()
    page.get_by_text(GONE).first.wait_for()
    assert found() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert frame.evaluate("document.documentElement.scrollWidth") <= width
