"""Counts, summaries, anchors, abridged numbers."""

from __future__ import annotations

from types import ModuleType

import msgspec
import pytest

from grader.result import Excerpt, Worst
from grader.writers import words
from grader.writers.page import arrange


@pytest.mark.parametrize(
    ("yours", "expected", "pair"),
    [
        ("3.4821438271093318", "3.4889446609406727", ("3.4821", "3.4889")),
        ("1.0000000001", "1.0", ("1.0000000001", "1")),
        ("nan", "2.5", ("nan", "2.5")),
        ("True", "False", ("True", "False")),
        ("3", "4", ("3", "4")),
        ("(1+2j)", "(1-2j)", ("(1+2j)", "(1-2j)")),
        ("9007199254740993", "9007199254740992", ("9007199254740993", "9007199254740992")),
    ],
)
def test_values_keep_the_digits_that_differ(
    yours: str, expected: str, pair: tuple[str, str]
) -> None:
    """As many digits as it takes to see the difference, never fewer."""
    worst = Worst(where="", yours=yours, expected=expected, off_by="", allowed="")

    assert pair == words.abridged(worst)


def test_points_have_no_needless_digits() -> None:
    """Whole points are whole, one point is singular."""
    assert words.points(5.0, 8.0) == "5 of 8 points"
    assert words.points(0.5, 1) == "0.5 of 1 point"
    assert words.points(1 / 3, 100) == "0.33 of 100 points"


def test_anchors_are_different_and_plain(sample: ModuleType) -> None:
    """Two exercises of one name have two places, and no name can break out of an attribute."""
    strange = msgspec.structs.replace(sample.warmup(), name='a "b"/<c>')
    twice = sample.result(sample.warmup(), strange, sample.warmup())

    assert words.anchors(twice) == ("linear_warmup", "a-b-c-", "linear_warmup-2")


def test_what_fails_comes_before_what_is_not_started(sample: ModuleType) -> None:
    """The next exercise is one that the learner has begun, if there is one."""
    assert words.next_exercise(sample.result(sample.untouched(), sample.broken())) == 1
    assert words.next_exercise(sample.result(sample.warmup(), sample.untouched())) == 1
    assert words.next_exercise(sample.perfect()) is None


def test_headlines(sample: ModuleType) -> None:
    """The result as a clause, for every number of exercises."""
    assert words.headline(sample.result()) == "No exercise was graded"
    assert words.headline(sample.result(sample.warmup())) == "The exercise passes"
    assert words.headline(sample.perfect()) == "All 2 exercises pass"
    assert words.headline(sample.result(sample.broken())) == "perplexity: syntax error"
    two = sample.result(sample.broken(), sample.attention())
    assert words.headline(two) == "None of 2 exercises pass"
    assert words.headline(sample.mixed()) == "2 of 8 exercises and 0 of 2 quizzes pass"


def test_what_is_for_later_is_neither_passed_nor_open(sample: ModuleType) -> None:
    """An exercise of which nothing is known yet is in no count."""
    whole = sample.warmup()
    cases = (msgspec.structs.replace(case, status="withheld") for case in whole.cases)
    later = msgspec.structs.replace(whole, status="passed", cases=tuple(cases))
    assert words.is_withheld(later)
    assert words.exercise_state(later).word == "counted after the due date"
    one = sample.attention()
    assert words.headline(sample.result(one, later)) == f"{one.name}: {words.state_word(one)}"
    result = sample.result(sample.broken(), sample.attention(), later)
    assert words.headline(result) == "None of 2 exercises pass"
    shown = arrange(result)
    assert [view.group for view in shown.exercises].count("") == 1
    assert sum(segment.number for segment in shown.segments) == 2


def test_cases_wait_through_others(sample: ModuleType) -> None:
    """A case that waits for a waiting case waits for what that one waits for."""
    assert words.waiting_for(sample.layer_norm(), "population_variance") == 2
    assert words.waiting_for(sample.layer_norm(), "tiny_rows") == 1
    assert words.waiting_for(sample.layer_norm(), "gradients") == 0


def test_lines_around_stay_inside() -> None:
    """Two lines on each side where there are some; nothing for a line that is not there."""
    excerpt = Excerpt(first_line=10, lines=("a", "b", "c", "d", "e"))

    assert words.around(excerpt, 10) == Excerpt(first_line=10, lines=("a", "b", "c"), marked=10)
    assert words.around(excerpt, 13) == Excerpt(
        first_line=11, lines=("b", "c", "d", "e"), marked=13
    )
    assert words.around(excerpt, 15) is None
    assert words.around(excerpt, None) is None


def test_spread_counts_what_is_off() -> None:
    """The share of wrong values in words, with its singular."""
    assert words.spread(0, 9) == ""
    assert words.spread(1, 1) == ""
    assert words.spread(1, 9) == "1 of 9 values is off"
    assert words.spread(9, 9) == "all 9 values are off"
