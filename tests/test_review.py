"""When something is asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import review
from grader.progress import Card, Progress
from grader.review import Rating

NOON = datetime(2026, 3, 10, 12, tzinfo=timezone(timedelta(hours=5)))


def time(card: Card) -> datetime:
    """When a card is due."""
    assert card.time is not None
    return card.time


def days(card: Card, now: datetime) -> float:
    """How long until a card is due."""
    return (time(card) - now) / timedelta(days=1)


def test_a_card_that_is_known_is_asked_less_and_less() -> None:
    """The steps of fsrs with its own parameters: ten minutes, then days, each gap longer."""
    card, now, gaps = Card(due=review.written(NOON)), NOON, []
    for _ in range(5):
        card = review.rated(card, review.GOOD, now)
        gaps.append(days(card, now))
        now = time(card)
    assert gaps[0] == pytest.approx(10 / 1440)
    assert gaps[1:] == [2, 11, 46, 163]
    assert card.state == 2


def test_a_card_that_was_forgotten_is_learnt_again() -> None:
    """After a lapse it is asked in ten minutes, and then sooner than it would have been."""
    card = review.rated(Card(due=review.written(NOON)), 4, NOON)
    assert card.state == 2
    later = NOON + timedelta(days=8)
    forgotten = review.rated(card, review.AGAIN, later)
    assert (forgotten.state, forgotten.step) == (3, 0)
    assert days(forgotten, later) == pytest.approx(10 / 1440)
    known = review.rated(card, review.GOOD, later)
    assert cast(float, forgotten.stability) < cast(float, known.stability)


def test_the_same_answers_give_the_same_dates() -> None:
    """Nothing is drawn, whatever the zone of the clock."""
    card = review.rated(Card(due=""), 4, NOON)
    cards = {
        str(review.rated(card, review.GOOD, (NOON + timedelta(days=9)).astimezone(zone)))
        for zone in (UTC, NOON.tzinfo)
        for _ in range(5)
    }
    assert len(cards) == 1


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        # Not asked yet: due on a day, whatever the hour.
        (Card(due="2026-03-10T18:59:00+00:00"), True),
        (Card(due="2026-03-10T19:00:00+00:00"), False),
        (Card(due="2025-01-01T00:00:00+00:00"), True),
        # In review, the same.
        (Card(due="2026-03-10T18:59:00+00:00", last="x", state=2), True),
        # Being learnt: to the minute.
        (Card(due="2026-03-10T07:00:00+00:00", last="x"), True),
        (Card(due="2026-03-10T07:01:00+00:00", last="x"), False),
        (Card(due="2026-03-10T07:01:00+00:00", last="x", state=3), False),
        # What is no time is never due; a review begins the card anew.
        (Card(due="tomorrow"), False),
        (Card(due=""), False),
        (Card(due="2025-01-01T00:00:00"), False),
        (Card(due="9999-12-31T23:59:59-12:00"), False),
    ],
)
def test_what_is_due_today(card: Card, expected: bool) -> None:
    """At noon in a zone five hours east, today ends at 19:00 UTC."""
    assert expected == card.is_due(NOON)


def test_a_card_without_a_time_begins_anew() -> None:
    """Whoever changed the file by hand loses no question: it is asked now."""
    sound = Card(due="2030-01-01T00:00:00+00:00", last="x", state=2)
    known = Progress(cards={"a#sound": sound, "a#broken": Card(due="soon", state=2)})
    after = review.begun(known, ["a#sound", "a#broken"], NOON)
    assert after.cards == {"a#sound": sound, "a#broken": Card(due="2026-03-10T07:00:00+00:00")}
    assert after.cards["a#broken"].is_due(NOON)


TIMES = st.one_of(
    st.text(max_size=5),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(datetime.isoformat),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda d: f"{d.isoformat()}Z"),
)
NUMBERS = st.one_of(st.none(), st.floats(), st.floats(0.001, 40_000), st.floats(1, 10))


@given(
    st.builds(
        Card,
        due=TIMES,
        last=TIMES,
        state=st.integers(-1, 4),
        step=st.one_of(st.none(), st.integers(-2, 4)),
        stability=NUMBERS,
        difficulty=NUMBERS,
    ),
    st.sampled_from([1, 2, 3, 4]),
)
def test_any_card_can_be_rated(card: Card, rating: Rating) -> None:
    """A file that was changed by hand, a clock that was set back: the card begins anew."""
    after = review.rated(card, rating, NOON)
    assert time(after) > NOON
    assert after.last == "2026-03-10T07:00:00+00:00"
    again = review.rated(after, review.GOOD, NOON + timedelta(days=400))
    assert time(again) > NOON
