"""What an expression may stand for, as far as the text tells, and folding of texts."""

from __future__ import annotations

import ast
import itertools
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import FunctionType, ModuleType
from typing import Final

from grader.worker.written.index import Class, Function, Scope

LONGEST: Final = 4_000
"""The longest text that is put together, characters."""

MOST: Final = 64
"""How many values or texts one expression may have."""


@dataclass(frozen=True, slots=True)
class Path:
    """Something that is known by its full name: a module, or what stands in one."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """An attribute, or one of that, of something unknown.

    Attributes:
        names: the attributes after the unknown thing.
    """

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Namespace:
    """The dict of a thing known by its name; of the file itself if the name is empty."""

    path: str


@dataclass(frozen=True, slots=True)
class Items:
    """A container that may hold these."""

    values: Values


@dataclass(frozen=True, slots=True)
class Gives:
    """A callable that gives one of these."""

    values: Values


@dataclass(frozen=True, slots=True)
class Looks:
    """A callable that looks something up by a text.

    Attributes:
        at: what it looks at; None if that is its first argument.
        names: what it looks up; None if that is an argument.
        items: whether it looks up items, not attributes.
    """

    at: Values | None
    names: frozenset[str] | None
    items: bool = False


@dataclass(frozen=True, slots=True)
class Partial:
    """A callable with its first arguments given."""

    function: Values
    arguments: tuple[tuple[ast.expr, Scope], ...]


@dataclass(frozen=True, slots=True)
class Own:
    """A function or class of the learner's."""

    what: Function | Class


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class of the learner's."""

    what: Class


Value = Path | Member | Namespace | Items | Gives | Looks | Partial | Own | Instance
Values = frozenset[Value]

ANYTHING: Final = Member(())
NOTHING: Final[Values] = frozenset()
UNKNOWN: Final[Values] = frozenset({ANYTHING})
MODULES: Final = Path("sys.modules")


@lru_cache(maxsize=4096)
def normal(dotted: str) -> str:
    """A full name with the modules on its way called by their own names.

    ``torch.nn.modules.linear.init`` is ``torch.nn.init``, and ``torch.os`` is ``os``. A function
    of torch's gets the name of the module that defines it, if only a private one does.
    """
    first, *rest = dotted.split(".")
    thing: object = sys.modules.get(first)
    name = first
    for place, part in enumerate(rest):
        if not isinstance(thing, ModuleType):
            return ".".join([name, *rest[place:]])
        # Not getattr: that would import what torch imports when it is first used.
        thing = vars(thing).get(part)
        if isinstance(thing, ModuleType):
            name = getattr(thing, "__name__", part)
        else:
            name = f"{name}.{part}"
    return name


@lru_cache(maxsize=1024)
def definition(dotted: str) -> str:
    """The full name of a function of torch's where it is defined; empty if that says nothing."""
    module, _, name = dotted.rpartition(".")
    thing = vars(sys.modules[module]).get(name) if module in sys.modules else None
    if not isinstance(thing, FunctionType) or not str(thing.__module__).startswith("torch."):
        return ""
    return f"{thing.__module__}.{thing.__name__}"


def exports(module: str, name: str) -> bool:
    """Whether ``from module import *`` may bring a name; true if the module is not known."""
    known = sys.modules.get(module)
    return known is None or name in vars(known)


def union(groups: Iterable[Values]) -> Values:
    """All of them, or something unknown beside the first if there are too many."""
    found: set[Value] = set()
    for group in groups:
        found |= group
        if len(found) > MOST:
            return frozenset(list(found)[:MOST]) | UNKNOWN
    return frozenset(found)


def joined(parts: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    """Every way to put one text of each part behind the other."""
    number = 1
    for part in parts:
        if part is None:
            return None
        number *= len(part)
    if number > MOST:
        return None
    found = {"".join(chosen) for chosen in itertools.product(*(part or () for part in parts))}
    return frozenset(found) if all(len(text) <= LONGEST for text in found) else None


def applied(method: str, text: str, arguments: Sequence[str]) -> str | None:
    """What a method of texts gives; None if it is not followed."""
    if len(text) > LONGEST or any(len(argument) > 100 for argument in arguments):
        return None
    if method == "format":
        return _formatted(text, arguments)
    if method not in _METHODS or len(arguments) > 2:
        return None
    try:
        result = getattr(text, method)(*arguments)
    except (TypeError, ValueError):
        return None
    return result if isinstance(result, str) and len(result) <= LONGEST else None


def filled(template: str, arguments: Sequence[str]) -> str | None:
    """``template % arguments``, if every field is a plain ``%s``."""
    if len(template) > LONGEST or template.replace("%%", "").count("%") != len(arguments):
        return None
    if re.sub(r"%%|%s", "", template).count("%"):
        return None
    return template % tuple(arguments)


def _formatted(template: str, arguments: Sequence[str]) -> str | None:
    if not re.fullmatch(r"(?:[^{}]|\{\d?\})*", template):
        return None
    try:
        return template.format(*arguments)
    except (IndexError, ValueError):
        return None


def part(text: str, index: ast.expr) -> str | None:
    """``text[index]`` with an index or a slice of plain numbers."""
    if isinstance(index, ast.Slice):
        bounds = [_number(each) for each in (index.lower, index.upper, index.step)]
        given = [each is not None for each in (index.lower, index.upper, index.step)]
        if any(bound is None and there for bound, there in zip(bounds, given, strict=True)):
            return None
        return None if bounds[2] == 0 else text[slice(*bounds)]
    number = _number(index)
    return text[number] if number is not None and -len(text) <= number < len(text) else None


def _number(node: ast.expr | None) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    return None


def character(node: ast.expr) -> str | None:
    """``chr`` of a plain number."""
    number = _number(node)
    return chr(number) if number is not None and 0 <= number < 0x110000 else None


_METHODS: Final = frozenset(
    {"lower", "upper", "strip", "lstrip", "rstrip", "replace", "removeprefix", "removesuffix"}
    | {"swapcase", "casefold", "title", "capitalize"}
)
