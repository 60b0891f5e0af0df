"""The frame around a verdict, at every size."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.result import Case, Environment, Exercise, Quiz, result_of
from grader.writers.typeset import Line, Span, paint
from grader.writers.watching import (
    Place,
    Setting,
    frame,
    greeted,
    hints,
    keys,
    overview,
    paragraph,
    to_write,
)

PLACE = Place(
    name="layer_norm",
    title="Layer normalisation: give every position a mean of 0 and a variance of 1",
    asks="Each position is normalised over its own features. Nothing of the batch matters. "
    "The weight and the bias are those of the features, not of the positions.",
    topic="normalization",
    number=2,
    of=3,
    edit="exercises/normalization/layer_norm.py:31",
    lesson="exercises/normalization/README.md",
    passed=5,
    whole=34,
)
LIVE = "http://127.0.0.1:8000/0123456789abcdef0123456789abcdef/"
NAMES = {(40, False): "40", (80, False): "80", (110, False): "110", (80, True): "ascii"}


@pytest.mark.parametrize(("width", "ascii_only"), NAMES)
def test_goldens(golden: Callable[[str, str], None], width: int, ascii_only: bool) -> None:
    """What a learner sees at the start, after a hint, and where the keys are explained."""
    setting = Setting(width, ascii_only)
    start = [
        *greeted("Welcome back: 5 of 34 pass. 3 to review today: dlgrade review", setting),
        *to_write(
            "layer_norm",
            ["layer_norm(x: Tensor, weight: Tensor, eps: float = 1e-5) -> Tensor"],
            setting,
        ),
    ]
    hinted = hints(
        ["Your layer_norm divides by n - 1. LayerNorm divides by n."],
        ["Over which axes is the mean taken?", "Over those that the weight has – the last ones."],
        "h shows one more (2 of 3 seen).",
        setting,
    )
    screens = [
        frame(PLACE, start, setting, 24, calm="judged at 12:00:00"),
        frame(PLACE, hinted, setting, 24, note="judging 3 of 34 ...", live=LIVE),
        frame(PLACE, keys(), setting, 20, aside=True),
        frame(PLACE, hinted, setting, 10),
    ]
    rule = "-" * width
    text = f"\n{rule}\n".join(paint(screen.lines, colour=False) for screen in screens)
    golden(f"watch/frame-{NAMES[width, ascii_only]}.txt", text + "\n")
    if ascii_only:
        assert text.isascii()


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 8, 10, 16, 24, 60])
@pytest.mark.parametrize("width", [20, 30, 40, 80])
@pytest.mark.parametrize("long", [0, 1, 5, 50])
def test_the_frame_fits(width: int, rows: int, long: int) -> None:
    """It is never larger than the terminal, and some of the body is always there."""
    setting = Setting(width, False)
    body = [Line((Span(f"line {number} 漢字 " * 9),)) for number in range(long)]
    made = frame(PLACE, body, setting, rows, note="hm")
    least = 3  # progress, a line of the body, the note
    assert len(made.lines) <= max(rows, least)
    assert all(line.width <= width for line in made.lines)
    if long:
        assert any("line 0" in paint([line], colour=False) for line in made.lines)
    if rows >= least:
        assert len(made.lines) == rows, "the keys stay at the bottom"


def test_pages() -> None:
    """Every line of a long body is on one page; a page too far is the last one."""
    setting = Setting(80, False)
    body = [Line((Span(f"<{number}>"),)) for number in range(50)]
    first = frame(PLACE, body, setting, 24)
    screens = [frame(PLACE, body, setting, 24, page=page) for page in range(first.pages)]
    text = "\n".join(paint(screen.lines, colour=False) for screen in screens)
    assert [text.count(f"<{number}>") for number in range(50)] == [1] * 50
    assert f"page 1 of {first.pages}" in text
    last = frame(PLACE, body, setting, 24, page=99)
    assert last.page == first.pages - 1


def test_an_address_is_never_cut() -> None:
    """It goes on in the next row, which counts."""
    made = frame(PLACE, paragraph("Hello.", Setting(40, False)), Setting(40, False), 24, live=LIVE)
    (line,) = (line for line in made.lines if any(span.role == "link" for span in line.spans))
    assert LIVE in paint([line], colour=False)
    assert len(made.lines) == 23, "one row is taken by the rest of the address"


def test_a_greeting_goes_first() -> None:
    """Where a verdict does not fit, nobody is welcomed."""
    setting = Setting(40, False)
    body = [*greeted("Welcome.", setting), *(Line((Span(f"line {n}"),)) for n in range(4))]
    assert "Welcome." in paint(frame(PLACE, body, setting, 24).lines, colour=False)
    assert "Welcome." not in paint(frame(PLACE, body, setting, 6).lines, colour=False)
    assert greeted("", setting) == []


def test_hostile_names() -> None:
    """Escapes and overrides in a path or a title are written out."""
    import dataclasses

    place = dataclasses.replace(PLACE, name="a\x1b[31m", title="\u202eevil", edit="x\n\x07y.py")
    text = paint(frame(place, [], Setting(80, False), 24).lines, colour=False)
    assert "\x1b" not in text and "\u202e" not in text and "\x07" not in text
    assert "\\x1b[31m" in text


def exercise(name: str, status: str, title: str = "", points: float = 0) -> Exercise:
    """A verdict with one case."""
    ok = status == "passed"
    case = Case(
        name="case",
        title=title,
        function=name,
        status="passed" if ok else "not_started" if status == "not_started" else "failed",
        score=points,
        max_score=8,
    )
    return Exercise(
        name=name,
        topic="t",
        title="",
        asks="",
        file=f"{name}.py",
        line=None,
        status=status,  # type: ignore[arg-type]
        score=points,
        max_score=8,
        duration_s=0,
        cases=(case,),
    )


def test_an_overview_is_a_line_for_each() -> None:
    """What fails comes first, what is not begun is a number."""
    environment = Environment(
        dlgrade="1", python="3", torch="2", numpy="2", platform="", seed=0, threads=1, isolation=()
    )
    quiz = Quiz(
        name="t/quiz",
        topic="t",
        title="",
        file="quiz.toml",
        line=None,
        status="not_started",
        score=0,
        max_score=5,
        questions=(),
    )
    parts = [
        exercise("one", "passed", points=8),
        exercise("longer_name", "partial", "the mean is that of the last axes", 2.5),
        exercise("third", "not_started"),
    ]
    text = paint(overview(result_of(environment, parts, [quiz]), Setting(80, False)), False)
    assert text.splitlines() == [
        "1 of 3 exercises and 0 of 1 quiz pass, 10.5 of 29 points.",
        "",
        "✗ longer_name  2.5 of 8 points  the mean is that of the last axes",
        "✓ one          passed",
        "  2 not started",
    ]
