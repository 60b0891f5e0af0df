"""The text on a terminal: goldens for its looks, rules for what must always hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import msgspec
import pytest
from rich.cells import cell_len

from grader.writers.terminal import OPEN_LINES, render

LOOKS: dict[str, dict[str, Any]] = {
    "plain": {},
    "wide": {"width": 110},
    "colour": {"colour": True},
    "ascii": {"ascii_only": True},
    "verbose": {"verbosity": 1},
    "quiet": {"verbosity": -1},
}


@pytest.mark.parametrize("look", LOOKS)
def test_looks_like_its_golden(
    look: str, sample: ModuleType, golden: Callable[[str, str], None]
) -> None:
    """Every look of a mixed result is as it was accepted."""
    text = render(sample.mixed(), report="report.html", **LOOKS[look])

    golden(f"terminal/{look}.txt", text + "\n")


def test_hostile_text_looks_like_its_golden(
    sample: ModuleType, golden: Callable[[str, str], None]
) -> None:
    """Text that would act is shown as what it is."""
    golden("terminal/hostile.txt", render(sample.result(sample.hostile())) + "\n")


def test_everything_passing_is_a_line_each(sample: ModuleType) -> None:
    """Two exercises that pass take two lines, the summary one."""
    assert render(sample.perfect(), report="out/report.html").split("\n") == [
        "✓ linear_warmup   6 cases",
        "✓ softmax         1 case",
        "All 2 exercises pass, 8 of 8 points. Report: out/report.html",
    ]


def test_quiet_is_the_last_line_alone(sample: ModuleType) -> None:
    """-q prints one line, whatever its length."""
    text = render(sample.mixed(), verbosity=-1, report="report.html")

    assert "\n" not in text
    assert text.endswith("Next: layer_norm. Report: report.html#layer_norm")


def test_nothing_graded_is_said(sample: ModuleType) -> None:
    """An empty result is a sentence."""
    assert render(sample.result()) == "No exercise was graded, 0 of 0 points."


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("verbosity", [0, 1])
def test_no_line_is_wider_than_the_terminal(width: int, verbosity: int, sample: ModuleType) -> None:
    """Lines fit, whatever the text is and however wide its letters are."""
    for result in (sample.mixed(), sample.result(sample.hostile())):
        for line in render(result, width=width, verbosity=verbosity).split("\n"):
            assert cell_len(line) <= width, line


def test_a_failure_opens_at_most_twelve_lines(sample: ModuleType) -> None:
    """However much there is to say; and what is left out is counted."""
    text = render(sample.result(sample.hostile()), width=60)
    lines = text.split("\n")[: -text.count("Next:") - 1]

    assert len(lines) <= OPEN_LINES
    assert re.search(r"… \d+ more lines: dlgrade check", text)


def test_colour_adds_nothing_but_escapes(sample: ModuleType) -> None:
    """Without its escapes, coloured text is the plain text."""
    coloured = render(sample.mixed(), colour=True)

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == render(sample.mixed())
    assert coloured != render(sample.mixed())


def test_hostile_text_brings_no_control_characters(sample: ModuleType) -> None:
    """Only the writer's own line feeds act on the terminal."""
    text = render(sample.result(sample.hostile()), verbosity=1)

    assert all(character == "\n" or character.isprintable() for character in text)
    assert "\\x1b[31mred" in text
    assert "[bold]markup[/bold]" in text


def test_ascii_is_ascii(sample: ModuleType) -> None:
    """A terminal without UTF-8 gets nothing else."""
    assert render(sample.mixed(), ascii_only=True, verbosity=1).isascii()
    assert render(sample.result(sample.hostile()), ascii_only=True).isascii()


def test_an_exception_shows_its_line_and_the_arguments(sample: ModuleType) -> None:
    """Message, the learner's line between two others on each side, shapes."""
    text = render(sample.result(sample.attention()))

    assert "RuntimeError: mat1 and mat2" in text
    assert "    >  9 │     scores = query @ key * scale\n" in text
    assert "       7 │ def attention" in text
    assert "      11 │     return weights" in text
    assert "query: float64 (2, 3, 5)" in text


def test_the_grader_never_blames_the_learner_for_its_own_fault(sample: ModuleType) -> None:
    """A fault of the grader says whose it is, in its place and in the summary."""
    text = render(sample.result(sample.unjudged()))

    assert "This is the grader's fault, not yours: it costs no points." in text
    assert "1 exercise was not fully judged: the grader's fault, not yours." in text
    assert "failed" not in text


def test_a_cause_is_named_only_where_it_was_verified(sample: ModuleType) -> None:
    """No diagnosis, no line that begins with cause."""
    assert "cause: divides the variance by n - 1" in render(sample.mixed())
    assert "cause:" not in render(sample.result(sample.attention()), verbosity=1)


def test_missing_isolation_is_one_plain_line(sample: ModuleType) -> None:
    """Before the last line, with the reason; nothing where nothing is missing."""
    result = sample.perfect()
    assert "solation" not in render(result)
    lacks = {"named files": "the kernel says: no such call"}
    environment = msgspec.structs.replace(result.environment, isolation_lacks=lacks)
    incomplete = msgspec.structs.replace(result, environment=environment)
    said = "Isolation is not complete. Missing: named files (the kernel says: no such call)."
    assert said in render(incomplete, width=110).splitlines()
    assert said not in render(incomplete, verbosity=-1)


def test_what_is_no_number_has_no_distance(sample: ModuleType) -> None:
    """Two texts that differ are shown, without an "off by"."""
    exercise = sample.layer_norm()
    case = next(c for c in exercise.cases if c.evidence and c.evidence.worst)
    worst = msgspec.structs.replace(
        case.evidence.worst, where="names [1]", yours="'a'", expected="'b'", off_by=""
    )
    other = msgspec.structs.replace(
        case, evidence=msgspec.structs.replace(case.evidence, worst=worst)
    )
    cases = tuple(other if c is case else c for c in exercise.cases)
    text = render(sample.result(msgspec.structs.replace(exercise, cases=cases)), width=100)
    assert "first at names [1]   yours 'a'   expected 'b'\n" in text
