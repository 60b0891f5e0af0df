"""Finds forbidden names in what is written, in reach of the exercise's functions.

The text is only read. A helper that no function of the exercise reaches, such as the learner's own
test, may use what it likes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from grader.wire.frames import ForbiddenUse
from grader.worker.forbidden import Words

_MOST_USES: Final = 50
_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class _Module:
    """The names at the top level of a file.

    Attributes:
        defined: name → the statements that give it a meaning.
        imported: name → the full name that it stands for.
        stars: modules whose names were all imported.
    """

    defined: dict[str, list[ast.AST]] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)


def forbidden_names(
    tree: ast.Module, functions: Iterable[str], words: Words
) -> tuple[ForbiddenUse, ...]:
    """The forbidden names that the functions reach, in the order of the file.

    Args:
        tree: the learner's file.
        functions: those of the exercise.
        words: the forbidden words.
    """
    if not words.words:
        return ()
    module = _survey(tree)
    uses = [
        ForbiddenUse(name=word, line=line, how=dotted, function=function)
        for function in functions
        for node in _reached(module, function)
        for dotted, line in _dotted_names(node, module)
        if (word := words.of_written(dotted))
    ]
    first = {(use.name, use.line, use.function): use for use in reversed(uses)}
    return tuple(sorted(first.values(), key=lambda use: use.line or 0))[:_MOST_USES]


def top_level_functions(tree: ast.Module) -> dict[str, tuple[int, int]]:
    """Name of each function at the top level → its first and last line."""
    return {
        node.name: (node.lineno, node.end_lineno or node.lineno)
        for statement in _statements(tree.body)
        for node in [statement]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }


def _survey(tree: ast.Module) -> _Module:
    module = _Module()
    for statement in _statements(tree.body):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            module.imported.update(_aliases(statement))
            module.stars += _stars(statement)
        for name in _names_given(statement):
            module.imported.pop(name, None)
            module.defined.setdefault(name, []).append(statement)
    return module


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run at import, those in branches included."""
    for statement in body:
        if isinstance(statement, ast.If) and _is_main_guard(statement.test):
            yield from _statements(statement.orelse)
            continue
        yield statement
        if not isinstance(statement, _DEFINITIONS):
            for name in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(statement, name, []))
            for handler in getattr(statement, "handlers", []):
                yield from _statements(handler.body)


def _is_main_guard(test: ast.expr) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(test))


def _names_given(statement: ast.stmt) -> list[str]:
    if isinstance(statement, _DEFINITIONS):
        return [statement.name]
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return [
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
    return []


def _aliases(statement: ast.Import | ast.ImportFrom) -> dict[str, str]:
    if isinstance(statement, ast.Import):
        return {
            alias.asname or alias.name.partition(".")[0]: (
                alias.name if alias.asname else alias.name.partition(".")[0]
            )
            for alias in statement.names
        }
    if statement.level or statement.module is None:
        return {}
    return {
        alias.asname or alias.name: f"{statement.module}.{alias.name}"
        for alias in statement.names
        if alias.name != "*"
    }


def _stars(statement: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
        return [statement.module for alias in statement.names if alias.name == "*"]
    return []


def _reached(module: _Module, function: str) -> Iterator[ast.AST]:
    waiting, seen = [function], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for node in module.defined.get(name, []):
            yield node
            waiting += [used.id for used in ast.walk(node) if isinstance(used, ast.Name)]


def _dotted_names(root: ast.AST, module: _Module) -> Iterator[tuple[str, int]]:
    """Every name in a piece of the file that leads to an import, in full, with its line."""
    imported = dict(module.imported)
    for node in ast.walk(root):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imported.update(_aliases(node))
    for node in ast.walk(root):
        if isinstance(node, (ast.Name, ast.Attribute, ast.Call)):
            for dotted in _resolve(node, imported, module):
                yield dotted, node.lineno


def _resolve(node: ast.expr, imported: Mapping[str, str], module: _Module) -> list[str]:
    parts: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif (looked_up := _getattr(node)) is not None:
            node, name = looked_up
            parts.append(name)
        else:
            break
    if not isinstance(node, ast.Name):
        return []
    roots = [imported[node.id]] if node.id in imported else []
    if not roots and node.id not in module.defined:
        roots = [f"{star}.{node.id}" for star in module.stars]
    return [".".join([root, *reversed(parts)]) for root in roots]


def _getattr(node: ast.expr) -> tuple[ast.expr, str] | None:
    """``getattr(module, "name")`` with the name spelled out."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "getattr"
        and len(node.args) >= 2
        and isinstance(node.args[1], ast.Constant)
        and isinstance(node.args[1].value, str)
    ):
        return node.args[0], node.args[1].value
    return None
