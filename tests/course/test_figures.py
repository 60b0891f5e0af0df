"""The figures of the lessons: drawn by the script, shown by the lesson, and described there."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
EXERCISES = ROOT / "exercises"
TOPICS = sorted(path.parent.name for path in EXERCISES.glob("*/README.md"))
SHOWN = re.compile(r"^!\[(?P<alt>[^\]]*)\]\((?P<file>[^)]+)\)$", re.M)
LARGEST = 60_000


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """``solutions/figures.py``, imported."""
    spec = importlib.util.spec_from_file_location(
        "figures_of_the_lessons", ROOT / "solutions" / "figures.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def lesson(topic: str) -> str:
    """The text of a topic's lesson."""
    return (EXERCISES / topic / "README.md").read_text(encoding="utf-8")


NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
NEAR = 0.05
"""Points: processors round differently in the last digits, which no eye can see."""


def same(old: str, new: str) -> bool:
    """Whether two drawings have the same parts at the same places."""
    if NUMBER.sub("#", old) != NUMBER.sub("#", new):
        return False
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return all(abs(float(one) - float(other)) <= NEAR for one, other in pairs)


def test_the_figures_are_what_the_script_draws(script: ModuleType) -> None:
    """A figure that is no longer true of the course's functions is drawn anew."""
    stale = [
        name
        for name, text in script.drawn().items()
        if not script.path_of(name).is_file()
        or not same(script.path_of(name).read_text(encoding="utf-8"), text)
    ]
    assert stale == [], "run: python solutions/figures.py, and look at what has changed"


def test_another_drawing_is_told_apart() -> None:
    """A part more, another word or another place is a change; the last digit is not."""
    drawing = '<path d="M1 2.25 L3 4"/><text x="5">loss</text>'
    assert same(drawing, drawing.replace("2.25", "2.26"))
    for other in (drawing.replace("2.25", "2.4"), drawing.replace("loss", "rate"), drawing * 2):
        assert not same(drawing, other)


def test_no_other_file_lies_among_the_figures(script: ModuleType) -> None:
    """A figure that the script no longer draws is deleted."""
    there = {path for path in EXERCISES.glob("*/figures/*") if path.is_file()}
    assert there == {script.path_of(name) for name in script.FIGURES}


def test_figures_are_small_and_say_what_they_show(script: ModuleType) -> None:
    """Each has a title, a description, a size of its own and a light card behind it."""
    for path in map(script.path_of, script.FIGURES):
        text = path.read_text(encoding="utf-8")
        assert len(text.encode()) < LARGEST, path
        title, description = re.search(
            r"<title[^>]*>([^<]+)</title>\s*<desc[^>]*>([^<]+)</desc>", text
        ).groups()
        assert len(title) < len(description), path
        assert re.match(r'<svg [^>]*width="700" height="\d+"', text), path
        assert re.search(r'</desc>\s*<rect [^>]*fill="#ffffff"', text), path


@pytest.mark.parametrize("topic", TOPICS)
def test_a_lesson_shows_its_figures_and_describes_them(topic: str, script: ModuleType) -> None:
    """Every figure of a topic stands in its lesson once, with a text for those who can't see it."""
    shown = {match["file"]: match["alt"] for match in SHOWN.finditer(lesson(topic))}
    drawn = [name.partition("/")[2] for name in script.FIGURES if name.startswith(f"{topic}/")]
    assert drawn, "a topic has a figure"
    assert sorted(shown) == sorted(f"figures/{name}.svg" for name in drawn)
    assert all(len(alt.split()) >= 20 for alt in shown.values())


@pytest.mark.parametrize("topic", TOPICS)
def test_formulas_survive_markdown(topic: str) -> None:
    r"""No formula holds what a code host reads as Markdown before it reads it as mathematics.

    A formula of its own stands in a ``math`` fence, which is passed on as it is. Within a line
    ``\,`` would lose its backslash, and ``}_`` can begin an emphasis.
    """
    text = re.sub(r"^```.*?^```$", "", lesson(topic), flags=re.M | re.S)
    assert "$$" not in text
    for paragraph in re.split(r"\n\s*\n", re.sub(r"`[^`\n]*`", "code", text)):
        assert paragraph.count("$") % 2 == 0, paragraph
        for formula in re.findall(r"\$([^$]*)\$", paragraph):
            assert formula == formula.strip(), formula
            assert not re.search(r"\\[^A-Za-z\s]|[})]_|<\w", formula), formula
