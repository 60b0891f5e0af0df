"""What an author is told: files that do not fit, and what the audit finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader import quiz
from grader.audit import prove_quizzes
from grader.course import Entry, find
from grader.errors import CourseError

Write = Callable[..., Entry]


@pytest.fixture
def texts(write: Write) -> tuple[str, str]:
    """Both files of the small quiz."""
    entry = write()
    return entry.stub.read_text(), entry.solution.read_text()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('kind = "number"', 'kind = "numbr"'), "line 23: question number, kind: Invalid enum"),
        (("asks = ", "ask = "), r"line 6: question one: .*unknown field `ask`"),
        (('asks = "One?"', 'asks = "One?'), "line 6, column"),
        (("tolerance = 0.01\n", ""), "a number has a tolerance above 0"),
        (("tolerance = 0.01", "tolerance = 0.0"), "a number has a tolerance above 0"),
        (('id = "several"', 'id = "one"'), "two questions are called one"),
        (('id = "several"', 'id = "Several one"'), "is no id"),
        (('options.c = "third"\n', ""), "has 2 options; write at least 3"),
        (("options.c", "options.d"), "call them a, b, c"),
        (('"third"', '"first"'), "has the same option twice"),
        (('answer = ""', 'answer = "b"'), "gives away one"),
        (("points = 2", "points = 0"), "is worth nothing"),
    ],
)
def test_wrong_questions(
    write: Write, texts: tuple[str, str], change: tuple[str, str], said: str
) -> None:
    """The file, the question and the cure are named."""
    entry = write(asked=texts[0].replace(*change, 1))
    with pytest.raises(CourseError, match=said) as caught:
        quiz.load(entry)
    assert caught.value.path == (entry.solution if "answers" in said else entry.stub)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('id = "order"', 'id = "ordr"'), "answers ordr, which .* does not ask"),
        (('why.c = "one c: no"\n', ""), "option c has no reason; write why.c"),
        (('"one c: no"', '" "'), "why.c is empty"),
        (('why.c = "one', 'why.d = "one'), "option c has no reason"),
        (('answer = "b"', 'answer = "e"'), "write the letter of one option"),
        (('["b", "c", "a"]', '["b", "c"]'), "write each letter once"),
        (('["a", "c"]', "[]"), "write the letters of one option or more"),
        (('hint = "number: a hint"\n', ""), "has no hint for wrong values"),
        (('id = "number"\n', 'id = "number"\nanswer = "1.0"\n'), "is typed in; compute it"),
        (("why.answer", "why.other"), "the right value has no reason"),
    ],
)
def test_wrong_keys(
    write: Write, texts: tuple[str, str], change: tuple[str, str], said: str
) -> None:
    """The key is checked against what is asked."""
    entry = write(key=texts[1].replace(*change, 1))
    with pytest.raises(CourseError, match=said):
        quiz.load(entry)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((0, '"third"', '"all of the above"'), "one option c speaks of the other options"),
        ((0, "One?", "Which of these is not a number?"), "one asks which is not; ask which is"),
        ((0, "tolerance = 0.01", "tolerance = 0.4"), "number cannot tell answer = 1.0 from once"),
        ((0, "Several?", "Several? one b: yes"), "one: why.b stands in the learner's file"),
        ((1, "once = answer / 2", ""), "does not set once, which has a reason"),
        ((1, "turned = (4, 3)", "turned = 'x'"), "sets turned to 'x', no shape"),
        ((1, "once = answer / 2", "once = __import__('torch').rand(1)"), "generator with a seed"),
        ((1, '"double").double', '"treble").double'), "which is no exercise"),
        ((1, '["b", "c", "a"]', '["a", "b", "c"]'), "shows its steps in the right order"),
    ],
)
def test_the_audit_finds(
    write: Write, texts: tuple[str, str], change: tuple[int, str, str], said: str
) -> None:
    """Each rule of a good quiz."""
    side, old, new = change
    changed = list(texts)
    changed[side] = changed[side].replace(old, new, 1)
    problems = prove_quizzes([write(*changed)])
    assert [problem for problem in problems if said in problem], problems


def test_the_small_quiz_is_proved(write: Write) -> None:
    """Nothing is found where nothing is wrong."""
    assert prove_quizzes([write()]) == []


def test_names_are_unique_in_the_course(write: Write) -> None:
    """Two topics may not call a question the same."""
    problems = prove_quizzes([write(topic="arithmetic"), write(topic="other")])
    assert "2 questions are called one (arithmetic, other); rename all but one" in problems


def test_the_place_of_the_right_option_tells_nothing(write: Write, texts: tuple[str, str]) -> None:
    """Neither may its length."""
    asked = texts[0].split("[[question]]\n")[1].replace("second", "the second one")
    key = texts[1].split("[[question]]\n")[1]
    names = [f"one_{place}" for place in range(5)]
    entry = write(
        'title = "T"\n'
        + "".join("[[question]]\n" + asked.replace('"one"', f'"{n}"') for n in names),
        "".join("[[question]]\n" + key.replace('"one"', f'"{n}"') for n in names),
    )
    problems = prove_quizzes([entry])
    assert "b is right in 5 of 5 questions; move the right options" in problems
    assert any(p.startswith("the longest option is right in 5 of 5 questions") for p in problems)


def test_the_bundled_quizzes_are_proved() -> None:
    """Every rule holds for the quizzes of the course."""
    course = find()
    assert {entry.topic for entry in course.quizzes} >= {"optimization", "initialization"}
    assert prove_quizzes(course.quizzes) == []


def test_both_sides_are_there(write: Write) -> None:
    """Questions without a key are found with the course."""
    entry = write()
    entry.solution.unlink()
    with pytest.raises(CourseError, match=r"has no answers; write solutions/arithmetic/quiz\.toml"):
        find(entry.stub.parents[2])
