"""What answers are worth, what is explained, and what is kept to itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.result import Environment, Quiz, Result, from_json, to_json
from grader.writers.html import render as render_html
from grader.writers.terminal import render as render_terminal

Grade = Callable[..., Quiz]
Answered = Callable[..., str]
RIGHT = {
    "one": '"b"',
    "several": '["c", "a"]',
    "number": "1.009",
    "shape": "[3, 4]",
    "order": '["b", "c", "a"]',
}


def as_result(quiz: Quiz) -> Result:
    """A result of one quiz."""
    environment = Environment(
        dlgrade="0",
        python="3",
        torch="2",
        numpy="2",
        platform="here",
        seed=0,
        threads=1,
        isolation=(),
    )
    status = "passed" if quiz.status == "passed" else "failed"
    return Result(
        score=quiz.score,
        max_score=quiz.max_score,
        status=status,  # type: ignore[arg-type]
        environment=environment,
        exercises=(),
        quizzes=(quiz,),
    )


def test_everything_right(grade: Grade, answered: Answered) -> None:
    """All points; every option is explained."""
    quiz = grade(answered(**RIGHT))
    assert (quiz.status, quiz.score, quiz.max_score) == ("passed", 6.0, 6.0)
    assert [len(question.reasons) for question in quiz.questions] == [3, 3, 1, 1, 3]


@pytest.mark.parametrize("text", [None, "", "untouched"])
def test_nothing_answered_is_not_started(grade: Grade, answered: Answered, text: str) -> None:
    """No file, an empty one, and the course's own."""
    quiz = grade(answered() if text == "untouched" else text)
    assert (quiz.status, quiz.score, quiz.max_score) == ("not_started", 0.0, 6.0)
    assert {question.status for question in quiz.questions} == {"open"}


@pytest.mark.parametrize("text", [None, "untouched", "partly"])
def test_open_questions_give_nothing_away(grade: Grade, answered: Answered, text: str) -> None:
    """No output holds a reason, a hint or a computed value of an open question."""
    source = {"untouched": answered(), "partly": answered(one='"a"')}.get(text)
    result = as_result(grade(source))
    outputs = [to_json(result).decode(), render_html(result)]
    outputs += [render_terminal(result, verbosity=verbosity) for verbosity in (0, 1)]
    kept = ["one b: yes", "one c: no", "several a", "number: ", "order a:", "order b:", "shape: "]
    for output in outputs:
        assert [secret for secret in kept if secret in output] == []
        assert ("one a: no" in output) is (text == "partly")


def test_a_partly_answered_quiz(grade: Grade, answered: Answered) -> None:
    """What is open is not wrong: the state says so."""
    result = as_result(grade(answered(one='"b"')))
    assert (result.quizzes[0].status, result.score) == ("partial", 1.0)
    text = render_terminal(result)
    assert text.splitlines()[0].startswith("… arithmetic/quiz   1 of 6 points")
    assert "4 questions are open" in text
    assert "partly answered" in render_html(result)


@pytest.mark.parametrize(
    ("name", "raw", "message", "reasons"),
    [
        ("one", '"a"', "", ["one a: no"]),
        ("one", '" C "', "", ["one c: no"]),
        ("several", '["a"]', "all that you chose is right; there is more", ["several: look again"]),
        ("several", '"a, b, c"', "some of what you chose is wrong", ["several b: no"]),
        (
            "several",
            '["a", "b"]',
            "some of what you chose is wrong, and something right is missing",
            ["several b: no"],
        ),
        ("number", "0.5", "", ["number: once is not twice"]),
        ("number", '"0.495"', "", ["number: once is not twice"]),
        ("number", "1.0101", "not within 0.01 of the right number", ["number: a hint"]),
        ("shape", "[4, 3]", "", ["shape: columns are not first"]),
        ("shape", "[]", "", ["shape: a scalar"]),
        ("shape", '"(3, 5)"', "not the shape that comes out", ["shape: a hint"]),
        ("order", '["a", "b", "c"]', "a is not the first", ["order a: is last", "order: a hint"]),
        (
            "order",
            '"b a c"',
            "the first is right; a is not next",
            ["order a: is last", "order: a hint"],
        ),
    ],
)
def test_wrong_answers_are_explained(
    grade: Grade, answered: Answered, name: str, raw: str, message: str, reasons: list[str]
) -> None:
    """What was chosen is explained, what would be right is not."""
    quiz = grade(answered(**{name: raw}))
    question = next(each for each in quiz.questions if each.name == name)
    assert (quiz.status, question.status, question.score) == ("failed", "wrong", 0.0)
    assert (question.message, [reason.text for reason in question.reasons]) == (message, reasons)
    assert quiz.line == question.line is not None


@pytest.mark.parametrize(
    ("name", "raw", "said"),
    [
        ("one", '"d"', 'write one letter in quotes: "a" or "b" or "c"'),
        ("one", '["a", "b"]', "write one letter"),
        ("one", "true", "write one letter"),
        ("several", '["a", "a"]', 'write those that you choose of ["a", "b", "c"]'),
        ("number", "true", "write a number"),
        ("number", "nan", "write a number"),
        ("number", '"much"', "write a number"),
        ("number", "1979-05-27", "write a number"),
        ("number", f"1{'0' * 400}", "write a number"),
        ("shape", "[3.0, 4]", "write the sizes"),
        ("shape", "[-1]", "write the sizes"),
        ("shape", "{ a = 1 }", "write the sizes"),
        ("order", '["a", "b"]', 'every letter once, first things first: answer = ["a", "b", "c"]'),
    ],
)
def test_answers_of_another_kind(
    grade: Grade, answered: Answered, name: str, raw: str, said: str
) -> None:
    """They are not wrong but unreadable, and what to write is said."""
    question = next(q for q in grade(answered(**{name: raw})).questions if q.name == name)
    assert question.status == "unreadable"
    assert said in question.message


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("b", 'line 10, column 10: invalid value; put the letter into quotation marks: "b"'),
        ("", 'nothing stands after the =; write ""'),
        ("“b”", "these quotation marks are curly"),
        ("0,5", "write the decimal with a point: 0.5"),
        (".5", "write a 0 before the point"),
        ("1/3", "TOML does not calculate"),
        ("(3, 4)", "write a shape in square brackets"),
        ("[a, b]", 'write several letters as ["a", "c"]'),
        ('"b', "the quotation mark is never closed"),
    ],
)
def test_wrong_toml_is_mended(grade: Grade, answered: Answered, raw: str, said: str) -> None:
    """The line, the column and the cure are said, and the line is shown."""
    quiz = grade(answered(one=raw))
    assert quiz.error is not None
    assert (quiz.status, quiz.line, quiz.error.kind) == ("error", 10, "toml")
    assert said in quiz.error.message
    assert quiz.error.excerpt is not None
    assert quiz.error.excerpt.marked == 10


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('question = "no"', "questions are tables"),
        ("[[question]]\nanswer = 1", "line 1: the question has no id"),
        ('[[question]]\nid = "one"\n' * 2, "line 3: one stands here twice"),
        (b"\n\xff", "line 2: the file is not UTF-8"),
        (b"a = " + b"[" * 1500, "too deeply nested"),
        (b"a = 1" + b"0" * 1990 + b"\n", None),
        (b"a." * 2000 + b"a = 1", "line 1: the line is longer than 2000 characters"),
        (b"#" * 100_001, "the file is larger than 100 kB"),
    ],
)
def test_odd_files(grade: Grade, text: str | bytes, said: str | None) -> None:
    """Whatever a learner sends, the grader answers."""
    quiz = grade(text)
    message = quiz.error.message if quiz.error else ""
    assert (said or "") in message


def test_altered_options_are_not_judged(grade: Grade, answered: Answered) -> None:
    """A letter means what the course says it means; exchanged texts are noticed."""
    text = answered(one='"a"').replace('"first"', '"x"', 1).replace('"second"', '"first"', 1)
    question = grade(text).questions[0]
    assert question.status == "unreadable"
    assert "copy the question again" in question.message


def test_hostile_answers_are_only_text(grade: Grade, answered: Answered) -> None:
    """Markup and escape sequences in an answer act on nothing."""
    hostile = "</script><img src=x onerror=alert(1)>\\u001b[31m\\u202e{{ 7 * 7 }}"
    result = as_result(grade(answered(one=f'"{hostile}"', number=f'"{hostile}"')))
    page, text = render_html(result), render_terminal(result, verbosity=1)
    assert page.count("<script") == 2
    assert "<img" not in page
    assert "\x1b" not in text + page
    assert "\u202e" not in text + page


def test_the_record_repeats(grade: Grade, answered: Answered) -> None:
    """A result with a quiz is read back as it was written."""
    result = as_result(grade(answered(**RIGHT)))
    assert from_json(to_json(result)) == result


def test_a_wrong_snippet_costs_nothing(grade: Grade, answered: Answered) -> None:
    """It runs for an answered question only, and is the course's fault."""
    broken = '[[question]]\nid = "n"\ncompute = "answer = 1 / 0"\nwhy.answer = "y"\nhint = "h"\n'
    asked = 'title = "T"\n[[question]]\nid = "n"\nkind = "number"\nasks = "?"\ntolerance = 1.0\n'
    untouched = grade(asked + 'answer = ""\n', asked=asked, key=broken)
    assert untouched.status == "not_started"
    quiz = grade(asked + "answer = 1\n", asked=asked, key=broken)
    assert (quiz.status, quiz.max_score) == ("grader_error", 0.0)
    assert quiz.error is not None
    assert "the course is wrong, not your work" in quiz.error.message
    assert "question n: the snippet fails with ZeroDivisionError" in quiz.error.message
