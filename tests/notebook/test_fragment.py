"""What a notebook shows: a fragment that minds its own business, in any notebook's page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import msgspec
import pytest

from grader.notebook import Checked
from grader.result import Result
from grader.writers.html import render_cell

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# A notebook's page, with rules such as JupyterLab and classic Notebook have for what is shown.
HOST = """<!doctype html><html lang="en"><head><title>notebook</title><style>
html {{ font-size: 10px; }} body {{ margin: 0; background: {background}; }}
.shown {{ font: 14px/1.6 serif; color: #777; padding: 8px; }}
.shown pre {{ background: #fdd; margin: 1em 0; }} .shown h2 {{ font-size: 4em; }}
.shown p {{ margin-bottom: 2em; }} .shown code {{ background: #eee; }}
</style></head><body {attribute}><main><h1 style="color: #777">notebook</h1>{outputs}</main></body>
</html>"""
THEMES = {
    "lab light": ('data-jp-theme-light="true"', "#ffffff", False),
    "lab dark": ('data-jp-theme-light="false"', "#111111", True),
    "code light": ('class="vscode-light"', "#ffffff", False),
    "code dark": ('class="vscode-dark"', "#1e1e1e", True),
    "classic": ("", "#ffffff", False),
}


@pytest.fixture
def failing(sample: ModuleType) -> Result:
    """A partly right answer, as it comes from a notebook."""
    exercise = msgspec.structs.replace(
        sample.layer_norm(), file="this notebook", line=16, cell=(4, 3)
    )
    result: Result = sample.result(exercise)
    return result


def page(sample: ModuleType, theme: str) -> str:
    """A notebook with several outputs, two of the same exercise and one of hostile text."""
    exercises = [sample.layer_norm(), sample.layer_norm(), sample.warmup(), sample.broken()]
    exercises += [sample.untouched(), sample.endless(), sample.unjudged(), sample.hostile()]
    outputs = ""
    for one in exercises:
        functions = tuple({case.function for case in one.cases})
        outputs += (
            f'<div class="shown">{Checked(sample.result(one), functions)._repr_html_()}</div>'
        )
    attribute, background, _ = THEMES[theme]
    return HOST.format(attribute=attribute, background=background, outputs=outputs)


def test_the_text_is_that_of_the_terminal(
    failing: Result, golden: Callable[[str, str], None]
) -> None:
    """Without colour, and with a call instead of a command for the rest."""
    functions = ("layer_norm",)
    golden("notebook/layer_norm.txt", f"{Checked(failing, functions)!r}\n")
    golden("notebook/layer_norm_details.txt", f"{Checked(failing, functions).details}\n")


def test_a_bundle_has_both_and_what_is_asked_for(failing: Result) -> None:
    """As IPython asks."""
    checked = Checked(failing, ("layer_norm",))
    assert checked._repr_mimebundle_().keys() == {"text/plain", "text/html"}
    assert checked._repr_mimebundle_(include={"text/html"}).keys() == {"text/html"}
    assert checked._repr_mimebundle_(exclude={"text/html"}).keys() == {"text/plain"}
    assert checked.passed is False


def test_no_two_outputs_share_an_identifier(sample: ModuleType) -> None:
    """Not even those of one exercise; what points somewhere points into its own output."""
    text = page(sample, "classic")
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) > 20
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)
    assert set(re.findall(r'aria-labelledby="([^"]+)"', text)) <= set(ids)


def test_the_fragment_is_small_and_passive(failing: Result) -> None:
    """No script, no control, nothing from elsewhere, none of the page's furniture."""
    text = render_cell(failing, "dlgrade-1")
    assert len(text.encode()) < 40_000
    for element in ("script", "button", "input", "nav", "link", "iframe", "html", "body", "main"):
        assert f"<{element}" not in text
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", text)
    assert "dlgrade check" not in text


def test_its_style_touches_nothing_else(failing: Result) -> None:
    """All rules are nested in one, sizes do not depend on the root, braces are even."""
    (style,) = re.findall(r"<style>(.*?)</style>", render_cell(failing, "t"), re.S)
    assert style.startswith(".dlgrade.dlgrade {")
    depth = 0
    for place, character in enumerate(style.rstrip()):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth > 0 or place < len(".dlgrade.dlgrade ") or place == len(style.rstrip()) - 1
    assert depth == 0
    assert not re.search(r"\drem\b|:root|@media|/\*", style)


def test_too_many_pictures_are_left_out(sample: ModuleType) -> None:
    """As in the report: what they show stands in words."""
    exercise = sample.layer_norm()
    picture = msgspec.structs.replace(
        exercise.cases[2].picture, svg=sample.curve(points=20_000), title="A curve"
    )
    case = msgspec.structs.replace(exercise.cases[2], picture=picture)
    many = [
        msgspec.structs.replace(exercise, name=f"e{place}", cases=(case,)) for place in range(6)
    ]
    text = render_cell(sample.result(*many), "t")
    assert len(text.encode()) <= 2_000_000
    assert re.search(r"\d of the pictures (?:is|are) left out for (?:its|their) size", text)


Opened = Callable[..., Any]


@pytest.fixture
def opened(browser: Any, sample: ModuleType) -> Iterator[Opened]:
    """Opens a notebook's page; at the end, it must not have said or asked for anything."""
    contexts: list[Any] = []
    said: list[str] = []

    def opened(theme: str, width: int = 900, scheme: str = "light") -> Any:
        size = {"width": width, "height": 900}
        contexts.append(browser.new_context(viewport=size, color_scheme=scheme))
        shown = contexts[-1].new_page()
        shown.on("console", lambda message: said.append(message.text))
        shown.on("pageerror", lambda error: said.append(str(error)))
        shown.on("dialog", lambda dialog: said.append(dialog.message))
        shown.on("request", lambda request: said.append(request.url))
        shown.set_content(page(sample, theme))
        shown.evaluate(
            "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
        )
        return shown

    yield opened
    for context in contexts:
        context.close()
    assert said == []


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [400, 900])
def test_axe_finds_nothing(opened: Opened, theme: str, width: int) -> None:
    """In every notebook's theme, with the system's being the other one, and every fold open."""
    axe = pytest.importorskip("axe_core_python.sync_playwright").Axe()
    dark = THEMES[theme][2]
    shown = opened(theme, width, "light" if dark else "dark")
    found = axe.run(shown, options={"runOnly": RULES})
    assert len(found["passes"]) > 25
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_is_the_notebooks(opened: Opened, theme: str) -> None:
    """Not the system's: a light notebook on a dark desktop stays light."""
    dark = THEMES[theme][2]
    shown = opened(theme, scheme="light" if dark else "dark")
    paper = shown.evaluate(
        "getComputedStyle(document.querySelector('.dlgrade .exercise')).backgroundColor"
    )
    brightness = sum(int(part) for part in re.findall(r"\d+", paper)[:3])
    assert (brightness < 200) == dark


@pytest.mark.browser
def test_the_notebooks_own_rules_do_not_win(opened: Opened) -> None:
    """Sizes, spaces and colours are the fragment's; the page around it stays as it was."""
    shown = opened("classic")
    look = "(selector, name) => getComputedStyle(document.querySelector(selector))[name]"

    def style(selector: str, name: str) -> Any:
        return shown.evaluate(f"([selector, name]) => ({look})(selector, name)", [selector, name])

    assert style(".dlgrade h2", "fontSize") == "20.8px"
    assert style(".dlgrade .part", "fontSize") == "15px"
    assert style(".dlgrade pre.box", "backgroundColor") != "rgb(255, 221, 221)"
    assert style(".dlgrade p.asks", "marginBottom") == "3.2px"
    assert style("h1", "color") == "rgb(119, 119, 119)"
    assert style("body", "backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.browser
def test_what_scrolls_can_be_reached_by_keyboard(opened: Opened) -> None:
    """There is no script to look which boxes scroll, so all that may can take the focus."""
    shown = opened("classic", 400)
    out_of_reach = shown.evaluate(
        "[...document.querySelectorAll('.dlgrade *')].filter((one) => one.tabIndex < 0"
        " && one.scrollWidth > one.clientWidth + 1 && one.clientWidth"
        " && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)"
        ").map((one) => one.outerHTML.slice(0, 80))"
    )
    assert out_of_reach == []
