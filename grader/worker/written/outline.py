"""One walk over a file: what is bound to each name, and what each piece of the file mentions.

Nothing is decided here. The walk keeps a stack of its own, so however deeply a text is nested, it
costs time in proportion to its length and no recursion.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

OWN: Final = "<own>"
"""An object or class of the learner's."""

UNKNOWN: Final = "<unknown>"
"""Anything else that has no name outside the file."""

_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_ACTS: Final = (ast.Call, ast.NamedExpr, ast.comprehension)
_GUARDS: Final = ("__name__ == '__main__'", "'__main__' == __name__")
_NOT_NODES: Final = frozenset({"ctx", "op", "ops"})


@dataclass(eq=False, slots=True)
class Scope:
    """Where names live: what is bound to each, and which of them belong to another scope."""

    kind: Literal["module", "function", "class", "comprehension"]
    parent: Scope | None
    names: dict[str, list[Binding]] = field(default_factory=dict)
    elsewhere: dict[str, Scope] = field(default_factory=dict)

    def home(self, name: str) -> Scope | None:
        """The scope that a name read here comes from; None if it is bound nowhere."""
        scope: Scope | None = self.elsewhere.get(name, self)
        while scope is not None:
            if name in scope.names and (scope.kind != "class" or scope is self):
                return scope
            scope = scope.parent
        return None


class Given(NamedTuple):
    """An expression or the definition of a class, and the scope where it is computed."""

    node: ast.AST
    scope: Scope


Binding = str | Given
"""The full name of something imported, `OWN`, `UNKNOWN`, or what is assigned."""


@dataclass(eq=False, slots=True)
class Unit:
    """A statement at the top level without those inside, and what it mentions, outer ones first."""

    mentions: list[tuple[ast.expr, Scope]] = field(default_factory=list)


class _Place(NamedTuple):
    scope: Scope
    unit: Unit


class Outline:
    """What a file binds and mentions.

    Attributes:
        module: the scope of the file.
        units: its pieces.
        defined: name at the top level → pieces that give it a meaning.
        attributes: name → what is bound to an attribute of that name, of whatever object.
        stars: modules all of whose names are imported.
        scopes: comprehension → its scope.
        callees: what is called where it is mentioned.
        searched: what an item is taken from where it is mentioned.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.module = Scope("module", None)
        self.units: list[Unit] = []
        self.defined: dict[str, list[Unit]] = {}
        self.attributes: dict[str, list[Binding]] = {}
        self.stars: set[str] = set()
        self.scopes: dict[ast.AST, Scope] = {}
        self.callees: set[ast.AST] = set()
        self.searched: set[ast.AST] = set()
        self._guarded: list[ast.stmt] = []
        self._stack: list[tuple[ast.AST, _Place]] = []
        self._walk(tree.body)
        if "__name__" in self.module.names:  # then the guard may be open
            self._walk(self._guarded)

    def _walk(self, body: list[ast.stmt]) -> None:
        self._push(_Place(self.module, Unit()), *body)
        while self._stack:
            node, place = self._stack.pop()
            _HANDLERS.get(node.__class__, Outline._children)(self, node, place)

    def _push(self, place: _Place, *nodes: object) -> None:
        """Takes up nodes, in the order of the text; a statement at the top level is a piece."""
        for node in reversed(nodes):
            if place.scope is self.module and isinstance(node, ast.stmt):
                unit = Unit()
                self.units.append(unit)
                self._stack.append((node, _Place(self.module, unit)))
            elif isinstance(node, ast.AST):
                self._stack.append((node, place))

    def _children(self, node: ast.AST, place: _Place) -> None:
        for name in reversed(node._fields):
            value = None if name in _NOT_NODES else getattr(node, name, None)
            if value.__class__ is list:
                self._push(place, *value)
            elif value is not None:
                self._push(place, value)

    # What is bound.

    def _name(self, name: str, binding: Binding, place: _Place) -> None:
        scope = place.scope.elsewhere.get(name, place.scope)
        scope.names.setdefault(name, []).append(binding)
        if scope is self.module:
            self.defined.setdefault(name, []).append(place.unit)
        elif scope.kind == "class":
            self.attributes.setdefault(name, []).append(binding)

    def _bind(self, target: ast.expr, value: Given, place: _Place, is_part: bool = False) -> None:
        """Binds a target to a value or, by a loop or unpacked, to something in it."""
        is_part = is_part or isinstance(target, (ast.Tuple, ast.List))
        may_be_more = is_part and not isinstance(value.node, (ast.Tuple, ast.List, ast.Set))
        for one in [target] if isinstance(target, ast.Name) else ast.walk(target):
            if isinstance(getattr(one, "ctx", None), ast.Store):
                if isinstance(one, (ast.Attribute, ast.Subscript)):
                    self._change(one, place, value)
                elif isinstance(one, ast.Name):
                    for each in (value, UNKNOWN) if may_be_more else (value,):
                        self._name(one.id, each, place)

    def _change(self, node: Any, place: _Place, value: Binding = UNKNOWN) -> None:
        """An attribute or item is set: at the top level, that defines what it belongs to too."""
        place.unit.mentions.append((node, place.scope))
        if isinstance(node, ast.Attribute):
            self.attributes.setdefault(node.attr, []).append(value)
        root = node
        while isinstance(root, (ast.Attribute, ast.Subscript)):
            root = root.value
        if isinstance(root, ast.Name) and place.scope is self.module:
            self.defined.setdefault(root.id, []).append(place.unit)
        self._push(place, node.value, getattr(node, "slice", None))

    def _assign(self, node: Any, place: _Place) -> None:
        scope = place.scope
        while isinstance(node, ast.NamedExpr) and scope.kind == "comprehension" and scope.parent:
            scope = scope.parent
        for target in getattr(node, "targets", None) or [node.target]:
            if node.value is None:
                self._push(place, target)
            else:
                self._bind(target, Given(node.value, place.scope), _Place(scope, place.unit))
        self._push(place, node.value)
        self._annotation(getattr(node, "annotation", None), place)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.comprehension, place: _Place) -> None:
        self._bind(node.target, Given(node.iter, place.scope), place, is_part=True)
        blocks = [one for name in ("ifs", "body", "orelse") for one in getattr(node, name, [])]
        self._push(place, node.iter, *blocks)

    def _named(self, node: Any, place: _Place) -> None:
        """A handler of exceptions, or a pattern: what its name stands for is not followed."""
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if name:
            self._name(name, UNKNOWN, place)
        self._children(node, place)

    def _import(self, node: Any, place: _Place) -> None:
        module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            if alias.name == "*":
                self.stars.add(module[:-1])
            else:
                path = f"{module}{alias.name}" if module or alias.asname else name
                self._name(name, UNKNOWN if getattr(node, "level", 0) else path, place)
            if module and alias.name != "*":
                itself = ast.Name(name, ast.Load(), lineno=node.lineno)
                place.unit.mentions.append((itself, place.scope))

    def _declare(self, node: ast.Global | ast.Nonlocal, place: _Place) -> None:
        outer = self.module if isinstance(node, ast.Global) else place.scope.parent
        place.scope.elsewhere.update(dict.fromkeys(node.names, outer or self.module))

    # What opens a scope.

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: _Place) -> None:
        self._name(node.name, UNKNOWN, place)
        if place.scope is self.module and node.col_offset == 0:
            self.module.names[node.name] = [UNKNOWN]  # it takes the place of an import
        self._annotation(node.returns, place)
        self._push(place, *node.decorator_list)
        self._function(node, place)

    def _function(self, node: Any, place: _Place) -> None:
        scope, given = Scope("function", place.scope), node.args
        named = [*given.posonlyargs, *given.args]
        for one in (*named, given.vararg, *given.kwonlyargs, given.kwarg):
            if one is not None:
                scope.names[one.arg] = [UNKNOWN]
                self._annotation(one.annotation, place)
        if named and place.scope.kind == "class":
            scope.names[named[0].arg] = [OWN]
        with_defaults = [*named[len(named) - len(given.defaults) :], *given.kwonlyargs]
        defaults = [*given.defaults, *given.kw_defaults]
        for one, default in zip(with_defaults, defaults, strict=True):
            if default is not None:
                scope.names[one.arg].append(Given(default, place.scope))
        self._push(place, *defaults)
        body = node.body if isinstance(node.body, list) else [node.body]
        self._push(_Place(scope, place.unit), *body)

    def _class(self, node: ast.ClassDef, place: _Place) -> None:
        self._name(node.name, Given(node, place.scope), place)
        self._push(_Place(Scope("class", place.scope), place.unit), *node.body)
        self._push(place, *node.decorator_list, *node.bases, *(one.value for one in node.keywords))

    def _comprehension(self, node: ast.AST, place: _Place) -> None:
        scope = self.scopes[node] = Scope("comprehension", place.scope)
        self._children(node, _Place(scope, place.unit))

    # What is mentioned.

    def _mention(self, node: Any, place: _Place) -> None:
        if isinstance(node.ctx, ast.Load):
            place.unit.mentions.append((node, place.scope))
            if isinstance(node, ast.Subscript):
                self.searched.add(node.value)
            if not isinstance(node, ast.Name):
                self._push(place, node.value, getattr(node, "slice", None))
        elif not isinstance(node, ast.Name):
            self._change(node, place)
        elif isinstance(node.ctx, ast.Store):
            self._name(node.id, UNKNOWN, place)

    def _call(self, node: ast.Call, place: _Place) -> None:
        place.unit.mentions.append((node, place.scope))
        function = node.func
        self.callees.add(function)
        self._push(place, function, *node.args, *(keyword.value for keyword in node.keywords))

    def _annotation(self, node: ast.expr | None, place: _Place) -> None:
        """An annotation that only names something uses nothing."""
        if node is not None and any(isinstance(one, _ACTS) for one in ast.walk(node)):
            self._push(place, node)

    def _if(self, node: ast.If, place: _Place) -> None:
        if place.scope is self.module and _is_main_guard(node.test):
            self._guarded += node.body
            self._push(place, *node.orelse)
        else:
            self._children(node, place)


def top_level_functions(tree: ast.Module) -> dict[str, tuple[int, int]]:
    """Name of each function at the top level → its first and last line."""
    found = {}
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _DEFINITIONS):
            found[node.name] = (node.lineno, node.end_lineno or node.lineno)
        elif isinstance(node, ast.If) and _is_main_guard(node.test):
            waiting += reversed(node.orelse)
        elif not isinstance(node, (ast.ClassDef, ast.expr)):
            waiting += reversed(list(ast.iter_child_nodes(node)))
    return found


def _is_main_guard(test: ast.expr) -> bool:
    """``__name__ == "__main__"``, and nothing looser."""
    sides = (test.left, *test.comparators) if isinstance(test, ast.Compare) else (test,)
    is_short = all(isinstance(side, (ast.Name, ast.Constant)) for side in sides)
    return is_short and ast.unparse(test) in _GUARDS


_Handler = Callable[[Outline, Any, _Place], None]
_FAMILIES: Final[list[tuple[_Handler, tuple[type[ast.AST], ...]]]] = [
    (Outline._mention, (ast.Name, ast.Attribute, ast.Subscript)),
    (Outline._assign, (ast.Assign, ast.AnnAssign, ast.NamedExpr)),
    (Outline._loop, (ast.For, ast.AsyncFor, ast.comprehension)),
    (Outline._named, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping)),
    (Outline._comprehension, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)),
    (Outline._declare, (ast.Global, ast.Nonlocal)),
    (Outline._import, (ast.Import, ast.ImportFrom)),
    (Outline._define, _DEFINITIONS),
    (Outline._class, (ast.ClassDef,)),
    (Outline._function, (ast.Lambda,)),
    (Outline._call, (ast.Call,)),
    (Outline._if, (ast.If,)),
]
_HANDLERS: Final = {kind: handler for handler, kinds in _FAMILIES for kind in kinds}
