"""What of a notebook is run: what the exercise's functions depend on, in the notebook's order.

In a notebook people also train, plot and look at things. None of that is asked for, much of it
takes long, and some of it fails where it is graded; so a statement runs only if it gives a meaning
to a name that the functions need, directly or through others, or changes what such a name stands
for. The last definition of a function counts, as it does after "Restart and run all".
"""

from __future__ import annotations
import __future__

import ast
import builtins
import dis
import re
from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True)
class _Statement:
    """A statement at the top level of a cell.

    Attributes:
        code: compiled alone.
        gives: the names that it binds; ``*`` if it imports all there is.
        changes: the names of objects that it assigns to a part of, or calls a method of.
        uses: the names that it, or a function in it, looks up when it runs.
    """

    code: CodeType
    gives: frozenset[str]
    changes: frozenset[str]
    uses: frozenset[str]


@dataclass(frozen=True)
class _Broken:
    """A cell that is not Python."""

    text: str
    error: SyntaxError


def read(request: Request) -> tuple[ast.Module, tuple[CodeType, ...]]:
    """The statements of a notebook, and those of them that are run, compiled.

    Args:
        request: with the cells' first lines.

    Raises:
        SyntaxError: if a cell that is not Python seems to hold what the functions need.
    """
    lines = request.source.decode().split("\n")
    ends = [*request.cells[1:], len(lines)]
    body: list[ast.stmt] = []
    statements: list[_Statement] = []
    broken: list[_Broken] = []
    flags = 0
    for first, end in zip(request.cells, ends, strict=True):
        cell = lines[first - 1 : end - 1]
        try:
            nodes = _parsed(cell, first, request.filename)
            flags |= _future(nodes)
            statements += [_statement(node, request.filename, flags) for node in nodes]
            body += nodes
        except SyntaxError as error:
            broken.append(_Broken("\n".join(cell), error))
    needed, codes = _needed(statements, request.functions)
    _blame(broken, needed, statements)
    return ast.Module(body=body, type_ignores=[]), codes


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
    gives, uses = set[str](), set[str]()
    for depth, instruction in _instructions(code):
        name = instruction.opname
        if name == "STORE_GLOBAL" or (name == "STORE_NAME" and depth == 0):
            gives.add(instruction.argval)
        elif name.startswith("LOAD_") and ("NAME" in name or "GLOBAL" in name):
            uses.add(instruction.argval)
    if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
        gives.add("*")
    changes = frozenset() if isinstance(node, _DEFINITIONS) else frozenset(_changed(node))
    return _Statement(code, frozenset(gives), changes, frozenset(uses))


def _instructions(code: CodeType) -> Iterator[tuple[int, dis.Instruction]]:
    """Every instruction, with the depth of the function or class that it is in."""
    waiting = [(0, code)]
    while waiting:
        depth, one = waiting.pop()
        for instruction in dis.get_instructions(one):
            yield depth, instruction
        waiting += [(depth + 1, inner) for inner in one.co_consts if isinstance(inner, CodeType)]


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
    statements: Sequence[_Statement], functions: Sequence[str] | dict[str, tuple[str, ...]]
) -> tuple[set[str], tuple[CodeType, ...]]:
    """The names that the functions need, and the statements that are run for them, in order."""
    modules = {name for one in statements if _is_import(one) for name in one.gives}
    by_name: dict[str, list[int]] = {}
    for place, one in enumerate(statements):
        # A call on a module (torch.manual_seed, plt.show) gives no function its meaning.
        for name in one.gives | (one.changes - modules):
            by_name.setdefault(name, []).append(place)
    needed, taken = set[str](), set[int]()
    waiting = ["*", *functions]
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        for place in by_name.get(name, ()):
            if place not in taken:
                taken.add(place)
                waiting += statements[place].uses
    return needed, tuple(statements[place].code for place in sorted(taken))


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
