"""A course: two folders that mirror each other, and the exercises they hold.

``exercises/<topic>/<name>.py`` is what a learner gets, ``solutions/<topic>/<name>.py`` what only
the course has. Finding a course reads names and the text of stubs; an author's file runs only when
its exercise is loaded.
"""

from __future__ import annotations

import ast
import difflib
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from grader import disclosure
from grader.errors import CourseError, UsageError
from grader.exercise import Exercise
from grader.plan import Topic, read

BUNDLED: Final = Path(__file__).parent / "bundled"
"""Where a wheel carries the course; a checkout has it beside the package."""

OWN_NAME: Final = "the dlgrade course"
"""What the bundled course is called, wherever it lies."""

QUIZ: Final = "quiz.toml"
"""The file of a topic's quiz, on both sides."""


@dataclass(frozen=True)
class Entry:
    """One exercise of a course, or the quiz of a topic, by its two files.

    Attributes:
        topic: folder name.
        name: file name without its suffix.
        stub: the learner's file as the course gives it out.
        solution: the author's file.
    """

    topic: str
    name: str
    stub: Path
    solution: Path

    @property
    def label(self) -> str:
        """Topic and name, such as ``normalization/layer_norm``."""
        return f"{self.topic}/{self.name}"

    @property
    def parts(self) -> tuple[str, str]:
        """Where its file lies on each side: the folder of its topic, and the file's name."""
        return self.topic, self.stub.name

    @property
    def is_quiz(self) -> bool:
        """Whether its files are questions and answers instead of code."""
        return self.stub.name == QUIZ

    @property
    def root(self) -> Path:
        """The folder of the course's solutions."""
        return self.solution.parent.parent

    @property
    def supplied(self) -> Path:
        """The file that makes what the course supplies to this topic; it may be absent."""
        return self.solution.with_name("_supplied.py")

    @property
    def title(self) -> str:
        """What the exercise is called: the first line of the stub's docstring."""
        return _lesson(self.stub).partition("\n")[0].rstrip(".")

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the functions that the stub asks for, in its order."""
        return tuple(_stub_signatures(self.stub))

    @property
    def signatures(self) -> tuple[str, ...]:
        """The functions that the stub asks for with their arguments, as they stand there."""
        functions = (node for node in _tree(self.stub).body if isinstance(node, ast.FunctionDef))
        return tuple(
            f"{node.name}({ast.unparse(node.args)})"
            + (f" -> {ast.unparse(node.returns)}" if node.returns else "")
            for node in functions
        )

    @property
    def asks(self) -> str:
        """What the exercise asks: the second paragraph of the stub's docstring, whole sentences."""
        paragraphs = _lesson(self.stub).split("\n\n")
        text = " ".join(paragraphs[1].split()) if len(paragraphs) > 1 else ""
        sentences = re.match(r".*[.?!](?=\s|$)", text)
        return sentences[0] if sentences else text


@dataclass(frozen=True)
class Course:
    """A course that was found on disk.

    Attributes:
        exercises: folder of stubs.
        solutions: folder of authors' files.
        plan: its topics, in the order of study.
        entries: its exercises, in the same order.
        quizzes: its quizzes, one per topic at most, in the same order.
    """

    exercises: Path
    solutions: Path
    plan: tuple[Topic, ...]
    entries: tuple[Entry, ...]
    quizzes: tuple[Entry, ...] = ()

    @property
    def whole(self) -> tuple[Entry, ...]:
        """Exercises and quizzes, each quiz after the exercises of its topic."""
        both = (*self.entries, *self.quizzes)
        return tuple(sorted(both, key=lambda entry: self.topics.index(entry.topic)))

    @property
    def name(self) -> str:
        """What the course is called: the bundled one by its own name, others like their folder."""
        root = self.exercises.resolve().parent
        return OWN_NAME if root == _bundled().resolve() else root.name

    @property
    def topics(self) -> tuple[str, ...]:
        """The names of the topics, in order."""
        return tuple(topic.name for topic in self.plan)

    @property
    def demo(self) -> Path:
        """The submission of the learner that the course ships for demonstration."""
        return self.solutions / "_demo"

    def select(self, words: Iterable[str]) -> tuple[Entry, ...]:
        """The exercises and quizzes that ``words`` name: a topic, a name, or topic/name each.

        Raises:
            UsageError: if a word names nothing; says which name is near.
        """
        chosen: set[Entry] = set()
        for word in words:
            found = [e for e in self.whole if word in (e.topic, e.name, e.label)]
            if not found:
                raise UsageError(f"no exercise or topic is called {word!r}{self._near(word)}")
            chosen.update(found)
        return tuple(entry for entry in self.whole if entry in chosen)

    def _near(self, word: str) -> str:
        names = {name for e in self.whole for name in (e.topic, e.name, e.label)}
        near = difflib.get_close_matches(word, names, n=1)
        return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(self.topics)}"


def find(directory: Path | None = None) -> Course:
    """Finds a course.

    Args:
        directory: the folder that holds ``exercises/`` and ``solutions/``; the bundled course
            without it.

    Raises:
        UsageError: if there is no course in ``directory``.
        CourseError: if its two folders do not mirror each other.
    """
    root = directory if directory is not None else _bundled()
    exercises, solutions = root / "exercises", root / "solutions"
    for folder in (exercises, solutions):
        if not folder.is_dir():
            raise UsageError(
                f"{root} is not a course: it has no folder {folder.name}/ "
                "(a course is a folder with exercises/ and solutions/)"
            )
    found = {(entry.topic, entry.name): entry for entry in _entries(exercises, solutions)}
    if not found:
        raise CourseError("holds no exercise; write exercises/<topic>/<name>.py", exercises)
    _check_unique(found.values())
    held: dict[str, list[str]] = {}
    for topic, name in found:
        held.setdefault(topic, []).append(name)
    plan = read(exercises / "course.toml", held)
    return Course(
        exercises=exercises,
        solutions=solutions,
        plan=plan,
        entries=tuple(found[topic.name, name] for topic in plan for name in topic.exercises),
        quizzes=tuple(_quizzes([topic.name for topic in plan], exercises, solutions)),
    )


def load(entry: Entry) -> Exercise:
    """Runs the author's file of an exercise and returns its `Exercise`.

    Raises:
        CourseError: if the file fails, defines no ``exercise``, lacks cases, or its functions are
            not those of the stub.
    """
    name = f"dlgrade_course.{entry.topic}.{entry.name}"
    spec = importlib.util.spec_from_file_location(name, entry.solution)
    if spec is None or spec.loader is None:
        raise CourseError("cannot be imported", entry.solution)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except CourseError as error:
        raise CourseError(str(error), entry.solution) from error
    except Exception as error:
        raise CourseError(f"fails with {type(error).__name__}: {error}", entry.solution) from error
    exercise = getattr(module, "exercise", None)
    if not isinstance(exercise, Exercise):
        raise CourseError("must define exercise = Exercise(...)", entry.solution)
    _check_complete(entry, exercise)
    _disclose(entry, exercise)
    exercise.supplied.update(_names_in(entry.supplied))
    return exercise


def _disclose(entry: Entry, exercise: Exercise) -> None:
    """Lets the course have the last word on what students see."""
    rules = disclosure.read(entry.root)
    for name, case in exercise.cases.items():
        visibility, feedback = rules.of(entry.label, name, case.visibility, case.feedback)
        exercise.cases[name] = replace(case, visibility=visibility, feedback=feedback)


def _names_in(path: Path) -> dict[str, Any]:
    """What a file of the course defines; nothing if there is no such file."""
    if not path.is_file():
        return {}
    names: dict[str, Any] = {"__name__": path.stem}
    try:
        exec(compile(path.read_bytes(), str(path), "exec"), names)
    except Exception as error:
        raise CourseError(f"fails with {type(error).__name__}: {error}", path) from error
    return names


def signatures(exercise: Exercise) -> dict[str, list[str]]:
    """The parameters of each function of an exercise, in order."""
    return {
        name: list(inspect.signature(function).parameters)
        for name, function in exercise.functions.items()
    }


def _bundled() -> Path:
    return BUNDLED if BUNDLED.is_dir() else Path(__file__).parents[1]


def _entries(exercises: Path, solutions: Path) -> Iterator[Entry]:
    stubs, answers = _files(exercises), _files(solutions)
    for key in sorted(stubs.keys() | answers.keys()):
        topic, name = key
        if key not in answers:
            raise CourseError(
                f"has no solution; write {solutions.name}/{topic}/{name}.py", stubs[key]
            )
        if key not in stubs:
            raise CourseError(
                f"has no stub; write {exercises.name}/{topic}/{name}.py", answers[key]
            )
        yield Entry(topic=topic, name=name, stub=stubs[key], solution=answers[key])


def _quizzes(topics: Iterable[str], exercises: Path, solutions: Path) -> Iterator[Entry]:
    for topic in topics:
        asked, key = exercises / topic / QUIZ, solutions / topic / QUIZ
        if asked.is_file() != key.is_file():
            there, other = (asked, key) if asked.is_file() else (key, asked)
            wanted = "answers" if there is asked else "questions"
            raise CourseError(
                f"has no {wanted}; write {other.parent.parent.name}/{topic}/{QUIZ}", there
            )
        if asked.is_file():
            yield Entry(topic=topic, name=asked.stem, stub=asked, solution=key)


def _files(folder: Path) -> dict[tuple[str, str], Path]:
    return {
        (path.parent.name, path.stem): path
        for path in folder.glob("*/*.py")
        if not path.name.startswith(("_", ".")) and not path.parent.name.startswith(("_", "."))
    }


def _check_unique(entries: Iterable[Entry]) -> None:
    seen: dict[str, Entry] = {}
    for entry in entries:
        if entry.name in seen:
            raise CourseError(
                f"two exercises are called {entry.name}: {seen[entry.name].label} and "
                f"{entry.label}; rename one, for a file is matched by its name",
                entry.stub,
            )
        seen[entry.name] = entry


def _check_complete(entry: Entry, exercise: Exercise) -> None:
    if not exercise.cases:
        raise CourseError("has no case; add one with @exercise.case(points=...)", entry.solution)
    for name in exercise.functions:
        if not any(case.function == name for case in exercise.cases.values()):
            raise CourseError(f"no case calls {name}", entry.solution)
    stub = _stub_signatures(entry.stub)
    for name, function in exercise.functions.items():
        parameters = inspect.signature(function).parameters.values()
        expected = [p.name for p in parameters]
        if stub.get(name) != expected:
            raise CourseError(
                f"the stub must define {name}({', '.join(expected)}) as the solution does",
                entry.stub,
            )


def _stub_signatures(stub: Path) -> dict[str, list[str]]:
    functions = (node for node in _tree(stub).body if isinstance(node, ast.FunctionDef))
    return {
        node.name: [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        for node in functions
    }


def _lesson(stub: Path) -> str:
    return ast.get_docstring(_tree(stub)) or ""


@cache
def _tree(stub: Path) -> ast.Module:
    try:
        return ast.parse(stub.read_bytes())
    except SyntaxError as error:
        raise CourseError(f"is not Python: {error}", stub) from error
