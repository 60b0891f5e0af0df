"""The class page as text: what it says, and what it lets nobody say."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cohort.records import Standing, Student
from grader.cohort.statistics import (
    Cause,
    ClassRecord,
    Example,
    Hurdle,
    Provenance,
    class_record,
)
from grader.cohort.twins import Compared, Twins
from grader.writers.class_page import LARGEST, arrange, chance, percent, render, talks


def plain(page: str) -> str:
    """What can be read of a page, in one line."""
    body = page.partition("<body")[2]
    text = re.sub(r"<[^>]*>", "", re.sub(r"<title>.*?</title>", "", body))
    return " ".join(html.unescape(text).split())


def test_it_says_what_to_talk_about_first(classes: ModuleType) -> None:
    """In plain sentences, with the lesson, the hint and three reports."""
    record = classes.record(200)
    text = plain(render(record))
    (cause,) = (it for it in record.causes if it.mistake == "unbiased_variance")

    assert text.index("What to talk about next week") < text.index("Points Exercises Mistakes")
    said = (
        f"For {cause.students} of the {cause.tried} who tried it, layer_norm divides the variance "
        "by n - 1; LayerNorm divides by n. Hint torch.var and torch.std divide by n - 1 unless you "
        "say unbiased=False. Lesson: Normalization (exercises/normalization/README.md). Seen in: "
    )
    assert said in text
    assert len(talks(record)) == 3


def test_what_nobody_can_explain_is_named_where_most_fail_by_it(classes: ModuleType) -> None:
    """Between mistakes, by the number of students; one case per exercise."""
    made = [cause(20), cause(5), cause(1)]
    failed = [
        Hurdle(label="topic/rnn", title="one", passed=10, tried=30, unexplained=9),
        Hurdle(label="topic/rnn", title="two", passed=18, tried=30, unexplained=12),
        Hurdle(label="topic/quiz", title="How many?", passed=20, tried=30, unexplained=10),
    ]
    record = empty(classes, causes=tuple(made), hurdles=tuple(failed), rows=classes.record(30).rows)

    assert [(it.lead, it.names, it.rest) for it in talks(record)] == [
        ("For 20 of the 40 who tried it", ("layer_norm",), "forgets something."),
        (
            "For 12 of the 30 who got as far",
            ("rnn",),
            "fails “two” for no cause that the course knows.",
        ),
        ("For 10 of the 30 who answered", ("topic/quiz",), "has a wrong answer to “How many?”."),
    ]


def test_one_student_is_no_topic_for_a_class(classes: ModuleType) -> None:
    """But of five it may be."""
    many = empty(classes, causes=(cause(1),), rows=classes.record(30).rows)
    few = empty(classes, causes=(cause(1),), rows=classes.record(5).rows)

    assert talks(many) == ()
    assert [it.lead for it in talks(few)] == ["For 1 of the 40 who tried it"]


def cause(students: int) -> Cause:
    """A mistake that this many of 40 made."""
    return Cause(
        mistake="slip",
        title="forgets something",
        hint="",
        students=students,
        tried=40,
        labels=("normalization/layer_norm",),
        examples=(Example(name="Ada", report="reports/a.html", label="normalization/layer_norm"),),
    )


def empty(classes: ModuleType, **fields: Any) -> ClassRecord:
    """A class of nobody, with these fields."""
    record = class_record([], classes.provenance())
    replaced: ClassRecord = msgspec.structs.replace(record, **fields)
    return replaced


@pytest.mark.parametrize(
    ("students", "tried", "lead"),
    [(40, 40, "For all 40"), (1, 1, "For the one"), (2_000, 3_000, "For 2 000 of the 3 000")],
)
def test_numbers_stand_in_sentences(
    classes: ModuleType, students: int, tried: int, lead: str
) -> None:
    """All, the one, thousands set apart."""
    made = msgspec.structs.replace(cause(students), tried=tried)

    assert talks(empty(classes, causes=(made,)))[0].lead == f"{lead} who tried it"


def test_a_mistake_in_several_exercises_names_them(classes: ModuleType) -> None:
    """In one sentence whose verb fits."""
    text = plain(render(classes.record(200)))

    assert "who tried them, batch_norm or layer_norm treats mean and variance as constants" in text


@pytest.mark.parametrize("number", [0, 1, 2, 5])
def test_the_smallest_classes_have_a_page(classes: ModuleType, number: int) -> None:
    """Also before anybody has handed in."""
    text = plain(render(classes.record(number)))

    assert "For the instructor only" in text
    if number == 0:
        assert "The class has no students yet" in text
        assert "Nothing was graded yet." in text
        assert "Answers were not compared." in text


def test_a_class_without_a_fault_is_told_so(classes: ModuleType) -> None:
    """Every section says that there is nothing, instead of being empty."""
    standings = [it for it in (classes.standing(n) for n in range(60)) if it.score == it.max_score]
    looked = [Compared(label="normalization/layer_norm", answers=0)]
    text = plain(render(class_record(standings, classes.provenance(), {}, looked)))

    for said in (
        "Nothing stands out",
        "No case that enough students tried was failed by anybody.",
        "No failure has a cause that the course knows.",
        "None were found.",
        "fewer than two answers",
        "Everything that was handed in was read and judged.",
    ):
        assert said in text


def test_nothing_handed_in_is_said_and_not_drawn(classes: ModuleType) -> None:
    """The distribution is of those who have points."""
    record = classes.record(200)
    page = arrange(record)

    assert sum(bar.number for bar in page.bars) == record.spread.number == 200 - 12 - 3
    assert "Not counted here: 12 who handed in nothing and 3 who could not be given points" in (
        page.spread
    )
    assert page.headline == (
        "188 of 200 students handed in; half of those with points have 23 of 29 points or more"
    )


def test_the_bars_are_in_proportion(classes: ModuleType) -> None:
    """The tallest fills the height; each names its range and its number."""
    page = arrange(classes.record(200))
    tallest = max(page.bars, key=lambda bar: bar.number)

    assert tallest.height == 120
    for bar in page.bars:
        assert bar.height == pytest.approx(120 * bar.number / tallest.number, abs=0.05)
    assert page.bars[-1].title == "26.1 to 29 points: 47 students"
    assert page.box is not None
    assert page.box.low <= page.box.first <= page.box.middle <= page.box.third <= page.box.high


def test_every_state_of_an_exercise_has_its_word(classes: ModuleType) -> None:
    """Numbers and words stand below the bar; its parts fill it."""
    page = arrange(classes.record(200))

    for stack in page.stacks:
        assert sum(segment.size for segment in stack.segments) == pytest.approx(100, abs=0.01)
        assert all(segment.word and segment.number for segment in stack.segments)


def test_near_duplicates_are_for_a_human(classes: ModuleType) -> None:
    """By who they are of, with what chance says, and never as a verdict."""
    text = plain(render(classes.record(200)))

    assert "Worth a look by a human, never a verdict." in text
    assert (
        "layer_norm 97 % alike, with 12 lines in common that few wrote; none of the other "
        "19 899 pairs shares as much. sgd 97 % alike, with 7 lines in common that few wrote; "
        "2 of the other 19 899 pairs share as much, 1 in 9 949." in text
    )
    assert "200 answers; the middle pair is 83 % alike, 1 pair in 100 more than 95 %." in text
    assert not re.search(r"plagiar|cheat|guilty|copied|misconduct", text, re.I)


def test_only_what_is_equal_is_wholly_alike() -> None:
    """Percent are rounded down."""
    assert (percent(1.0), percent(0.9999), percent(0.29)) == ("100 %", "99 %", "29 %")


def test_what_was_too_long_is_said() -> None:
    """Beside how alike answers are."""
    said = chance(Compared(label="it", answers=3, usual=0.5, unusual=0.75, cut=1))

    assert said == (
        "3 answers; the middle pair is 50 % alike, 1 pair in 100 more than 75 %; of 1 only the "
        "beginning, for length"
    )


def test_two_alone_have_nothing_to_compare_with(classes: ModuleType) -> None:
    """A class of two."""
    twins = Twins(label="it", students=("a", "b"), alike=1, rare=1, others=0, pairs=0)
    looked = (Compared(label="it", answers=2, usual=1, unusual=1, twins=(twins,)),)
    text = plain(render(empty(classes, compared=looked)))

    assert "a; b it 100 % alike, with 1 line in common that few wrote; there is no other" in text


def test_what_went_wrong_says_what_to_do(classes: ModuleType) -> None:
    """For whom, what was seen, and the next step."""
    text = plain(render(classes.record(200)))

    assert (
        "it costs nobody points (1): Ångström, Chloé. the worker's machine ran out of disk "
        "Run the same command with --resume" in text
    )
    assert "Nothing of it could be read (1): Ångström, Ben." in text
    assert (
        "hopper_grace_LATE_991 from export.zip/hopper_grace_LATE_991; nearest in the roster: "
        "Hopper, Grace" in text
    )


def test_a_secret_seed_is_not_shown(classes: ModuleType) -> None:
    """Any other is, with the versions and the course."""
    page = classes.record(5)
    secret = msgspec.structs.replace(page, provenance=classes.provenance(seed=None))

    assert "<dt>seed</dt><dd>secret</dd>" in render(secret)
    assert "<dt>seed</dt><dd>7</dd>" in render(page)
    assert "<dt>torch</dt><dd>2.13.0</dd>" in render(page)


@pytest.mark.parametrize("number", [1_000, 3_000])
def test_a_thousand_students_fit(classes: ModuleType, number: int) -> None:
    """1.5 MB, with every remark."""
    page = render(classes.record(number))

    assert len(page.encode()) < LARGEST / 2
    assert "are shortened" not in page
    assert page.count("<tr") == number + 1


@pytest.mark.parametrize(("number", "shortened"), [(1_000, False), (2_500, True)])
def test_what_means_harm_is_shown_as_text_and_fits(
    classes: ModuleType, number: int, shortened: bool
) -> None:
    """Names of 5000 characters, with markup, escapes and text from right to left."""
    page = render(classes.hostile(number))

    assert len(page.encode()) < LARGEST
    assert ("are shortened to keep this page under 1.5 MB" in page) == shortened
    assert page.count("<script") == page.count("</script>") == 1
    assert "<img" not in page
    assert not re.search("[\x00-\x08\x1b\u200b\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
    assert "javascript:" not in page
    assert "{{ 7 * 7 }}" in page


@pytest.mark.parametrize(
    "report",
    [
        "javascript:alert(1)",
        "//192.0.2.1/x",
        "https://192.0.2.1/x",
        "/etc/passwd",
        "../../x.html",
        "reports/../../x.html",
        "\\\\192.0.2.1\\x",
        "\ud800",
        "data:text/html,x",
        "reports/a b%\"'<#?.html",
    ],
)
def test_no_link_leads_out_of_the_folder(classes: ModuleType, report: str) -> None:
    """A report's path becomes an address below the page, or none at all."""
    standing: Standing = classes.standing(0)
    attempt = msgspec.structs.replace(standing.attempts[0], report=report)
    standing = msgspec.structs.replace(standing, attempts=(attempt,), counted=0)
    page = render(class_record([standing], classes.provenance()))
    links = re.findall(r'href="([^"#][^"]*)"', page)

    assert all(re.fullmatch(r"[\w./~%-]+(#[\w.-]+)?", link) for link in links)
    assert not any(link.startswith("/") or ".." in link.split("/") for link in links)
    assert links or report.startswith(("/", "\\", "..", "https", "\ud800", "reports/.."))


def test_the_page_may_ask_nobody(classes: ModuleType) -> None:
    """Its policy allows its own style and script, by their hashes, and nothing else."""
    page = render(classes.record(5))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)

    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert not re.search(r"https?://|//[a-z]", page.partition("<body")[2])


def test_two_runs_give_the_same_bytes(classes: ModuleType) -> None:
    """The page is a function of the record."""
    assert render(classes.record(60)) == render(classes.record(60))


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_name_can_be_shown(name: str, why: str) -> None:
    """Whatever a platform calls a student."""
    made = Provenance(course=name, made=datetime(2026, 1, 1, tzinfo=UTC))
    who = Student(id=why, name=name, section=name)
    page = render(class_record([Standing(student=who, why=why)], made))

    assert page.count("<script") == 1
    assert page.encode()
