"""What the test pane shows once the tests have run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course import find

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"

MIXED = """\
import torch

print("hello \\x1b[31m")


def double(value, times=2.0):
    return value * 1


def shuffled(x, generator):
    raise NotImplementedError


def positive(number):
    if number < 0:
        raise KeyError("[bold]no[/bold] \\x1b[31m")
    return number
"""

ENDINGS = {
    "forbidden": (
        "def double(x, times=2.0):\n    return x.cumsum(0)\n",
        "uses cumsum at line 2, which this exercise asks you to write yourself",
        2,
    ),
    "crashed": (
        "import os\ndef double(x, times=2.0):\n    os._exit(3)\n",
        "it ended the whole program (exit code 3); take out exit(), quit() and os._exit()",
        2,
    ),
    "error": (
        "def double(x, times=2.0):\n    return x + missing\n",
        "NameError at line 2: name 'missing' is not defined",
        2,
    ),
}


@pytest.fixture(scope="module")
def mixed(run: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A run over a file with one of everything that is common."""
    folder = tmp_path_factory.mktemp("mixed")
    (folder / "exercises" / "arithmetic").mkdir(parents=True)
    (folder / "exercises" / "arithmetic" / "double.py").write_text(MIXED, encoding="utf-8")
    return run(folder, "-rA", "exercises")


def test_what_is_right_passes(run: Callable[..., Any], folder: Path) -> None:
    """Nothing but dots, and a line that says so."""
    done = run(folder, "exercises")
    assert done.code == 0
    assert set(done.outcomes.values()) == {"passed"}
    assert "exercises/arithmetic/double.py ....." in done.text
    assert "\nThe exercise passes, 7 of 7 points.\n" in done.text


def test_every_status_has_its_outcome(mixed: Any) -> None:
    """Waiting and not started are no failures."""
    assert mixed.code == pytest.ExitCode.TESTS_FAILED
    assert mixed.outcomes == {
        "twice_as_much": "failure",
        "gradients_double_too": "skipped",
        "an_order_from_the_generator": "skipped",
        "negatives_are_refused": "failure",
        "others_come_back": "passed",
    }


def test_a_failure_is_said_in_our_words(mixed: Any) -> None:
    """Place, evidence, cause and the next command; the title is the head; nothing of pytest's."""
    head, _, rest = mixed.text.partition(" double: the answer is twice as much ")
    assert head.rstrip("_").endswith("\n")
    assert rest.lstrip("_").startswith(
        "\nexercises/arithmetic/double.py:7\n"
        "  worst at [2]   yours 0.74146   expected 1.4829   off by 7.4e-1, allowed 1.5e-9\n"
        "  all 5 values differ by the same factor, 0.5\n"
        "  cause: returns x as it is\n"
        "  next:  dlgrade hint double\n"
    )
    assert "Traceback" not in mixed.text
    assert "pytest_plugin" not in mixed.text


def test_an_exception_shows_the_learners_lines(mixed: Any) -> None:
    """Five lines, the guilty one marked; what the learner wrote acts on nothing."""
    text = mixed.tests["negatives_are_refused"].text
    assert text.splitlines()[:5] == [
        "exercises/arithmetic/double.py:16",
        r"  KeyError at line 16: '[bold]no[/bold] \x1b[31m'; it must raise ValueError here",
        "  14 │ def positive(number):",
        "  15 │     if number < 0:",
        r'> 16 │         raise KeyError("[bold]no[/bold] \x1b[31m")',
    ]
    assert "\x1b" not in mixed.text


def test_a_skip_says_why(mixed: Any) -> None:
    """What a case waits for, and where to start, at the function's own line."""
    assert mixed.tests["gradients_double_too"].message == "waits for twice_as_much"
    started = "shuffled is not started: replace its raise NotImplementedError"
    assert mixed.tests["an_order_from_the_generator"].message == started
    assert f"SKIPPED [1] exercises/arithmetic/double.py:10: {started}" in mixed.text


def test_the_short_summary_says_what_happened(mixed: Any) -> None:
    """A line per failure, with its message as far as there is room."""
    where = "FAILED exercises/arithmetic/double.py::twice_as_much - wrong values: 5 of 5"
    assert f"\n{where}" in mixed.text


def test_notes_and_prints_stand_beside_the_first_failure_only(mixed: Any) -> None:
    """They belong to the file: once is enough."""
    assert mixed.text.count("double: your parameters are not named as in the stub") == 1
    assert mixed.text.count("hello \\x1b[31m") == 1
    assert mixed.text.index("hello") < mixed.text.index("a negative number is refused")


def test_the_last_line_is_that_of_the_command(mixed: Any) -> None:
    """Points of all cases, and what to do next."""
    assert "\ndouble: partly right, 1 of 7 points. Next: double.\n" in mixed.text


def test_junit_has_the_points(mixed: Any) -> None:
    """A reader of the report can add them up."""
    properties = {name: test.properties for name, test in mixed.tests.items()}
    assert properties["others_come_back"] == {"status": "passed", "points": "1", "max_points": "1"}
    assert properties["twice_as_much"] == {"status": "failed", "points": "0", "max_points": "2"}
    assert sum(float(each["max_points"]) for each in properties.values()) == 7


@pytest.mark.parametrize("status", ENDINGS)
def test_however_it_ends_the_case_says_so(
    run: Callable[..., Any], folder: Path, answer: Path, status: str
) -> None:
    """Forbidden, crashed and raised are failures with our message, at the learner's line."""
    source, message, line = ENDINGS[status]
    answer.write_text(source, encoding="utf-8")
    test = run(folder, "exercises/arithmetic/double.py::twice_as_much").tests["twice_as_much"]
    assert test.outcome == "failure"
    assert test.message == message
    assert test.text.startswith(f"exercises/arithmetic/double.py:{line}\n")
    assert test.properties["status"] == status


def test_a_file_that_does_not_parse_fails_every_test(
    run: Callable[..., Any], folder: Path, answer: Path
) -> None:
    """Each says the fault; the learner's lines stand at the first."""
    answer.write_text("def double(x, times=2.0)\n    return x\n", encoding="utf-8")
    done = run(folder, "exercises")
    assert list(done.outcomes.values()) == ["failure"] * 5
    assert {test.message for test in done.tests.values()} == {
        "Python cannot read the file at line 1: expected ':'"
    }
    assert done.text.count("> 1 │ def double(x, times=2.0)") == 1


def test_one_line_per_failure(run: Callable[..., Any], folder: Path, answer: Path) -> None:
    """``--tb=line`` is honoured."""
    answer.write_text(answer.read_text(encoding="utf-8").replace("x * times", "x * 1"))
    one = run(folder, "--tb=line", "-k", "twice", "exercises")
    assert "\nexercises/arithmetic/double.py:5: wrong values: 5 of 5 elements" in one.text
    assert "cause:" not in one.text


def test_selecting_by_words_of_the_title(run: Callable[..., Any], folder: Path) -> None:
    """-k knows titles, exercises and topics beside the ids."""
    for words, names in {
        "negative and refused": ["negatives_are_refused"],
        "curve": ["others_come_back"],
        "arithmetic and not double": [],
    }.items():
        done = run(folder, "--collect-only", "-q", "-k", words, "exercises")
        assert [each.partition("::")[2] for each in done.ids] == names


def test_selecting_by_id(run: Callable[..., Any], folder: Path) -> None:
    """What an editor runs when some tests are clicked; an id that is not there is said."""
    file = "exercises/arithmetic/double.py"
    done = run(folder, f"{folder}/{file}::others_come_back", f"{file}::twice_as_much")
    assert list(done.tests) == ["others_come_back", "twice_as_much"]
    lost = run(folder, "--collect-only", "-q", f"{file}::nothing_like_it")
    assert lost.code == pytest.ExitCode.USAGE_ERROR
    assert "nothing_like_it" in lost.text
    left = run(folder, "--collect-only", "-q", f"--deselect={file}::twice_as_much", "exercises")
    assert len(left.ids) == 4
    assert f"{file}::twice_as_much" not in left.ids


def test_last_failed_and_stop_at_first(run: Callable[..., Any], folder: Path, answer: Path) -> None:
    """pytest remembers our tests like any other."""
    answer.write_text(MIXED, encoding="utf-8")
    assert list(run(folder, "-x", "exercises").tests) == ["twice_as_much"]
    again = run(folder, "--lf", "exercises")
    assert list(again.tests) == ["twice_as_much"]


def test_another_seed_draws_other_inputs(
    run: Callable[..., Any], folder: Path, answer: Path
) -> None:
    """The numbers of a failure come from the seed that was given."""
    answer.write_text(MIXED, encoding="utf-8")
    text = run(folder, "--dlgrade-seed=5", "-k", "twice", "exercises").text
    assert "cause: returns x as it is" in text
    assert "yours 0.74146" not in text


def test_a_quiz_is_graded_question_by_question(run: Callable[..., Any], folder: Path) -> None:
    """Right, wrong, unreadable and open."""
    place = folder / "exercises" / "optimization" / "quiz.toml"
    place.parent.mkdir()
    text = (find().exercises / "optimization" / "quiz.toml").read_text(encoding="utf-8")
    for given in ('"b"', '"0.2"', "true"):
        text = text.replace('answer = ""\n', f"answer = {given}\n", 1)
    place.write_text(text, encoding="utf-8")
    done = run(folder, "exercises/optimization", course=None)
    first, second, third, *others = done.tests.values()
    assert first.outcome == "passed"
    assert (second.outcome, second.properties["status"]) == ("failure", "wrong")
    assert (third.outcome, third.properties["status"]) == ("failure", "unreadable")
    assert {(other.outcome, other.message) for other in others} == {("skipped", "not answered yet")}
    assert second.text.startswith("exercises/optimization/quiz.toml:")
    assert "\n✗ noise_of_the_estimate   0.2   wrong\n" in second.text
    assert second.message == "0.2 is not right"


def test_a_quiz_that_is_no_toml_fails_every_question(run: Callable[..., Any], folder: Path) -> None:
    """The fault is said at each, with its line and cure."""
    place = folder / "exercises" / "optimization" / "quiz.toml"
    place.parent.mkdir()
    place.write_text('[[question]]\nid = "why_small_batches"\nanswer = b\n', encoding="utf-8")
    done = run(folder, "exercises/optimization", course=None)
    assert set(done.outcomes.values()) == {"failure"}
    (message,) = {test.message for test in done.tests.values()}
    assert message.startswith("line 3, column 10: ")
    assert message.endswith('put the letter into quotation marks: "b"')


def test_the_courses_fault_is_an_error_that_says_whose_it_is(
    run: Callable[..., Any], folder: Path, tmp_path: Path
) -> None:
    """It is no failure, ends no collection, and costs no points."""
    course = shutil.copytree(FIXTURE, tmp_path / "course")
    solution = course / "solutions" / "arithmetic" / "double.py"
    solution.write_text(solution.read_text(encoding="utf-8") + "\n1 / 0\n", encoding="utf-8")
    done = run(folder, "exercises", course=course)
    assert set(done.outcomes.values()) == {"error"}
    text = done.tests["twice_as_much"].text
    assert "This is the grader's fault, not yours: it costs no points." in text
    assert "the course is wrong, not your work: " in text
    assert "fails with ZeroDivisionError: division by zero" in text
    assert "Traceback" not in done.text
    solution.write_text("def double(:\n", encoding="utf-8")
    broken = run(folder, "exercises", course=course)
    assert broken.outcomes == {"double": "error"}
    assert "fails with SyntaxError" in broken.tests["double"].text


def test_nothing_is_lost_where_there_is_no_utf8(
    run: Callable[..., Any], folder: Path, answer: Path
) -> None:
    """Lines stay lines on a terminal that knows ASCII only."""
    answer.write_text(MIXED, encoding="utf-8")
    done = run(folder, "-k", "negatives", "exercises", encoding="ascii")
    assert '\n> 16 |         raise KeyError("[bold]no[/bold] \\x1b[31m")\n' in done.text
