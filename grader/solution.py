"""An exercise's solution as its author would show it: the functions and what they need.

The author's file holds cases and mistakes as well; those are left out. It is read, not run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from grader.course import Entry
from grader.errors import CourseError

Bound = dict[str, ast.stmt]

_OWNER: Final = "exercise"
"""What an author calls the record; whatever it decorates is a case, a mistake or the like."""

_BARE: Final = (ast.Assign, ast.AnnAssign)
_IMPORT: Final = (ast.Import, ast.ImportFrom)


def source(entry: Entry) -> str:
    """The source of an exercise's reference functions, with their imports and helpers.

    Raises:
        CourseError: if the author's file is not Python, or lacks one of the functions.
    """
    text = entry.solution.read_text(encoding="utf-8")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise CourseError(f"is not Python: {error}", entry.solution) from error
    bound = _bound(tree)
    for name in entry.functions:
        if name not in bound:
            raise CourseError(f"does not define {name} at its top level", entry.solution)
    needed = _needed(entry.functions, bound)
    lines = text.split("\n")
    imports = _imports(tree, needed, lines)
    parts = [imports] if imports else []
    kept = {id(bound[name]): bound[name] for name in needed if name in bound}
    previous: ast.stmt | None = None
    for statement in sorted(kept.values(), key=lambda one: one.lineno):
        if isinstance(statement, _IMPORT):
            continue
        part = _with_comment(statement, lines)
        if isinstance(previous, _BARE) and isinstance(statement, _BARE):
            parts[-1] += f"\n{part}"
        else:
            parts.append(part)
        previous = statement
    return "\n\n\n".join(parts) + "\n"


def _bound(tree: ast.Module) -> Bound:
    """Name → the statement at the top level that binds it."""
    bound: Bound = {}
    for statement in tree.body:
        for name in _names(statement):
            bound[name] = statement
    return bound


def _names(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        if not any(_root(one) == _OWNER for one in statement.decorator_list):
            yield statement.name
    elif isinstance(statement, _IMPORT):
        for alias in statement.names:
            yield _name_of(alias)
    elif isinstance(statement, _BARE):
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _root(decorator: ast.expr) -> str:
    """``exercise`` of ``@exercise.case(points=1)``."""
    while isinstance(decorator, (ast.Call, ast.Attribute)):
        decorator = decorator.func if isinstance(decorator, ast.Call) else decorator.value
    return decorator.id if isinstance(decorator, ast.Name) else ""


def _needed(functions: tuple[str, ...], bound: Bound) -> set[str]:
    """The functions and every name of the file that they use, directly or through others."""
    needed: set[str] = set()
    waiting = list(functions)
    while waiting:
        name = waiting.pop()
        if name in bound and name not in needed:
            needed.add(name)
            waiting.extend(_used(bound[name]))
    return needed


def _used(statement: ast.stmt) -> set[str]:
    """The names that a statement reads and does not bind within itself."""
    read: set[str] = set()
    own: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else own).add(node.id)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
    return read - own


def _imports(tree: ast.Module, needed: set[str], lines: list[str]) -> str:
    """The imports of the file in its groups, with the names that are needed only."""
    rows: list[str] = []
    end = 0
    for statement in tree.body:
        if not isinstance(statement, _IMPORT):
            continue
        names = [one for one in statement.names if _name_of(one) in needed]
        if names:
            if rows and "" in lines[end : statement.lineno - 1]:
                rows.append("")
            statement.names = names
            rows.append(ast.unparse(statement))
            end = statement.end_lineno or statement.lineno
    return "\n".join(rows)


def _name_of(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _with_comment(statement: ast.stmt, lines: list[str]) -> str:
    """The text of a statement with its decorators and the comment right above it."""
    first = statement.lineno
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.decorator_list:
        first = min(first, statement.decorator_list[0].lineno)
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return "\n".join(lines[first - 1 : statement.end_lineno])
