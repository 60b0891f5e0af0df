"""Finding a course, and what is said when it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import find, load
from grader.errors import CourseError, UsageError

FIXTURE = Path(__file__).parent / "fixtures" / "course"
STUB = '"""A title.\n\nWhat it asks.\n"""\n\n\ndef f(x):\n    raise NotImplementedError\n'
SOLUTION = """
from grader import Exercise

def f(x):
    return x

exercise = Exercise(f, title="F", hints=["a", "b", "c"])

@exercise.case(points=1)
def same(inputs):
    "the same comes back"
    return dict(x=1.0)
"""

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Writes a course: path → text."""

    def make(**files: str) -> Path:
        for folder in ("exercises", "solutions"):
            (tmp_path / folder).mkdir(exist_ok=True)
        for name, text in files.items():
            path = tmp_path / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return make


def test_the_bundled_course_is_found() -> None:
    """Without a folder, the course that comes with the package."""
    course = find()
    assert "normalization/layer_norm" in [entry.label for entry in course.entries]
    assert course.entries[0].asks


def test_a_course_has_a_name(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundled one has its own, in a checkout and in a wheel; others that of their folder."""
    root = make(exercises__t__f=STUB, solutions__t__f=SOLUTION)
    assert find().name == "the dlgrade course"
    assert find(root).name == root.name
    monkeypatch.setattr("grader.course.BUNDLED", root)
    assert find().name == "the dlgrade course"


def test_a_course_is_read(make: Make) -> None:
    """Topic, name and what is asked come from the stub."""
    course = find(make(exercises__t__f=STUB, solutions__t__f=SOLUTION))
    assert [entry.label for entry in course.entries] == ["t/f"]
    assert course.entries[0].asks == "What it asks."
    assert list(load(course.entries[0]).cases) == ["same"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"exercises__t__f": STUB}, "has no solution; write solutions/t/f.py"),
        ({"solutions__t__f": SOLUTION}, "has no stub; write exercises/t/f.py"),
        ({}, "holds no exercise"),
        (
            {
                "exercises__t__f": STUB,
                "solutions__t__f": SOLUTION,
                "exercises__u__f": STUB,
                "solutions__u__f": SOLUTION,
            },
            "two exercises are called f: t/f and u/f",
        ),
    ],
)
def test_folders_that_do_not_mirror(make: Make, files: dict[str, str], said: str) -> None:
    """What is missing is named with its path."""
    with pytest.raises(CourseError, match=said):
        find(make(**files))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("exercise = Exercise", "other = Exercise"), "fails with NameError"),
        (("return x", "return x +"), "fails with SyntaxError"),
        (('"a", "b", "c"', '"a", "b"'), "has 2 hints; write exactly 3"),
        (('"a", "b", "c"', '"a", "b", " "'), "hints; write exactly 3"),
        (('    "the same comes back"\n', ""), "case same has no docstring"),
        (("points=1", "points=0"), "is worth 0 points"),
        (("points=1", 'points=1, gradients=["y"]'), "f has no parameter 'y'"),
        (("def f(x)", "def f(x, y)"), r"the stub must define f\(x, y\)"),
        (("title=", "titel="), "unexpected keyword argument 'titel'"),
    ],
)
def test_a_wrong_solution(make: Make, change: tuple[str, str], said: str) -> None:
    """What is wrong is said, with the file."""
    course = find(make(exercises__t__f=STUB, solutions__t__f=SOLUTION.replace(*change)))
    with pytest.raises(CourseError, match=said) as caught:
        load(course.entries[0])
    assert caught.value.path is not None


@pytest.mark.parametrize(
    ("addition", "said"),
    [
        (
            '@exercise.mistake(caught_by=same, hint=" ")\ndef m(x):\n    "does nothing"\n',
            "mistake m has no hint",
        ),
        ('@exercise.case(points=1)\ndef same(inputs):\n    "again"\n', "there are two case same"),
        (
            "@exercise.alternative()\ndef other(x):\n    return x\n",
            "alternative other has no docstr",
        ),
        ("exercise = 3\n", "must define exercise"),
    ],
)
def test_wrong_words(make: Make, addition: str, said: str) -> None:
    """Declarations are checked where they stand."""
    course = find(make(exercises__t__f=STUB, solutions__t__f=SOLUTION + addition))
    with pytest.raises(CourseError, match=said):
        load(course.entries[0])


def test_a_stub_that_is_no_python(make: Make) -> None:
    """A stub is read as text, and said to be wrong."""
    course = find(make(exercises__t__f="def f(:", solutions__t__f=SOLUTION))
    with pytest.raises(CourseError, match="is not Python"):
        load(course.entries[0])


def test_names_are_selected() -> None:
    """By topic, by name, by both; a near name is offered."""
    course = find(FIXTURE)
    for word in ("arithmetic", "double", "arithmetic/double"):
        assert [entry.name for entry in course.select([word])] == ["double"]
    with pytest.raises(UsageError, match="did you mean 'double'"):
        course.select(["dobule"])


def test_no_course_is_there(tmp_path: Path) -> None:
    """A folder without the two folders is no course."""
    with pytest.raises(UsageError, match="is not a course: it has no folder exercises/"):
        find(tmp_path)


SIDES = (("exercises", STUB), ("solutions", SOLUTION))
PLAN = '[u]\nexercises = ["g"]\n[t]\nexercises = ["h", "f"]\nafter = ["u"]\n'


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ("[t", "must hold a table"),
        (b"\xff", "must hold a table"),
        ('topics = ["t", "u"]', "must hold a table"),
        (PLAN.replace("after", "before"), "before"),
        (PLAN.replace("[t]", "[tt]"), "must name the topics, each once: t, u"),
        ('[t]\nexercises = ["f", "h"]', "must name the topics, each once: t, u"),
        (PLAN.replace('["h", "f"]', '["h"]'), "must name the exercises of t, each once: f, h"),
        (PLAN.replace('["h", "f"]', '["h", "f", "h"]'), "exercises of t, each once"),
        (PLAN.replace('["u"]', '["t"]'), "t is to come after t, which is no earlier topic"),
        ('[t]\nexercises = ["f", "h"]\nafter = ["u"]\n[u]\nexercises = ["g"]', "after u, which is"),
    ],
)
def test_a_wrong_order_of_study(make: Make, plan: str | bytes, said: str) -> None:
    """course.toml names every topic and exercise once, and no topic needs a later one."""
    names = ["t__f", "t__h", "u__g"]
    files = {f"{side}__{name}": text for side, text in SIDES for name in names}
    folder = make(**files)
    (folder / "exercises" / "course.toml").write_bytes(
        plan if isinstance(plan, bytes) else plan.encode()
    )
    with pytest.raises(CourseError, match=said):
        find(folder)


def test_an_order_of_study(make: Make) -> None:
    """Topics and exercises stand as course.toml has them; without it, by name."""
    names = ["t__f", "t__h", "u__g"]
    folder = make(**{f"{side}__{name}": text for side, text in SIDES for name in names})
    assert [entry.label for entry in find(folder).entries] == ["t/f", "t/h", "u/g"]
    (folder / "exercises" / "course.toml").write_text(PLAN)
    course = find(folder)
    assert [entry.label for entry in course.entries] == ["u/g", "t/h", "t/f"]
    assert [(topic.name, topic.after) for topic in course.plan] == [("u", ()), ("t", ("u",))]
