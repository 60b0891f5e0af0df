"""What an exercise or a quiz will be asked, read without torch and without running anything.

An editor collects tests on every start and save, and a shell completes at every Tab. An author's
file imports torch, which takes a second or two, so its cases are read from its text:
``@exercise.case(...)`` on a function of the module, which is how a course writes them. A file that
makes cases in any other way is loaded.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

from grader import disclosure
from grader.audience import known_as
from grader.course import Entry, load
from grader.errors import CourseError
from grader.result import Feedback, Visibility

_WORDS: Final = frozenset({"case", "alternative", "mistake", "picture", "grows"})
"""The decorators of an author; whatever else is done with an exercise may make cases."""

_LONGEST_TITLE: Final = 60


@dataclass(frozen=True)
class Declared:
    """One case of an exercise, or one question of a quiz.

    Attributes:
        name: identifier, unique in its file.
        title: the line that the learner reads.
        function: the learner's function that is called; empty for a question.
        visibility: whether students see it.
        feedback: how much they see of it.
    """

    name: str
    title: str
    function: str = ""
    visibility: Visibility = "visible"
    feedback: Feedback = "full"


class Unclear(Exception):
    """The text of an author's file does not tell all of its cases; running it does."""


def declared(entry: Entry) -> tuple[Declared, ...]:
    """The cases or questions of an entry, in the author's order.

    Raises:
        CourseError: if the author's file is wrong.
    """
    if entry.is_quiz:
        from grader import quiz

        questions = quiz.load(entry).questions
        return tuple(Declared(each.id, _beginning(each.asks)) for each in questions)
    try:
        return told(entry)
    except (Unclear, SyntaxError, ValueError):
        # Python says better than we could what is wrong with a file that it cannot read.
        return _as_known(
            Declared(case.name, case.title, case.function, case.visibility, case.feedback)
            for case in load(entry).cases.values()
        )
    except OSError as error:
        raise CourseError(f"cannot be read: {error.strerror or error}", entry.solution) from error


def told(entry: Entry) -> tuple[Declared, ...]:
    """The cases that an author's file declares in its text, as students know them.

    Raises:
        CourseError: if what the course says of its cases cannot be read.
        Unclear: see `written`.
        SyntaxError: see `written`.
        ValueError: see `written`.
    """
    rules = disclosure.read(entry.root)
    cases = []
    for case in written(entry.solution.read_bytes()):
        seen, much = rules.of(entry.label, case.name, case.visibility, case.feedback)
        cases.append(replace(case, visibility=seen, feedback=much))
    return _as_known(cases)


def _as_known(cases: Iterable[Declared]) -> tuple[Declared, ...]:
    known = []
    for place, case in enumerate(cases):
        name, title = known_as(place, case.name, case.title, case.visibility, case.feedback)
        known.append(replace(case, name=name, title=title))
    return tuple(known)


def _beginning(asks: str) -> str:
    """The first words of a question."""
    text = " ".join(asks.split())
    if len(text) <= _LONGEST_TITLE:
        return text
    return f"{text[:_LONGEST_TITLE].rpartition(' ')[0]} …"


def written(source: bytes) -> tuple[Declared, ...]:
    """The cases that the text of an author's file declares, in its order.

    Raises:
        Unclear: if it may make cases that the text does not show.
        SyntaxError: if it is not Python.
        ValueError: if it holds null bytes.
    """
    tree = ast.parse(source)
    functions = _functions_of_exercise(tree)
    found = tuple(_cases(tree, functions))
    nodes = list(ast.walk(tree))
    uses = sum(map(_is_exercise, nodes))
    words = [node.attr for node in nodes if isinstance(node, ast.Attribute) and _is_word(node)]
    # One use is the assignment itself. A case that is not on a function of the module (in a loop,
    # under an if) is a word too many; an exercise that is handed around is a use too many.
    if uses != len(words) + 1 or words.count("case") != len(found):
        raise Unclear
    if not found or len({case.name for case in found}) != len(found):
        raise Unclear
    return found


def _is_exercise(node: ast.AST) -> bool:
    return (
        (isinstance(node, ast.Name) and node.id == "exercise")
        or (isinstance(node, ast.alias) and "exercise" in (node.name, node.asname))
        or (isinstance(node, ast.arg) and node.arg == "exercise")
        or (isinstance(node, ast.alias) and node.name == "*")
    )


def _is_word(node: ast.Attribute) -> bool:
    return node.attr in _WORDS and _is_exercise(node.value)


def _functions_of_exercise(tree: ast.Module) -> list[str]:
    """The arguments of ``exercise = Exercise(one, another, ...)``."""
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        match node:
            case ast.Assign([ast.Name("exercise")], ast.Call(ast.Name("Exercise"), arguments)):
                names = [each.id for each in arguments if isinstance(each, ast.Name)]
                if names and len(names) == len(arguments) and defined.issuperset(names):
                    return names
    raise Unclear


def _cases(tree: ast.Module, functions: list[str]) -> Iterator[Declared]:
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            match decorator:
                case ast.Call(ast.Attribute(ast.Name("exercise"), "case"), arguments, keywords):
                    owners = [*arguments, *(k.value for k in keywords if k.arg == "function")]
                    # A second decorator, or **options, may change the name or the function.
                    if len(node.decorator_list) > 1 or any(k.arg is None for k in keywords):
                        raise Unclear
                    yield Declared(
                        node.name,
                        _title(node),
                        _owner(owners, functions),
                        _word(keywords, "visibility", Visibility, "visible"),
                        _word(keywords, "feedback", Feedback, "full"),
                    )


def _word(keywords: list[ast.keyword], name: str, allowed: Any, default: str) -> Any:
    """The text that an argument has; what is computed, or none of the allowed, is unclear."""
    for keyword in keywords:
        if keyword.arg == name:
            match keyword.value:
                case ast.Constant(value) if value in get_args(allowed):
                    return value
            raise Unclear
    return default


def _owner(given: list[ast.expr], functions: list[str]) -> str:
    """The function that a case calls: the one that it names, or the only one."""
    match given:
        case [] if len(functions) == 1:
            return functions[0]
        case [ast.Name(name)] if name in functions:
            return name
    raise Unclear


def _title(node: ast.FunctionDef) -> str:
    """The first paragraph of the docstring, as `grader.exercise` takes it."""
    text = inspect.cleandoc(ast.get_docstring(node, clean=False) or "")
    title = text.partition("\n\n")[0].replace("\n", " ").strip().rstrip(".")
    if not title:
        raise Unclear
    return title
