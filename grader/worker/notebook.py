"""What of a notebook is run: what the exercise's functions depend on, in the notebook's order.

In a notebook people also train, plot and look at things. None of that is asked for, much of it
takes long, and some of it fails where it is graded; so a statement runs only if it gives a meaning
to a name that the functions need, directly or through others, or changes what such a name stands
for. The last definition of a function counts, as it does after "Restart and run all"; an earlier
one, which nothing has used by then, is not run at all: it may be an attempt that failed.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import dis
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Final

from grader.wire.frames import Request

_MAGIC: Final = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|^[^#'\"]*=[ \t]*[%!]")
_PYTHON_CELLS: Final = frozenset({"%%time", "%%capture", "%%prun"})
"""Cell magics whose cell is Python that the notebook goes on with."""

_MOST_MAGICS: Final = 100
"""Each one is found by reading its cell again."""

_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_AT_ONCE: Final = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""Functions that Python makes of comprehensions, and calls where they stand."""


@dataclass(frozen=True)
class _Statement:
    """A statement at the top level of a cell.

    Attributes:
        node: as it is written.
        code: compiled alone.
        gives: the names that it binds; ``*`` if it imports all there is.
        replaces: those of them that it binds whatever happens, so that no earlier meaning is left.
        changes: the names of objects that it assigns to a part of, or calls a method of.
        now: the names that it looks up when it runs.
        later: the names that functions in it look up when they are called.
    """

    node: ast.stmt
    code: CodeType
    gives: frozenset[str]
    replaces: frozenset[str]
    changes: frozenset[str]
    now: frozenset[str]
    later: frozenset[str]


@dataclass(frozen=True)
class _Broken:
    """A cell that is not Python."""

    text: str
    error: SyntaxError


@dataclass(frozen=True)
class Book:
    """A notebook, read.

    Attributes:
        run: the statements that are run; no other can do good or harm.
        codes: the same, compiled.
        rest: those that are not run.
    """

    run: ast.Module
    codes: tuple[CodeType, ...]
    rest: ast.Module


def read(request: Request) -> Book:
    """What of a notebook is run.

    Args:
        request: with the cells' first lines.

    Raises:
        SyntaxError: if a cell that is not Python seems to hold what the functions need.
    """
    lines = request.source.decode().split("\n")
    ends = [*request.cells[1:], len(lines)]
    statements: list[_Statement] = []
    broken: list[_Broken] = []
    flags = 0
    for first, end in zip(request.cells, ends, strict=True):
        cell = lines[first - 1 : end - 1]
        try:
            nodes = _parsed(cell, first, request.filename)
            flags |= _future(nodes)
            statements += [_statement(node, request.filename, flags) for node in nodes]
        except SyntaxError as error:
            broken.append(_Broken("\n".join(cell), error))
    needed, taken = _needed(statements, request.functions)
    _blame(broken, needed, statements)
    run = [statements[place] for place in sorted(taken)]
    rest = [one.node for place, one in enumerate(statements) if place not in taken]
    return Book(
        run=ast.Module(body=[one.node for one in run], type_ignores=[]),
        codes=tuple(one.code for one in run),
        rest=ast.Module(body=rest, type_ignores=[]),
    )


def essential(body: Sequence[ast.stmt], functions: Iterable[str]) -> list[ast.stmt]:
    """Those statements of a file that would be run if it were a notebook, in order.

    Args:
        body: all of them.
        functions: the names of the functions that are asked for.

    Raises:
        SyntaxError: if one of them cannot be compiled.
    """
    flags = _future(body)
    statements = [_statement(node, "<file>", flags) for node in body]
    taken = _needed(statements, tuple(functions))[1]
    return [body[place] for place in sorted(taken)]


def _parsed(cell: Sequence[str], first: int, filename: str) -> list[ast.stmt]:
    """The statements of a cell, its magics left out; valid Python never has any."""
    lines = list(cell)
    opening = next((place for place, line in enumerate(lines) if line.strip()), 0)
    if lines[opening].startswith("%%"):
        if lines[opening].split()[0] not in _PYTHON_CELLS:
            return []
        lines[opening] = ""
    for _ in range(_MOST_MAGICS):
        try:
            # As many empty lines before it as there are lines before the cell.
            return ast.parse("\n" * (first - 1) + "\n".join(lines), filename).body
        except SyntaxError as error:
            place = _magic(lines, (error.lineno or 0) - first)
            if place is None:
                raise
            _leave_out(lines, place)
    return ast.parse("\n" * (first - 1) + "\n".join(lines), filename).body


def _magic(lines: Sequence[str], stopped: int) -> int | None:
    """The line to blame on a magic: where Python stopped, or one that it stumbled over later."""
    if 0 <= stopped < len(lines) and _MAGIC.search(lines[stopped]):
        return stopped
    return next((place for place, line in enumerate(lines) if line.startswith(("%", "!"))), None)


def _leave_out(lines: list[str], place: int) -> None:
    """Puts ``pass`` where a magic stands, which may go on over several lines."""
    indent = re.match(r"[ \t]*", lines[place])
    goes_on = lines[place].endswith("\\")
    lines[place] = f"{indent[0] if indent else ''}pass"
    while goes_on and place + 1 < len(lines):
        place += 1
        goes_on = lines[place].endswith("\\")
        lines[place] = ""


def _future(nodes: Sequence[ast.stmt]) -> int:
    names = [
        alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    ]
    features = [getattr(__future__, name, None) for name in names]
    return sum({getattr(feature, "compiler_flag", 0) for feature in features})


def _statement(node: ast.stmt, filename: str, flags: int) -> _Statement:
    alone = ast.Module(body=[node], type_ignores=[])
    code = compile(alone, filename, "exec", flags=flags, dont_inherit=True)
    gives, now, later = set[str](), set[str](), set[str]()
    for outermost, deferred, instruction in _instructions(code):
        name = instruction.opname
        if name == "STORE_GLOBAL" or (name == "STORE_NAME" and outermost):
            gives.add(instruction.argval)
        elif name.startswith("LOAD_") and ("NAME" in name or "GLOBAL" in name):
            (later if deferred else now).add(instruction.argval)
    if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
        gives.add("*")
    changes = frozenset() if isinstance(node, _DEFINITIONS) else frozenset(_changed(node))
    return _Statement(
        node=node,
        code=code,
        gives=frozenset(gives),
        replaces=frozenset(_replaced(node)),
        changes=changes,
        now=frozenset(now),
        later=frozenset(later),
    )


def _instructions(code: CodeType) -> Iterator[tuple[bool, bool, dis.Instruction]]:
    """Every instruction: whether it is the statement's own, and whether a call must come first."""
    waiting = [(True, False, code)]
    while waiting:
        outermost, deferred, one = waiting.pop()
        for instruction in dis.get_instructions(one):
            yield outermost, deferred, instruction
        for inner in one.co_consts:
            if isinstance(inner, CodeType):
                # The body of a class runs where it stands, and is no function.
                is_function = bool(inner.co_flags & inspect.CO_OPTIMIZED)
                waits = is_function and inner.co_name not in _AT_ONCE
                waiting.append((False, deferred or waits, inner))


def _replaced(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds anew whenever it runs."""
    if isinstance(node, _DEFINITIONS):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
            yield from (part.id for part in parts if isinstance(part, ast.Name))


def _changed(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        target: ast.expr | None = None
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            target = node.value.func
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            target = node
        root = target
        while isinstance(root, (ast.Attribute, ast.Subscript)):
            root = root.value
        if isinstance(root, ast.Name) and root is not target:
            yield root.id


def _needed(
    statements: Sequence[_Statement], functions: Iterable[str]
) -> tuple[set[str], set[int]]:
    """The names that the functions need, and the places of the statements that are run for them."""
    modules = {name for one in statements if _is_import(one) for name in one.gives}
    # A call on a module (torch.manual_seed, plt.show) gives no function its meaning.
    touched = [one.gives | (one.changes - modules) for one in statements]
    by_name: dict[str, list[_Statement]] = {}
    for one, names in zip(statements, touched, strict=True):
        for name in names:
            by_name.setdefault(name, []).append(one)
    needed = _reached(by_name, functions, lambda one: one.now | one.later)
    givers = [one for one, names in zip(statements, touched, strict=True) if names & needed]
    wanted = {"*", *functions}.union(*(one.later for one in givers))
    # What is called before the end must find what it needs by then, whatever replaces that later.
    called = (one for giver in givers for name in giver.now for one in by_name.get(name, ()))
    kept = _reached(by_name, {name for one in called for name in one.later}, lambda one: one.later)
    taken = set[int]()
    for place in reversed(range(len(statements))):
        one = statements[place]
        if touched[place] & wanted:
            taken.add(place)
            wanted -= one.replaces - kept
            wanted |= one.now
    return needed, taken


def _reached(
    by_name: Mapping[str, Sequence[_Statement]],
    names: Iterable[str],
    uses: Callable[[_Statement], frozenset[str]],
) -> set[str]:
    """The names that these lead to, themselves among them."""
    found, seen = set[str](), set[int]()
    waiting = ["*", *names]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            for one in by_name.get(name, ()):
                if id(one) not in seen:
                    seen.add(id(one))
                    waiting += uses(one)
    return found


def _is_import(statement: _Statement) -> bool:
    return any(one.opname == "IMPORT_NAME" for one in dis.get_instructions(statement.code))


def _blame(broken: Sequence[_Broken], needed: set[str], statements: Sequence[_Statement]) -> None:
    """Raises the error of a cell that is not Python where it cannot be passed over.

    It defines a name that is needed, or has to do with one that nothing else defines.
    """
    given = {name for one in statements for name in one.gives}
    lost = needed - given - set(dir(builtins))
    for cell in broken:
        defines = re.compile(r"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)", re.M)
        assigns = re.compile(r"^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.M)
        made = {*defines.findall(cell.text), *assigns.findall(cell.text)}
        if made & needed or lost & set(re.findall(r"\w+", cell.text)):
            raise cell.error
