"""WCAG 2.2 AA as far as a machine can tell: axe, and what axe leaves open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Open = Callable[..., Any]

REPORTS = ["bad", "mixed", "perfect", "demo", "hostile", "sample", "records"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "(options) => axe.run(document, { ...options, selectors: false })"
# What axe cannot judge of a colour: a sign of one letter, and a drawing behind the letters.
UNDECIDED = {"nonBmp", "shortTextContent", "imgNode", "bgOverlap"}
CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const probe = document.body.appendChild(document.createElement("i"));
  const luminance = (name) => {
    probe.style.color = `var(--${name})`;
    canvas.fillStyle = getComputedStyle(probe).color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const found = {};
  for (const ground of ["page", "paper", "shade"]) {
    for (const role of ["ink", "muted", "yours", "expected", "bad", "good", "odd", "link"]) {
      const [low, high] = [luminance(ground), luminance(role)].sort((one, two) => one - two);
      found[`${role} on ${ground}`] = (high + 0.05) / (low + 0.05);
    }
  }
  return found;
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core."""
    package = pytest.importorskip("axe_core_python")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, rules: list[str]) -> list[tuple[str, str]]:
    """Rule and element of everything that axe finds."""
    found = page.evaluate(RUN, {"runOnly": rules, "resultTypes": ["violations"]})
    assert found["passes"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]]


@pytest.mark.parametrize("name", REPORTS)
def test_axe_finds_nothing(opened: Open, axe: str, name: str) -> None:
    """With every fold open, all rules in light, and in dark those that depend on colour."""
    window = opened(name, color_scheme="light", viewport={"width": 1280, "height": 900})
    window.unfold()
    window.page.evaluate(axe)

    assert violations(window.page, RULES) == []
    window.page.emulate_media(color_scheme="dark")
    assert violations(window.page, ["color-contrast"]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_telephone(opened: Open, axe: str, scheme: str) -> None:
    """As the page opens, and with a filter pressed and the list of keys open."""
    window = opened("demo", color_scheme=scheme, viewport={"width": 360, "height": 800})
    window.page.evaluate(axe)
    assert violations(window.page, RULES) == []

    window.page.locator("[data-show=failing]").click()
    window.press("?")
    assert violations(window.page, RULES) == []


@pytest.mark.parametrize("name", ["demo", "sample"])
def test_axe_leaves_only_signs_and_drawings_open(opened: Open, axe: str, name: str) -> None:
    """Whatever it cannot decide is of a kind whose colours are measured below."""
    window = opened(name, viewport={"width": 1280, "height": 900})
    window.unfold()
    window.page.evaluate(axe)
    found = window.page.evaluate(RUN, {"runOnly": RULES})
    reasons = {
        (rule["id"], node["any"][0]["data"]["messageKey"])
        for rule in found["incomplete"]
        for node in rule["nodes"]
    }

    assert reasons <= {("color-contrast", reason) for reason in UNDECIDED}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_can_be_read_on_every_ground(opened: Open, scheme: str) -> None:
    """4.5 to 1, on drawings too, whose letters axe does not judge."""
    ratios = opened("demo", color_scheme=scheme).page.evaluate(CONTRAST)

    assert len(ratios) == 24
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


def test_colour_is_not_the_only_cue(opened: Open) -> None:
    """Every state has its word beside its shape."""
    page = opened().page
    states = page.locator(".index .word").all_text_contents()

    assert {"passed", "partly right", "failed", "syntax error", "not started"} <= set(states)
    assert all(mark.strip() for mark in page.locator(".index .mark").all_text_contents())


@pytest.mark.parametrize("name", ["bad", "demo"])
def test_every_picture_has_a_name_and_its_finding_in_words(opened: Open, name: str) -> None:
    """The name is the title; the caption says what is seen."""
    figures = (
        opened(name)
        .page.locator("figure")
        .evaluate_all(
            "all => all.map((each) => [each.querySelector('svg').getAttribute('aria-label'),"
            " each.querySelector('figcaption b').textContent,"
            " each.querySelector('figcaption').textContent])"
        )
    )

    assert figures
    for label, title, caption in figures:
        assert label == title
        assert len(caption) > len(title) + 20


def test_wrong_answers_are_open_and_open_questions_are_not(opened: Open) -> None:
    """What to mend is in sight, with its reason; a right answer is a click away."""
    quiz = opened().page.locator("#optimization-quiz")
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
