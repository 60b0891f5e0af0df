"""The cases of a course are read from its text as they are when its files run."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course import Entry, find, load
from grader.declared import Declared, Unclear, declared, written
from grader.errors import CourseError

FIXTURES = Path(__file__).parent / "fixtures"

PLAIN = '''
from grader import Exercise

def double(x):
    return 2 * x

exercise = Exercise(double, title="Doubling", hints=["a", "b", "c"])

@exercise.case(points=1)
def twice(inputs):
    """twice
    as much.

    More about it."""
    return dict(x=1)
'''

ELSEWHERE = {
    "in a loop": "for n in (1, 2):\n    exercise.case(points=n)(build(n))",
    "under an if": 'if True:\n    @exercise.case(points=1)\n    def more(inputs):\n        """m"""',
    "handed around": "add_cases(exercise)",
    "by another name": "again = exercise",
    "in a function": "def add(exercise):\n    exercise.case(points=1)(build)",
    "by hand": 'exercise.cases["more"] = Case()',
    "below another decorator": '@wrapped\n@exercise.case(points=1)\ndef more(inputs):\n    """m"""',
    "of a function from elsewhere": '@exercise.case(other, points=1)\ndef more(i):\n    """m"""',
    "with options from elsewhere": '@exercise.case(**options)\ndef more(inputs):\n    """m"""',
    "with a computed title": "@exercise.case(points=1)\ndef more(inputs):\n    return dict(x=1)",
    "by a name that is taken": '@exercise.case(points=1)\ndef twice(inputs):\n    """again"""',
    "imported": "from _shared import exercise",
    "imported with the rest": "from _shared import *",
}


@pytest.mark.parametrize(
    "entry",
    [
        entry
        for course in (find(), find(FIXTURES / "course"), find(FIXTURES / "states"))
        for entry in course.entries
    ],
    ids=lambda entry: entry.name,
)
def test_the_text_says_what_the_file_says(entry: Entry) -> None:
    """Every exercise there is: names, titles and functions, in order, without loading it."""
    loaded = [Declared(c.name, c.title, c.function) for c in load(entry).cases.values()]
    assert loaded == list(written(entry.solution.read_bytes()))


def test_a_case_is_read() -> None:
    """The title is the docstring's first paragraph on one line, without its full stop."""
    assert written(PLAIN.encode()) == (Declared("twice", "twice as much", "double"),)


@pytest.mark.parametrize("how", ELSEWHERE)
def test_cases_made_in_other_ways_are_not_guessed(how: str) -> None:
    """Whatever may make a case that the text does not show has the file loaded."""
    with pytest.raises(Unclear):
        written(f"{PLAIN}\n{ELSEWHERE[how]}\n".encode())


def test_a_file_that_makes_cases_in_a_loop_is_loaded(tmp_path: Path) -> None:
    """Its cases are tests like others."""
    source = PLAIN + (
        "\nfor n in (1, 2):\n"
        "    def build(inputs, n=n):\n"
        '        """once more"""\n'
        '    build.__name__ = f"more_{n}"\n'
        "    exercise.case(points=1)(build)\n"
    )
    entry = entry_of(tmp_path, source)
    assert [case.name for case in declared(entry)] == ["twice", "more_1", "more_2"]


def test_a_file_that_is_not_python_is_the_courses_fault(tmp_path: Path) -> None:
    """It is a CourseError, like everywhere."""
    with pytest.raises(CourseError, match=r"double\.py: fails with SyntaxError"):
        declared(entry_of(tmp_path, "def double(:"))


def test_a_question_is_called_by_its_id() -> None:
    """The title is how the question begins."""
    quiz = next(entry for entry in find().quizzes if entry.topic == "optimization")
    first = declared(quiz)[0]
    assert first.name == "why_small_batches"
    assert first.title == "A data set has a million samples, many of them much alike. …"


def entry_of(folder: Path, solution: str) -> Entry:
    """An exercise called double, with this text on the author's side."""
    for side, text in (("exercises", "def double(x):\n    pass\n"), ("solutions", solution)):
        (folder / side / "arithmetic").mkdir(parents=True)
        (folder / side / "arithmetic" / "double.py").write_text(text, encoding="utf-8")
    return find(folder).entries[0]
