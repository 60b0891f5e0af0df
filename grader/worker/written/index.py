"""One walk over a file: what every name may stand for, and what each piece of the file mentions.

Nothing is decided here. The walk keeps a stack of its own, so however deeply a text is nested, it
costs time in proportion to its length and no recursion.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Names = tuple[str, ...]

_CAPTURES: Final[tuple[Literal["is", "each"], ...]] = ("is", "each")
_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# Methods that put something into what they are called on.
_TAKES_IN: Final = frozenset(
    {"append", "appendleft", "add", "insert", "update", "setdefault", "extend", "put", "register"}
    | {"__setitem__", "__setattr__", "__ior__", "__iadd__", "push"}
)
_LOOSE: Final = frozenset({"__dict__", "__setattr__"})
# What an annotation may be made of without running anything but look-ups of names.
_PLAIN_ANNOTATION: Final = (ast.Name, ast.Attribute, ast.Subscript, ast.BinOp, ast.Constant)
_ANNOTATION_PARTS: Final = (*_PLAIN_ANNOTATION, ast.Tuple, ast.List, ast.UnaryOp, ast.Starred)
_ANNOTATION_MARKS: Final = (ast.expr_context, ast.operator, ast.unaryop, ast.Slice)


@dataclass(eq=False, slots=True)
class Scope:
    """Where names live.

    Attributes:
        kind: what opens it; a comprehension is a function.
        parent: the scope around it.
        names: name → what is bound to it.
        declared: names that a ``global`` or ``nonlocal`` statement gives to another scope.
        returns: what a function may return.
        yields: whether it gives something in another way.
    """

    kind: Literal["module", "function", "class"]
    parent: Scope | None
    names: dict[str, list[Binding]] = field(default_factory=dict)
    declared: dict[str, Scope] = field(default_factory=dict)
    returns: list[ast.expr] = field(default_factory=list)
    yields: bool = False

    def home(self, name: str) -> Scope | None:
        """The scope that a name read here comes from; None if it is bound nowhere."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.declared:
                return scope.declared[name]
            if name in scope.names and (scope.kind != "class" or scope is self):
                return scope
            scope = scope.parent
        return None


@dataclass(eq=False, slots=True)
class Function:
    """A function or lambda of the learner's.

    Attributes:
        name: empty for a lambda.
        node: its definition.
        scope: of its body.
        outside: where it is defined, and where its defaults are computed.
        owner: the class that it is a method of.
    """

    name: str
    node: FunctionNode
    scope: Scope
    outside: Scope
    owner: Class | None


@dataclass(eq=False, slots=True)
class Class:
    """A class of the learner's."""

    name: str
    node: ast.ClassDef
    scope: Scope


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One way in which a name gets a meaning.

    Attributes:
        kind: ``is`` the value of a node; ``each`` of its items; ``holds`` it as an item; ``path``
            of an import; ``own`` function or class; ``parameter`` of a function; ``unknown``.
        line: where.
        scope: where the node is computed.
        node: an expression.
        place: for ``each``, its place in an item that is unpacked, -1 if it is the item.
        path: a dotted name, or the name of the parameter.
        own: a function or class.
    """

    kind: Literal["is", "each", "holds", "path", "own", "parameter", "self", "unknown"]
    line: int
    scope: Scope
    node: ast.expr | None = None
    place: int = -1
    path: str = ""
    own: Function | Class | None = None


@dataclass(slots=True)
class Mention:
    """A name or attribute chain that a piece mentions: its first line, and whether it is called."""

    line: int
    called: bool = False


@dataclass(eq=False, slots=True)
class Unit:
    """A piece of the file: a function or class at its top level, or another statement there.

    Attributes:
        runs: whether it runs when the file is imported.
        hands_out: whether something else gets hold of it: a function with decorators, a raise.
        chains: name, attributes and scope → mention.
        expressions: attribute chains that start with something other than a name.
        calls: every call, with its scope.
        items: every subscript, with its scope.
        changes: what is assigned to or deleted: object, attribute (empty for an item), scope, line.
        feeds: names of the file that it puts something into.
    """

    runs: bool
    hands_out: bool = False
    chains: dict[tuple[str, Names, Scope], Mention] = field(default_factory=dict)
    expressions: list[tuple[ast.Attribute, Scope, bool]] = field(default_factory=list)
    calls: list[tuple[ast.Call, Scope]] = field(default_factory=list)
    items: list[tuple[ast.Subscript, Scope]] = field(default_factory=list)
    changes: list[tuple[ast.expr, str, Scope, int]] = field(default_factory=list)
    imports: list[tuple[str, int]] = field(default_factory=list)
    feeds: list[tuple[str, Scope]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the walk is."""

    scope: Scope
    unit: Unit


@dataclass(eq=False)
class Survey:
    """What the walk finds.

    Attributes:
        module: the scope of the file.
        units: the pieces, in no order.
        defined: name at the top level → pieces that give it a meaning.
        functions: node → function.
        attributes: name → what is bound to an attribute of that name, of whatever object.
        held: name → what is put into something of that name.
        callers: name → calls of it.
        handed_on: names that are read other than to be called.
        stars: modules all of whose names are imported.
        is_loose: whether attributes may be set by names that are not written out.
    """

    module: Scope
    units: list[Unit] = field(default_factory=list)
    defined: dict[str, list[Unit]] = field(default_factory=dict)
    functions: dict[ast.AST, Function] = field(default_factory=dict)
    attributes: dict[str, list[Binding]] = field(default_factory=dict)
    held: dict[str, list[Binding]] = field(default_factory=dict)
    callers: dict[str, list[tuple[ast.Call, Scope]]] = field(default_factory=dict)
    handed_on: set[str] = field(default_factory=set)
    stars: list[str] = field(default_factory=list)
    is_loose: bool = False


def survey(tree: ast.Module) -> Survey:
    """Walks over a file."""
    walk = Walk(Survey(Scope("module", None)))
    walk.guards = not _renames_itself(tree)
    walk.statements(tree.body)
    walk.run()
    return walk.found


def top_level_functions(tree: ast.Module) -> dict[str, tuple[int, int]]:
    """Name of each function at the top level → its first and last line."""
    return {
        node.name: (node.lineno, node.end_lineno or node.lineno)
        for node in _statements(tree.body)
        if isinstance(node, _DEFINITIONS)
    }


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run at import, those in branches included."""
    waiting = list(reversed(body))
    while waiting:
        statement = waiting.pop()
        yield statement
        if not isinstance(statement, (*_DEFINITIONS, ast.ClassDef)):
            inside: list[ast.stmt] = []
            if not (isinstance(statement, ast.If) and _is_main_guard(statement.test)):
                inside += getattr(statement, "body", [])
            for handler in getattr(statement, "handlers", []):
                inside += handler.body
            inside += [*getattr(statement, "orelse", []), *getattr(statement, "finalbody", [])]
            waiting += reversed(inside)


def _is_main_guard(test: ast.expr) -> bool:
    """``__name__ == "__main__"``, alone or with further conditions; nothing looser."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(_is_main_guard(part) for part in test.values)
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
        return False
    sides = [test.left, test.comparators[0]]
    return (
        isinstance(test.ops[0], ast.Eq)
        and any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides)
        and any(isinstance(side, ast.Constant) and side.value == "__main__" for side in sides)
    )


def _renames_itself(tree: ast.Module) -> bool:
    """Whether some statement may bind ``__name__``: then the guard may be open."""
    for statement in _statements(tree.body):
        if isinstance(statement, (*_DEFINITIONS, ast.ClassDef, ast.Import, ast.ImportFrom)):
            named = [getattr(statement, "name", "")]
            named += [a.asname or "" for a in getattr(statement, "names", [])]
            if "__name__" in named:
                return True
    return any(
        (isinstance(node, ast.Name) and node.id == "__name__" and _is_store(node))
        or (isinstance(node, ast.Global) and "__name__" in node.names)
        for node in (ast.walk(tree) if _guards_in(tree) else ())
    )


def _guards_in(tree: ast.Module) -> bool:
    return any(isinstance(each, ast.If) and _is_main_guard(each.test) for each in tree.body)


def _is_store(node: ast.expr) -> bool:
    return not isinstance(getattr(node, "ctx", None), ast.Load)


class Walk:
    """The walk itself; it can be sent over further texts of the same file.

    Args:
        found: what to add to.
    """

    def __init__(self, found: Survey) -> None:
        self.found = found
        self.guards = True
        self._stack: list[tuple[ast.AST, Place]] = []
        self._owners: dict[Scope, Class] = {}

    def statements(self, body: list[ast.stmt]) -> None:
        """Takes up the statements at the top level of the file."""
        for statement in body:
            self._top(statement)

    def inside(self, body: list[ast.stmt], place: Place) -> None:
        """Takes up statements that run in a piece of the file."""
        self._push(place, *body)

    def run(self) -> None:
        """Walks until nothing is left."""
        stack = self._stack
        while stack:
            node, place = stack.pop()
            handler = _HANDLERS.get(type(node))
            if handler is not None:
                handler(self, node, place)
            else:
                self._children(node, place)

    def _push(self, place: Place, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self._stack.append((node, place))

    def _children(self, node: ast.AST, place: Place) -> None:
        stack = self._stack
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                for one in value:
                    if isinstance(one, ast.AST):
                        stack.append((one, place))
            elif isinstance(value, ast.AST) and value.__class__ not in _MARKS:
                stack.append((value, place))

    # The top level.

    def _top(self, statement: ast.stmt) -> None:
        """Cuts a statement at the top level into pieces."""
        waiting = [statement]
        while waiting:
            one = waiting.pop()
            unit = self._unit(runs=not isinstance(one, _DEFINITIONS))
            place = Place(self.found.module, unit)
            inner = _blocks(one)
            if inner is None:
                self._push(place, one)
                continue
            if self.guards and isinstance(one, ast.If) and _is_main_guard(one.test):
                inner = one.orelse
            waiting += inner
            self._header(one, place)

    def _unit(self, runs: bool) -> Unit:
        unit = Unit(runs)
        self.found.units.append(unit)
        return unit

    def _header(self, node: ast.stmt, place: Place) -> None:
        """What a compound statement computes by itself."""
        if isinstance(node, (ast.For, ast.AsyncFor)):
            self._bind(node.target, "each", node.iter, place)
            self._push(place, node.iter, *_used_by(node.target))
        elif isinstance(node, (ast.If, ast.While)):
            self._push(place, node.test)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self._push(place, *node.items)
        else:
            for handler in getattr(node, "handlers", []):
                self._push(place, handler.type)
                if handler.name:
                    self._name(handler.name, Binding("unknown", handler.lineno, place.scope), place)

    # Names that get a meaning.

    def _name(self, name: str, binding: Binding, place: Place) -> None:
        scope = place.scope.declared.get(name, place.scope)
        scope.names.setdefault(name, []).append(binding)
        if scope is self.found.module:
            self.found.defined.setdefault(name, []).append(place.unit)
        elif scope.kind == "class":
            self.found.attributes.setdefault(name, []).append(binding)

    def _bind(
        self,
        target: ast.expr,
        kind: Literal["is", "each", "unknown"],
        value: ast.expr | None,
        place: Place,
    ) -> None:
        """Binds a target to a value, or to the items of one."""
        waiting: list[tuple[ast.expr, Literal["is", "each", "unknown"], ast.expr | None, int]]
        waiting = [(target, kind, value, -1)]
        while waiting:
            target, kind, value, index = waiting.pop()
            scope, line = place.scope, target.lineno
            if isinstance(target, ast.Name):
                self._name(target.id, Binding(kind, line, scope, value, index), place)
            elif isinstance(target, ast.Starred):
                waiting.append((target.value, "unknown" if kind == "is" else kind, value, -1))
            elif isinstance(target, (ast.Tuple, ast.List)):
                waiting += _unpacked(target, kind, value, index)
            elif isinstance(target, ast.Attribute):
                binding = Binding(kind, line, scope, value, index)
                self.found.attributes.setdefault(target.attr, []).append(binding)
                self._change(target.value, target.attr, line, place)
            elif isinstance(target, ast.Subscript):
                self._hold(target.value, value, place)
                self._change(target.value, "", line, place)

    def _change(self, changed: ast.expr, attribute: str, line: int, place: Place) -> None:
        place.unit.changes.append((changed, attribute, place.scope, line))
        root = _root(changed)
        if isinstance(root, ast.Name):
            self._feed(root.id, place)

    def _feed(self, name: str, place: Place) -> None:
        """Something is put into what a name stands for: at the top level, that defines it too."""
        if place.scope is self.found.module:
            self.found.defined.setdefault(name, []).append(place.unit)
        else:
            place.unit.feeds.append((name, place.scope))

    def _hold(self, holder: ast.expr, value: ast.expr | None, place: Place) -> None:
        root = _root(holder)
        if isinstance(root, ast.Name) and value is not None:
            binding = Binding("holds", value.lineno, place.scope, value)
            self.found.held.setdefault(root.id, []).append(binding)

    # One method for each kind of node that needs care.

    def _attribute(self, node: ast.Attribute, place: Place, called: bool = False) -> None:
        names = [node.attr]
        root = node.value
        while isinstance(root, ast.Attribute):
            names.append(root.attr)
            root = root.value
        if isinstance(root, ast.Name):
            names.reverse()
            self.found.is_loose = self.found.is_loose or not _LOOSE.isdisjoint(names)
            self._mention(root.id, tuple(names), node.lineno, called, place)
        else:
            place.unit.expressions.append((node, place.scope, called))
            self._push(place, root)

    def _mention(self, name: str, rest: Names, line: int, called: bool, place: Place) -> None:
        key = (name, rest, place.scope)
        known = place.unit.chains.get(key)
        if known is None:
            place.unit.chains[key] = Mention(line, called)
        else:
            known.line = min(known.line, line)
            known.called = known.called or called

    def _load(self, node: ast.Name, place: Place) -> None:
        if isinstance(node.ctx, ast.Load):
            self.found.handed_on.add(node.id)
            self._mention(node.id, (), node.lineno, False, place)

    def _call(self, node: ast.Call, place: Place) -> None:
        place.unit.calls.append((node, place.scope))
        function = node.func
        if isinstance(function, ast.Name):
            self.found.callers.setdefault(function.id, []).append((node, place.scope))
            self._mention(function.id, (), node.lineno, True, place)
            if function.id == "setattr" and len(node.args) == 3:
                self._set(node, place)
        elif isinstance(function, ast.Attribute):
            self._attribute(function, place, called=True)
            root = _root(function.value)
            if function.attr in _TAKES_IN:
                for given in [*node.args, *(keyword.value for keyword in node.keywords)]:
                    self._hold(function.value, given, place)
                if isinstance(root, ast.Name):
                    self._feed(root.id, place)
            elif isinstance(root, ast.Name) and node.args:
                place.unit.feeds.append((root.id, place.scope))  # it may take it in, too
        else:
            self._push(place, function)
        self._push(place, *node.args, *(keyword.value for keyword in node.keywords))

    def _set(self, node: ast.Call, place: Place) -> None:
        """``setattr(thing, "name", value)``."""
        thing, name, value = node.args
        text = name.value if isinstance(name, ast.Constant) else None
        attribute = text if isinstance(text, str) else ""
        self.found.is_loose = self.found.is_loose or not attribute
        if attribute:
            binding = Binding("is", node.lineno, place.scope, value)
            self.found.attributes.setdefault(attribute, []).append(binding)
        self._hold(thing, value, place)
        self._change(thing, attribute, node.lineno, place)

    def _subscript(self, node: ast.Subscript, place: Place) -> None:
        if isinstance(node.ctx, ast.Load):
            place.unit.items.append((node, place.scope))
        self._push(place, node.value, node.slice)

    def _assign(self, node: ast.Assign, place: Place) -> None:
        for target in node.targets:
            self._bind(target, "is", node.value, place)
            self._push(place, *_used_by(target))
        self._push(place, node.value)

    def _annotated(self, node: ast.AnnAssign, place: Place) -> None:
        self._bind(node.target, "is" if node.value else "unknown", node.value, place)
        self._push(place, *_used_by(node.target), node.value)
        self._annotation(node.annotation, place)

    def _augmented(self, node: ast.AugAssign, place: Place) -> None:
        self._bind(node.target, "unknown", None, place)
        self._hold(node.target, node.value, place)
        if isinstance(node.target, ast.Name):
            self._mention(node.target.id, (), node.lineno, False, place)
            self._feed(node.target.id, place)
        self._push(place, *_used_by(node.target), node.value)

    def _delete(self, node: ast.Delete, place: Place) -> None:
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                self._change(target.value, target.attr, node.lineno, place)
            self._push(place, *_used_by(target))

    def _walrus(self, node: ast.NamedExpr, place: Place) -> None:
        self._bind(node.target, "is", node.value, place)
        self._push(place, node.value)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.comprehension, place: Place) -> None:
        self._bind(node.target, "each", node.iter, place)
        self._push(place, node.iter, *_used_by(node.target))
        for name in ("ifs", "body", "orelse"):
            self._push(place, *getattr(node, name, []))

    def _with(self, node: ast.withitem, place: Place) -> None:
        if node.optional_vars is not None:
            self._bind(node.optional_vars, "unknown", None, place)
            self._push(place, *_used_by(node.optional_vars))
        self._push(place, node.context_expr)

    def _handler(self, node: ast.ExceptHandler, place: Place) -> None:
        if node.name:
            self._name(node.name, Binding("unknown", node.lineno, place.scope), place)
        self._push(place, node.type, *node.body)

    def _match(self, node: ast.Match, place: Place) -> None:
        """What a pattern captures is the subject or a part of it."""
        self._push(place, node.subject)
        for case in node.cases:
            for pattern in ast.walk(case.pattern):
                name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
                if name and isinstance(pattern, ast.pattern):
                    for kind in _CAPTURES:
                        binding = Binding(kind, case.pattern.lineno, place.scope, node.subject)
                        self._name(name, binding, place)
                if isinstance(pattern, (ast.MatchValue, ast.MatchClass, ast.MatchMapping)):
                    self._push(place, getattr(pattern, "value", None))
                    self._push(place, getattr(pattern, "cls", None), *getattr(pattern, "keys", []))
            self._push(place, case.guard, *case.body)

    def _import(self, node: ast.Import, place: Place) -> None:
        for alias in node.names:
            first = alias.name.partition(".")[0]
            path = alias.name if alias.asname else first
            binding = Binding("path", node.lineno, place.scope, path=path)
            self._name(alias.asname or first, binding, place)
            place.unit.imports.append((alias.name, node.lineno))

    def _import_from(self, node: ast.ImportFrom, place: Place) -> None:
        if node.level or node.module is None:
            return
        for alias in node.names:
            path = f"{node.module}.{alias.name}"
            place.unit.imports.append((path, node.lineno))
            if alias.name == "*":
                self.found.stars.append(node.module)
            else:
                binding = Binding("path", node.lineno, place.scope, path=path)
                self._name(alias.asname or alias.name, binding, place)

    def _declare(self, node: ast.Global | ast.Nonlocal, place: Place) -> None:
        for name in node.names:
            scope: Scope | None = self.found.module
            if isinstance(node, ast.Nonlocal):
                outer = place.scope.parent
                scope = outer.home(name) if outer is not None else None
            if scope is not None and scope is not place.scope:
                place.scope.declared[name] = scope
                if scope is self.found.module:
                    place.unit.feeds.append((name, scope))
                for binding in place.scope.names.pop(name, []):
                    self._name(name, binding, place)

    def _yield(self, node: ast.AST, place: Place) -> None:
        place.scope.yields = True
        self._children(node, place)

    def _raise(self, node: ast.Raise, place: Place) -> None:
        place.unit.hands_out = place.unit.hands_out or place.scope is self.found.module
        self._children(node, place)

    def _return(self, node: ast.Return, place: Place) -> None:
        if node.value is not None:
            place.scope.returns.append(node.value)
            self._push(place, node.value)

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: Place) -> None:
        function = self._function(node, node.name, place)
        self._name(node.name, Binding("own", node.lineno, place.scope, own=function), place)
        outside = place
        if place.scope is self.found.module:
            # Decorators and defaults run at import, though the body does not.
            outside = Place(place.scope, self._unit(runs=True))
            self.found.defined[node.name].append(outside.unit)
            place.unit.hands_out = bool(node.decorator_list)
        self._push(outside, *node.decorator_list)
        self._parameters(function, outside)
        self._annotation(node.returns, outside)
        self._push(Place(function.scope, place.unit), *node.body)

    def _lambda(self, node: ast.Lambda, place: Place) -> None:
        function = self._function(node, "", place)
        function.scope.returns.append(node.body)
        self._parameters(function, place)
        self._push(Place(function.scope, place.unit), node.body)

    def _function(self, node: FunctionNode, name: str, place: Place) -> Function:
        scope = Scope("function", place.scope)
        owner = self._owners.get(place.scope)
        function = Function(name, node, scope, place.scope, owner)
        self.found.functions[node] = function
        return function

    def _parameters(self, function: Function, outside: Place) -> None:
        given = function.node.args
        named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        for index, one in enumerate(named):
            is_self = index == 0 and function.owner is not None and not _is_static(function.node)
            binding = Binding(
                "self" if is_self else "parameter",
                one.lineno,
                outside.scope,
                path=one.arg,
                own=function.owner if is_self else function,
            )
            function.scope.names.setdefault(one.arg, []).append(binding)
            self._annotation(one.annotation, outside)
        for rest in (given.vararg, given.kwarg):
            if rest is not None:
                binding = Binding("unknown", rest.lineno, outside.scope)
                function.scope.names.setdefault(rest.arg, []).append(binding)
                self._annotation(rest.annotation, outside)
        self._push(outside, *given.defaults, *given.kw_defaults)

    def _class(self, node: ast.ClassDef, place: Place) -> None:
        own = Class(node.name, node, Scope("class", place.scope))
        self._owners[own.scope] = own
        self._name(node.name, Binding("own", node.lineno, place.scope, own=own), place)
        self._push(place, *node.decorator_list, *node.bases)
        self._push(place, *(keyword.value for keyword in node.keywords))
        self._push(Place(own.scope, place.unit), *node.body)

    def _comprehension(self, node: Any, place: Place) -> None:
        scope = Scope("function", place.scope)
        for name in _walrus_names(node):
            home = place.scope
            scope.declared[name] = home.declared.get(name, home)
        inner = Place(scope, place.unit)
        self.found.functions[node] = Function("", node, scope, place.scope, None)
        self._push(inner, *node.generators)
        for name in ("elt", "key", "value"):
            self._push(inner, getattr(node, name, None))

    def _annotation(self, node: ast.expr | None, place: Place) -> None:
        """An annotation that only names something uses nothing."""
        if node is not None and not _only_names(node):
            self._push(place, node)

    def _nothing(self, node: ast.AST, place: Place) -> None:
        """There is nothing in it."""


def _blocks(node: ast.stmt) -> list[ast.stmt] | None:
    """The statements inside a compound statement at the top level; None if it is none."""
    if isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith)):
        return [*node.body, *getattr(node, "orelse", [])]
    if isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
        handled = [one for handler in getattr(node, "handlers", []) for one in handler.body]
        blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
        return [*handled, *(one for block in blocks for one in block)]
    return None


def _unpacked(
    target: ast.Tuple | ast.List, kind: Any, value: ast.expr | None, index: int
) -> list[tuple[ast.expr, Any, ast.expr | None, int]]:
    """The parts of a target with what each of them takes."""
    starred = any(isinstance(part, ast.Starred) for part in target.elts)
    pairs = isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts)
    if kind == "is" and pairs and not starred:
        assert isinstance(value, (ast.Tuple, ast.List))
        return [(part, "is", one, -1) for part, one in zip(target.elts, value.elts, strict=True)]
    if kind == "is":
        return [(part, "each", value, -1) for part in target.elts]
    if kind == "each" and index < 0 and not starred:
        return [(part, "each", value, place) for place, part in enumerate(target.elts)]
    return [(part, "unknown", None, -1) for part in target.elts]


def _root(node: ast.expr) -> ast.expr:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node


def _used_by(target: ast.expr) -> list[ast.expr]:
    """What a target reads: the object whose attribute or item is set, and the index."""
    found: list[ast.expr] = []
    waiting = [target]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (ast.Tuple, ast.List)):
            waiting += one.elts
        elif isinstance(one, ast.Starred):
            waiting.append(one.value)
        elif isinstance(one, ast.Attribute):
            found.append(one.value)
        elif isinstance(one, ast.Subscript):
            found += [one.value, one.slice]
    return found


def _only_names(node: ast.expr) -> bool:
    return all(
        isinstance(part, (*_ANNOTATION_PARTS, *_ANNOTATION_MARKS)) for part in ast.walk(node)
    )


def _is_static(node: FunctionNode) -> bool:
    decorators = getattr(node, "decorator_list", [])
    return any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in decorators)


def _walrus_names(node: ast.AST) -> list[str]:
    return [one.target.id for one in ast.walk(node) if isinstance(one, ast.NamedExpr)]


_MARKS: Final[frozenset[type[ast.AST]]] = frozenset(
    kind
    for family in (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
    for kind in family.__subclasses__()
)
_HANDLERS: Final[dict[type[ast.AST], Callable[[Walk, Any, Place], None]]] = {
    **dict.fromkeys(_MARKS, Walk._nothing),
    **dict.fromkeys(_COMPREHENSIONS, Walk._comprehension),
    ast.Constant: Walk._nothing,
    ast.Attribute: Walk._attribute,
    ast.Name: Walk._load,
    ast.Call: Walk._call,
    ast.Subscript: Walk._subscript,
    ast.Assign: Walk._assign,
    ast.AnnAssign: Walk._annotated,
    ast.AugAssign: Walk._augmented,
    ast.Delete: Walk._delete,
    ast.NamedExpr: Walk._walrus,
    ast.For: Walk._loop,
    ast.AsyncFor: Walk._loop,
    ast.comprehension: Walk._loop,
    ast.withitem: Walk._with,
    ast.ExceptHandler: Walk._handler,
    ast.Match: Walk._match,
    ast.Import: Walk._import,
    ast.ImportFrom: Walk._import_from,
    ast.Global: Walk._declare,
    ast.Nonlocal: Walk._declare,
    ast.Return: Walk._return,
    ast.Raise: Walk._raise,
    ast.Yield: Walk._yield,
    ast.YieldFrom: Walk._yield,
    ast.FunctionDef: Walk._define,
    ast.AsyncFunctionDef: Walk._define,
    ast.Lambda: Walk._lambda,
    ast.ClassDef: Walk._class,
}
