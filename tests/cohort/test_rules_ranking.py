"""Which attempt counts, what lateness takes, and what the student is told."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.cohort.ranking import amount, exact, rank, standings, state_of, worth_of
from grader.cohort.records import (
    Attempt,
    CaseSummary,
    HandedIn,
    PartSummary,
    Standing,
    Student,
    Summary,
)
from grader.cohort.rules import Late, Rules, parse
from grader.errors import UsageError
from grader.result import ExerciseStatus

DUE = datetime(2026, 3, 1, 23, 59, tzinfo=timezone(timedelta(hours=1)))
ANN = Student(id="ann", name="Ann", ids={"canvas": "17"})
DAILY = Rules(due=DUE, late=Late(percent=Decimal(10)))


def part(
    label: str = "topic/one",
    score: float = 17,
    most: float = 20,
    status: ExerciseStatus = "partial",
) -> PartSummary:
    """A part of a verdict."""
    return PartSummary(label=label, title="", status=status, score=score, max_score=most)


def graded(*parts: PartSummary) -> Summary:
    """A verdict."""
    return Summary(
        status="failed",
        score=sum(each.score for each in parts),
        max_score=sum(each.max_score for each in parts),
        parts=parts,
    )


def attempt(
    score: float | None = 17,
    late: timedelta | None = timedelta(0),
    number: int = 1,
    summary: Summary | None = None,
    **changes: object,
) -> Attempt:
    """An attempt with so many points of 20, so late; None for what is not known."""
    given = {
        "source": f"s{number}",
        "digest": str(number),
        "who": "ann",
        "attempt": number,
        "submitted": None if late is None else DUE + late,
    }
    verdict = summary or (None if score is None else graded(part(score=score)))
    return Attempt(handed_in=HandedIn(**{**given, **changes}), summary=verdict)


def ranked(*attempts: Attempt, rules: Rules = DAILY) -> Standing:
    """Ann's row, where 20 points can be had."""
    return rank(ANN, attempts, rules, {"topic/one": Fraction(20)})


FAILED = Summary(status="grader_error", score=0, max_score=0, problem="the machine was full")
EMPTY = Summary(status="not_started", score=0, max_score=0, problem="holds no topic")
DAY = timedelta(days=1)


def test_one_attempt_in_time_needs_no_words() -> None:
    """All its points count and nothing is to be said."""
    standing = ranked(attempt())
    assert (standing.counted, standing.raw, standing.score, standing.max_score) == (0, 17, 17, 20)
    assert (standing.taken, standing.why) == (0, "")


@pytest.mark.parametrize(
    ("choice", "place", "score", "why"),
    [
        ("best", 1, 17, "The second of three attempts counts, the best one."),
        ("first", 0, 10, "The first of three attempts counts."),
        ("last", 2, 17, "The third of three attempts counts."),
    ],
)
def test_which_attempt_counts(choice: str, place: int, score: float, why: str) -> None:
    """By the rule, and of equals the earlier one."""
    rules = parse(f'attempts = "{choice}"'.encode())
    three = [attempt(10), attempt(17, number=2), attempt(17, number=3)]
    standing = ranked(*three, rules=rules)
    assert (standing.counted, standing.score, standing.why) == (place, score, why)


def test_the_best_is_the_best_after_penalties() -> None:
    """More points that came later can be fewer."""
    standing = ranked(attempt(15), attempt(16, DAY, number=2))
    assert (standing.counted, standing.score) == (0, 15)


@pytest.mark.parametrize(
    ("late", "rules", "score", "why"),
    [
        (
            DAY + timedelta(hours=3),
            "percent = 10",
            13.6,
            "It came 1 day 3 hours late (2 started days); that takes 3.4 points, 20 % of 17.",
        ),
        (2 * DAY, "percent = 10", 13.6, "It came 2 days late; that takes 3.4 points, 20 % of 17."),
        (
            timedelta(seconds=1),
            "percent = 10",
            15.3,
            "It came 1 minute late (1 started day); that takes 1.7 points, 10 % of 17.",
        ),
        (
            timedelta(minutes=90),
            'percent = 1\nper = "hour"',
            16.66,
            "It came 1 hour 30 minutes late (2 started hours); that takes 0.34 points, 2 % of 17.",
        ),
        (30 * DAY, 'percent = 10\nper = "once"', 15.3, "It came 30 days late; that takes 1.7 "),
        (DAY, 'percent = 10\nof = "maximum"', 15, "takes 2 points, 10 % of the maximum of 20."),
        (9 * DAY, 'percent = 10\nof = "maximum"', 0, "takes 17 points, all that were earned."),
        (99 * DAY, "percent = 10", 0, "that takes 17 points, 100 % of 17."),
        (
            9 * DAY,
            "percent = 10\nat_least = 50",
            8.5,
            "that takes 8.5 points, the most that lateness may take.",
        ),
        (
            8 * DAY,
            'percent = 1\nclosed_after = "7 days"',
            0,
            "It came 8 days late, and nothing is earned after 7 days.",
        ),
        (7 * DAY, 'percent = 1\nclosed_after = "7 days"', 15.81, "It came 7 days late; that takes"),
    ],
)
def test_what_lateness_takes(late: timedelta, rules: str, score: float, why: str) -> None:
    """Started units, shares of the points earned or to be had, floors and the end."""
    text = f"due = 2026-03-01T23:59:00+01:00\n[late]\n{rules}"
    standing = ranked(attempt(17, late), rules=parse(text.encode()))
    assert standing.score == score
    assert why in standing.why
    assert exact(standing.taken) == 17 - exact(score)


def test_grace_forgives_up_to_its_end() -> None:
    """At its end nothing is taken; a second later lateness counts from the due date."""
    rules = parse(
        b'due = 2026-03-01T23:59:00+01:00\ngrace = "1 hour"\n[late]\npercent = 1\nper = "hour"'
    )
    assert ranked(attempt(10, timedelta(hours=1)), rules=rules).score == 10
    assert ranked(attempt(10, timedelta(seconds=3601)), rules=rules).score == 9.8


def test_zones_are_told_apart() -> None:
    """The same moment in another zone is as late."""
    same = attempt(submitted=(DUE + DAY).astimezone(UTC))
    assert ranked(same).score == ranked(attempt(late=DAY)).score == 15.3


def test_a_closed_attempt_does_not_displace_an_open_one() -> None:
    """With `last`, the last that came before the end counts."""
    rules = parse(
        b'due = 2026-03-01T23:59:00+01:00\nattempts = "last"\n[late]\nclosed_after = "1 day"'
    )
    standing = ranked(attempt(12), attempt(20, 2 * DAY, number=2), rules=rules)
    assert (standing.counted, standing.score) == (0, 12)


def test_a_mark_without_a_time() -> None:
    """Nothing is taken unless the rules say what a mark costs; either way it is said."""
    marked = attempt(late=None)
    flagged = Attempt(
        handed_in=HandedIn(source="s", digest="1", who="ann", late=True), summary=marked.summary
    )
    free = ranked(flagged)
    assert free.score == 17
    assert free.why == "It is marked late; by how much is not known, so nothing was taken."
    paid = ranked(flagged, rules=parse(b"[late]\nflagged = 10"))
    assert paid.score == 15.3
    assert paid.why == ("It is marked late, without a time; that takes 1.7 points, 10 % of 17.")
    assert ranked(flagged, rules=Rules()).why == ""


def test_a_known_time_outweighs_the_mark() -> None:
    """The platform may know another due date than the rules."""
    both = Attempt(
        handed_in=HandedIn(source="s", digest="1", who="ann", late=True, submitted=DUE),
        summary=graded(part()),
    )
    assert (
        ranked(both, rules=parse(b"due = 2026-03-01T23:59:00+01:00\n[late]\nflagged=50")).score
        == 17
    )


@pytest.mark.parametrize("name", ["ann", "17"])
def test_an_extension_moves_the_due_date(name: str) -> None:
    """It is found by any id of the student, and said where it made a difference."""
    rules = Rules(due=DUE, late=Late(percent=Decimal(10)), extensions={name: DUE + 7 * DAY})
    standing = ranked(attempt(late=8 * DAY), rules=rules)
    assert standing.score == 15.3
    assert standing.why.startswith(
        "The extension until 2026-03-08 23:59 UTC+01:00 applies. It came 1"
    )
    assert ranked(attempt(), rules=rules).why == ""


def test_a_mark_says_nothing_against_an_extension() -> None:
    """A platform that knows no extension marks late what is in time."""
    rules = Rules(due=DUE, late=Late(flagged=Decimal(10)), extensions={"ann": DUE + 7 * DAY})
    flagged = Attempt(
        handed_in=HandedIn(source="s", digest="1", who="ann", late=True), summary=graded(part())
    )
    standing = ranked(flagged, rules=rules)
    assert standing.score == 17
    assert "extension" in standing.why and "nothing was taken" in standing.why


def test_extensions_of_nobody_are_refused() -> None:
    """A mistyped id, one that two students have, and a student named twice."""
    bob = Student(id="bob", name="Bob", ids={"sis": "17"})
    for names, said in [
        (["anm"], "names 'anm', who is not in the class; did you mean 'ann'?"),
        (["17"], "names '17', which is an id of 2 students: ann, bob"),
    ]:
        with pytest.raises(UsageError, match=said):
            standings([(ANN, []), (bob, [])], Rules(extensions={name: DUE for name in names}))
    with pytest.raises(UsageError, match="names one student twice, as 17 and ann"):
        standings([(ANN, [])], Rules(extensions={"ann": DUE, "17": DUE + DAY}))


def test_the_graders_fault_costs_nothing() -> None:
    """No score instead of 0, whether all of it or one exercise was not judged."""
    for summary in (FAILED, graded(part(score=0, status="grader_error"))):
        standing = ranked(attempt(summary=summary))
        assert (standing.score, standing.raw, standing.counted) == (None, None, None)
        assert "The grader failed on your attempt, which is not your fault" in standing.why
    case = CaseSummary(name="a", title="", status="grader_error", score=0, max_score=1)
    crashed = PartSummary(
        label="topic/one", title="", status="error", score=0, max_score=20, cases=(case,)
    )
    assert ranked(attempt(summary=graded(crashed))).score is None


def test_an_exercise_that_does_not_count_may_fail() -> None:
    """The grader's fault in it changes nothing."""
    summary = graded(part(), part("topic/two", 0, 5, "grader_error"))
    assert ranked(attempt(summary=summary)).score == 17


def test_an_attempt_that_was_not_judged_could_be_the_best() -> None:
    """So there is no score, unless another one cannot be beaten."""
    failed = attempt(summary=FAILED)
    standing = ranked(failed, attempt(19, number=2))
    assert standing.score is None
    assert "The grader failed on the first attempt" in standing.why
    assert ranked(failed, attempt(20, number=2)).score == 20
    late = attempt(summary=FAILED, late=5 * DAY, number=2)
    assert ranked(attempt(11), late).score == 11


def test_what_is_not_graded_yet_is_waited_for() -> None:
    """Its student is told so."""
    standing = ranked(attempt(5), attempt(None, number=2), rules=Rules(attempts="last"))
    assert standing.score is None
    assert standing.why == "The second attempt has not been graded yet."


def test_what_cannot_be_read_does_not_count() -> None:
    """Another attempt does; without one there is no score, which is not 0 either."""
    broken = attempt(None, number=2, fault="the zip is damaged")
    standing = ranked(attempt(5), broken, rules=Rules(attempts="last"))
    assert (standing.score, standing.counted) == (5, 0)
    assert standing.why.endswith("The second could not be read.")
    alone = ranked(broken)
    assert alone.score is None
    assert alone.why == "What was handed in could not be read. Ask your instructor."
    assert ranked(attempt(summary=EMPTY)).why == (
        "What was handed in holds nothing that this assignment asks for. Ask your instructor."
    )
    assert "None of what was handed in could be read" in ranked(broken, broken).why
    assert [state_of(each) for each in (broken, attempt(summary=EMPTY), attempt())] == [
        "unreadable",
        "nothing to grade",
        "judged",
    ]


def test_nothing_handed_in_is_no_zero() -> None:
    """The points to be had are known all the same."""
    standing = ranked()
    assert (standing.score, standing.max_score, standing.why) == (
        None,
        20,
        "Nothing was handed in.",
    )


def test_points_are_exact() -> None:
    """A tenth is a tenth, a third is a third, and halves go up."""
    assert exact(0.1 + 0.2) == Fraction(3, 10)
    assert exact(17 / 3) == Fraction(17, 3)
    assert ranked(attempt(0.1 + 0.2), rules=Rules()).score == 0.3
    assert [amount(each) for each in (17.0, 16.5, 1 / 3, Fraction(1, 200), 0, 100)] == [
        "17",
        "16.5",
        "0.33",
        "0.01",
        "0",
        "100",
    ]


@pytest.mark.parametrize(
    ("score", "step", "rounded"),
    [(16.25, "0.5", 16.5), (16.24, "0.5", 16), (16.7, "1", 17), (19.9, "3", 20), (0.01, "5", 0)],
)
def test_points_are_rounded(score: float, step: str, rounded: float) -> None:
    """Halves up, and never above the maximum; what changed is said."""
    standing = ranked(attempt(score), rules=Rules(round=Decimal(step)))
    assert (standing.raw, standing.score) == (score, rounded)
    assert standing.why == f"{amount(score)} points were rounded to {amount(rounded)}."


def test_a_class_tells_what_can_be_had() -> None:
    """Who was graded for one exercise of two could have had both."""
    both = attempt(summary=graded(part(), part("topic/two", 5, 10)))
    one = attempt(summary=graded(part()))
    bob = Student(id="bob", name="Bob")
    ann, other = standings([(ANN, [one]), (bob, [both])], Rules())
    assert (ann.score, ann.max_score) == (17, 30)
    assert (other.score, other.max_score) == (22, 30)


def test_what_counts_and_how_much() -> None:
    """Topics, names and labels are understood; a quiz comes last; points are scaled."""
    summary = graded(part(), part("topic/quiz", 1, 4), part("other/two", 5, 10))
    attempts = [attempt(summary=summary)]
    assert list(worth_of(attempts, Rules())) == ["topic/one", "other/two", "topic/quiz"]
    assert list(worth_of(attempts, Rules(quizzes=False))) == ["topic/one", "other/two"]
    assert list(worth_of(attempts, Rules(count=("topic",)))) == ["topic/one", "topic/quiz"]
    heavy = Rules(count=("two", "topic/quiz"), points={"two": Decimal("2.5")})
    assert worth_of(attempts, heavy) == {"other/two": Fraction(5, 2), "topic/quiz": 4}
    standing = rank(ANN, attempts, heavy)
    assert (standing.score, standing.max_score) == (2.25, 6.5)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (Rules(count=("topik",)), "count names 'topik', .*; did you mean 'topic'?"),
        (Rules(count=("zzz",)), "count names 'zzz', .*; there are topic/one, topic/quiz"),
        (Rules(points={"topic": Decimal(1)}), r'points."topic" names 2 exercises \(topic/one, '),
        (Rules(quizzes=False, points={"quiz": Decimal(1)}), "'topic/quiz', which does not count"),
    ],
)
def test_rules_for_what_is_not_there(rules: Rules, said: str) -> None:
    """A mistyped exercise is refused instead of passed over."""
    with pytest.raises(UsageError, match=said):
        worth_of([attempt(summary=graded(part(), part("topic/quiz")))], rules)


def test_ordinals() -> None:
    """Words up to the ninth, then numbers."""
    said = {
        n: rank(ANN, [attempt(n == at, number=at + 1) for at in range(n + 1)], Rules()).why
        for n in (9, 10, 20, 21, 110)
    }
    assert [text.split()[1] for text in said.values()] == ["10th", "11th", "21st", "22nd", "111th"]


ATTEMPTS = st.builds(
    lambda score, late, number, state: attempt(
        score,
        None if late is None else timedelta(minutes=late),
        number,
        {"failed": FAILED, "empty": EMPTY}.get(state),
        **({"fault": "broken"} if state == "broken" else {}),
    ),
    st.one_of(st.none(), st.floats(0, 20)),
    st.one_of(st.none(), st.integers(-50_000, 50_000)),
    st.integers(1, 4),
    st.sampled_from(["judged", "judged", "judged", "failed", "empty", "broken"]),
)
PERCENT = st.integers(0, 1000).map(lambda tenths: Decimal(tenths) / 10)
RULES = st.builds(
    Rules,
    due=st.just(DUE),
    attempts=st.sampled_from(["best", "last", "first"]),
    round=st.sampled_from([None, Decimal("0.01"), Decimal("0.5"), Decimal(3)]),
    late=st.one_of(
        st.none(),
        st.builds(
            Late,
            percent=PERCENT,
            per=st.sampled_from(["day", "hour", "once"]),
            of=st.sampled_from(["earned", "maximum"]),
            at_least=PERCENT,
            closed_after=st.sampled_from([None, 7 * DAY]),
            flagged=PERCENT,
        ),
    ),
)


@given(st.lists(ATTEMPTS, max_size=5), RULES, st.randoms(use_true_random=False))
def test_points_stay_in_their_bounds(
    attempts: list[Attempt], rules: Rules, chance: random.Random
) -> None:
    """Never below 0 or above the maximum, nor above what was earned but by rounding."""
    standing = ranked(*attempts, rules=rules)
    if standing.score is not None:
        assert standing.raw is not None
        assert 0 <= standing.score <= standing.max_score == 20
        assert 0 <= standing.taken <= standing.raw
        assert standing.score <= standing.raw + float(rules.round or 0)
        assert standing.counted is not None
        assert state_of(standing.attempts[standing.counted]) == "judged"
    for place, each in enumerate(attempts):
        attempts[place] = replace(each, handed_in=replace(each.handed_in, digest=str(place)))
    standing = ranked(*attempts, rules=rules)
    mixed = chance.sample(attempts, len(attempts))
    assert ranked(*mixed, rules=rules) == standing
