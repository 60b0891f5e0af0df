"""Follows names to what they may stand for: imports, assignments, containers, calls of helpers.

What cannot be followed is something unknown, never nothing. Work and depth are bounded; beyond the
bounds, and where a name leads back to itself, everything is unknown too.
"""

from __future__ import annotations

import ast
import builtins
import textwrap
from collections.abc import Callable, Iterable
from typing import Any, Final

from grader.worker.written.index import Binding, Class, Function, Names, Scope, Survey
from grader.worker.written.values import (
    MODULES,
    MOST,
    NOTHING,
    UNKNOWN,
    Gives,
    Instance,
    Items,
    Looks,
    Member,
    Namespace,
    Own,
    Partial,
    Path,
    Value,
    Values,
    applied,
    character,
    exports,
    filled,
    joined,
    normal,
    part,
    union,
)

Texts = frozenset[str] | None
Given = list[tuple[ast.expr, Scope]]

DEEPEST: Final = 40
"""How many steps from one expression to another are followed."""

# Steps for one question, for a file, and for each thing that the file mentions.
_QUESTION: Final = 2_000
_LEAST_WORK: Final = 100_000
_WORK: Final = 20
_BUILTIN: Final = frozenset(vars(builtins))
_GETTERS: Final = frozenset({"__getattribute__", "__getattr__"})
_ITEM_GETTERS: Final = frozenset({"get", "__getitem__", "pop", "setdefault"})
_SAME_ITEMS: Final = frozenset(
    f"builtins.{name}"
    for name in ("list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "dict")
) | {"copy.copy", "copy.deepcopy", "collections.OrderedDict", "collections.deque"}

# What these make has methods that are called like torch's (``uniform``) and are not.
_GENERATORS: Final = frozenset(
    {"numpy.random.default_rng", "numpy.random.RandomState", "random.Random"}
)


class Follower:
    """Follows the names of one file.

    Args:
        survey: of the file.
        called: functions that are called from outside, with arguments nobody knows.
    """

    def __init__(self, survey: Survey, called: Iterable[str]) -> None:
        self._survey = survey
        self._called = frozenset(called)
        self._known: dict[object, Any] = {}
        self._open: set[object] = set()
        self._left = _QUESTION
        self._total = _LEAST_WORK + _WORK * sum(
            len(unit.chains) + len(unit.calls) + len(unit.items) for unit in survey.units
        )
        self._early = min(
            (call.lineno for name, calls in survey.callers.items() for call, scope in calls
             if scope is survey.module and name in survey.defined),
            default=10**9,
        )  # fmt: skip

    # Things.

    def chain(self, name: str, rest: Names, scope: Scope, depth: int = 0) -> Values:
        """What a name with attributes may stand for."""
        key = (name, rest, scope)
        known: Values | None = self._known.get(key)
        if known is None:
            known = self._remembered(
                key,
                depth,
                lambda: self._chain(name, rest, scope, depth),
                frozenset({Member(rest[-4:])}),
            )
        return known

    def _chain(self, name: str, rest: Names, scope: Scope, depth: int) -> Values:
        values = self.name(name, scope, depth + 1)
        for attribute in rest:
            values = self.attribute(values, attribute, depth + 1)
        return values

    def things(self, node: ast.expr, scope: Scope, depth: int = 0) -> Values:
        """What an expression may stand for."""
        if isinstance(node, ast.Name):
            return self.chain(node.id, (), scope, depth)
        if isinstance(node, ast.Attribute):
            return self._attributes(node, scope, depth)
        rule = _THINGS.get(type(node))
        if rule is None:
            return UNKNOWN
        known: Values | None = self._known.get(node)
        if known is None:
            known = self._remembered(
                node, depth, lambda: rule(self, node, scope, depth + 1), UNKNOWN
            )
        return known

    def _attributes(self, node: ast.Attribute, scope: Scope, depth: int) -> Values:
        names = [node.attr]
        root = node.value
        while isinstance(root, ast.Attribute):
            names.append(root.attr)
            root = root.value
        names.reverse()
        if isinstance(root, ast.Name):
            return self.chain(root.id, tuple(names), scope, depth)
        values = self.things(root, scope, depth + 1)
        for name in names:
            values = self.attribute(values, name, depth + 1)
        return values

    def _remembered(
        self, key: object, depth: int, compute: Callable[[], Any], otherwise: Any
    ) -> Any:
        """Computes once. In a circle something unknown takes the place of the answer.

        Args:
            key: what is computed.
            depth: how deep the question is; 0 is a new one, with work of its own.
            compute: gives the answer.
            otherwise: the answer in a circle, and beyond the bounds.
        """
        if depth == 0:
            self._total -= _QUESTION - self._left
            self._left = min(_QUESTION, self._total)
        self._left -= 1
        if key in self._open or depth > DEEPEST or self._left < 0:
            return otherwise
        self._open.add(key)
        result = self._known[key] = compute()
        self._open.discard(key)
        return result

    @property
    def is_lost(self) -> bool:
        """Whether there was more to follow than is reasonable."""
        return self._total < 0

    def forget(self) -> None:
        """Forgets what it knows: the file has turned out to say more."""
        self._known.clear()

    def name(self, name: str, scope: Scope, depth: int = 0) -> Values:
        """What a name may stand for."""
        home = scope.home(name)
        if home is None or name not in home.names:
            return self._not_bound(name)
        held = self._survey.held.get(name, ())
        bindings = self._in_force(name, home, scope)
        self._left -= len(bindings) + len(held)
        if len(bindings) == 1 and not held:
            return self._bound(bindings[0], depth)
        return union(self._bound(binding, depth) for binding in (*bindings, *held))

    def _in_force(self, name: str, home: Scope, scope: Scope) -> list[Binding]:
        """The bindings that a function sees: a definition at the top level replaces earlier ones.

        Not if a function of the file was called in between, which has seen what came before.
        """
        bindings = home.names[name]
        if home is not self._survey.module or scope is home or len(bindings) < 2:
            return bindings
        last = max((b.line for b in bindings if b.kind == "own" and _is_straight(b)), default=0)
        return bindings if self._early < last else [b for b in bindings if b.line >= last]

    def _not_bound(self, name: str) -> Values:
        found: set[Value] = {
            Path(normal(f"{star}.{name}")) for star in self._survey.stars if exports(star, name)
        }
        if found:
            return frozenset(found)
        if name == "__builtins__":
            return frozenset({Path("builtins")})
        return frozenset({Path(f"builtins.{name}")}) if name in _BUILTIN else UNKNOWN

    def _bound(self, binding: Binding, depth: int) -> Values:
        kind, node = binding.kind, binding.node
        if kind == "path":
            return frozenset({Path(normal(binding.path))})
        if kind == "own":
            return NOTHING if binding.own is None else frozenset({Own(binding.own)})
        if kind == "self":
            own = binding.own
            return frozenset({Instance(own)}) if isinstance(own, Class) else UNKNOWN
        if kind == "parameter":
            return self._parameter(binding, depth)
        if node is None or kind == "unknown":
            return UNKNOWN
        values = self.things(node, binding.scope, depth + 1)
        if kind == "holds":
            return frozenset({Items(values)})
        return values if kind == "is" else _members(values)

    def _parameter(self, binding: Binding, depth: int) -> Values:
        given, _ = self._given(binding)
        return union([UNKNOWN, *(self.things(node, scope, depth + 1) for node, scope in given)])

    def _given(self, binding: Binding) -> tuple[Given, bool]:
        """What a parameter is given: its default and at every call; whether that is all."""
        function = binding.own
        if not isinstance(function, Function):
            return [], False
        default = _default(function, binding.path)
        found: Given = [(default, function.outside)] if default is not None else []
        name = function.name
        if not name or function.owner is not None:
            return found, False
        complete = name not in self._called and name not in self._survey.handed_on
        calls = self._survey.callers.get(name, [])
        for call, scope in calls[:MOST]:
            argument = _argument(call, function, binding.path)
            if argument is not None:
                found.append((argument, scope))
            elif default is None or _is_spread(call):
                complete = False
        return found, complete and 0 < len(calls) <= MOST

    def attribute(self, values: Values, name: str, depth: int = 0) -> Values:
        """An attribute of any of them."""
        if len(values) == 1:
            return self._attribute_of(next(iter(values)), name, depth)
        return union(self._attribute_of(value, name, depth) for value in values)

    def _attribute_of(self, value: Value, name: str, depth: int) -> Values:
        if isinstance(value, (Namespace, Items)) or value == MODULES:
            looks: Value = Looks(frozenset({value}), None, items=True)
            # Else values(), copy(), items(), ...: what they give is as much as the whole.
            return frozenset({looks if name in _ITEM_GETTERS else Gives(frozenset({value}))})
        if isinstance(value, Path):
            return self._attribute_of_path(value, name)
        if name in _GETTERS:
            return frozenset({Looks(frozenset({value}), None)})
        own = self._survey.attributes.get(name, ())
        known = union(self._bound(binding, depth + 1) for binding in own)
        if isinstance(value, Member):
            return known | {Member((*value.names, name)[-4:])}
        return known if own else frozenset({Member((name,))})

    def _attribute_of_path(self, path: Path, name: str) -> Values:
        if name == "__dict__":
            return frozenset({Namespace(path.name)})
        if name in _GETTERS:
            of_any = path.name.startswith(("builtins.", "types."))
            return frozenset({Looks(None if of_any else frozenset({path}), None)})
        return frozenset({Path(normal(f"{path.name}.{name}"))})

    def looked_up(self, values: Values, names: Texts, items: bool, depth: int = 0) -> Values:
        """What a text finds in any of them, as an attribute or as an item."""
        if not items:
            if names is None:
                return UNKNOWN
            return union(self.attribute(values, name, depth + 1) for name in names)
        return union(self._item_of(value, names, depth) for value in values)

    def _item_of(self, value: Value, names: Texts, depth: int) -> Values:
        if isinstance(value, Items):
            return value.values | UNKNOWN  # more may be put in under another name
        if names is not None and value == MODULES:
            return frozenset(Path(normal(name)) for name in names)
        if names is not None and isinstance(value, Namespace):
            if not value.path:
                return union(self.name(name, self._survey.module, depth + 1) for name in names)
            return self.looked_up(frozenset({Path(value.path)}), names, False, depth)
        if names is not None and value == Path("builtins"):
            return self.looked_up(frozenset({value}), names, False, depth)
        return UNKNOWN

    def _item(self, node: ast.Subscript, scope: Scope, depth: int) -> Values:
        base = self.things(node.value, scope, depth)
        if isinstance(node.value, ast.Dict):
            return self._entry(node.value, self.texts(node.slice, scope, depth), scope, depth)
        return self.looked_up(base, self.texts(node.slice, scope, depth), True, depth)

    def _entry(self, node: ast.Dict, names: Texts, scope: Scope, depth: int) -> Values:
        """An entry of a dict that is written out; of every one if the key is not known."""
        found = []
        for key, value in zip(node.keys, node.values, strict=True):
            values = self.things(value, scope, depth)
            if key is None:
                found.append(self.looked_up(values, names, True, depth))
            elif names is None or not isinstance(key, ast.Constant) or key.value in names:
                found.append(values)
        return union(found)

    def _display(self, node: Any, scope: Scope, depth: int) -> Values:
        return frozenset({Items(union(self.things(one, scope, depth) for one in node.elts))})

    def _dict(self, node: ast.Dict, scope: Scope, depth: int) -> Values:
        held = [self.things(one, scope, depth) for one in node.values]
        whole = [each for key, each in zip(node.keys, held, strict=True) if key is None]
        single = [each for key, each in zip(node.keys, held, strict=True) if key is not None]
        return union([frozenset({Items(union(single))}), *whole])

    def _comprehension(self, node: Any, _: Scope, depth: int) -> Values:
        inner = self._survey.functions.get(node)
        element = node.value if isinstance(node, ast.DictComp) else node.elt
        if inner is None:
            return UNKNOWN
        return frozenset({Items(self.things(element, inner.scope, depth))})

    def _lambda(self, node: ast.Lambda, _: Scope, __: int) -> Values:
        function = self._survey.functions.get(node)
        return UNKNOWN if function is None else frozenset({Own(function)})

    # Calls.

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> Values:
        functions = self.things(node.func, scope, depth)
        if self.gives_nothing_known(functions):
            return UNKNOWN
        given = [(argument, scope) for argument in node.args]
        return union(self._called_with(each, given, node, depth) for each in functions)

    def _called_with(self, function: Value, given: Given, node: ast.Call, depth: int) -> Values:
        if isinstance(function, Path):
            rule = _RULES.get(function.name)
            if function.name in _SAME_ITEMS:
                rule = Follower._same
            if function.name in _GENERATORS:
                return frozenset({Path(f"{function.name}()")})
            return UNKNOWN if rule is None else rule(self, given, node, depth)
        if isinstance(function, Gives):
            return function.values
        if isinstance(function, Looks):
            return self._look(function, given, depth)
        if isinstance(function, Partial):
            given = [*function.arguments, *given]
            return union(self._called_with(f, given, node, depth) for f in function.function)
        if isinstance(function, Own):
            if isinstance(function.what, Class):
                return frozenset({Instance(function.what)})
            inner = function.what.scope
            given_back = [self.things(one, inner, depth + 1) for one in inner.returns[:MOST]]
            return union([*given_back, *([UNKNOWN] if inner.yields else [])])
        return UNKNOWN

    @staticmethod
    def gives_nothing_known(functions: Values) -> bool:
        """Whether what a call of any of these gives is unknown, whatever it is called with."""
        return all(
            value.name not in _RULES
            and value.name not in _SAME_ITEMS
            and value.name not in _GENERATORS
            if isinstance(value, Path)
            else isinstance(value, Member)
            for value in functions
        )

    def _look(self, looks: Looks, given: Given, depth: int) -> Values:
        given = list(given)
        at = looks.at or UNKNOWN
        # Two arguments: the getter of a class, which is given the object too.
        if given and (looks.at is None or (len(given) == 2 and not looks.items)):
            first, scope = given.pop(0)
            at = self.things(first, scope, depth)
        names = looks.names
        if names is None:
            names = self.texts(*given[0], depth) if given else None
        if names is None or looks.items:
            return self.looked_up(at, names, looks.items, depth)
        return union(self._path_of(at, name, depth) for name in names)

    def _path_of(self, values: Values, dotted: str, depth: int) -> Values:
        for name in dotted.split(".")[:20]:
            values = self.attribute(values, name, depth + 1)
        return values

    def _getattr(self, given: Given, _: ast.Call, depth: int) -> Values:
        if len(given) < 2:
            return UNKNOWN
        names = self.texts(*given[1], depth)
        found = self.looked_up(self.things(*given[0], depth), names, False, depth)
        return union([found, *(self.things(*default, depth) for default in given[2:3])])

    def _import(self, given: Given, node: ast.Call, depth: int) -> Values:
        named = [k.value for k in node.keywords if k.arg == "name"]
        given = given or [(one, self._survey.module) for one in named]
        names = self.texts(*given[0], depth) if given else None
        if names is None:
            return UNKNOWN
        package = self.texts(*given[1], depth) if len(given) == 2 else None
        found: set[Value] = set()
        for name in names:
            if name.startswith(".") and package:
                found |= {Path(normal(each + name)) for each in package}
            else:
                # __import__ gives the first part, unless it is told what is wanted of the last.
                found |= {Path(normal(name)), Path(name.partition(".")[0])}
        return frozenset(found)

    def _vars(self, given: Given, _: ast.Call, depth: int) -> Values:
        if not given:
            return frozenset({Namespace("")})
        values = self.things(*given[0], depth)
        found: set[Value] = {Namespace(v.name) for v in values if isinstance(v, Path)}
        return frozenset(found) if len(found) == len(values) else frozenset(found) | UNKNOWN

    def _same(self, given: Given, _: ast.Call, depth: int) -> Values:
        return self.things(*given[0], depth) if given else frozenset({Items(NOTHING)})

    def _next(self, given: Given, _: ast.Call, depth: int) -> Values:
        return _members(self.things(*given[0], depth)) if given else UNKNOWN

    def _together(self, given: Given, _: ast.Call, depth: int) -> Values:
        found = union(_members(self.things(*one, depth)) for one in given)
        return frozenset({Items(found | {Items(found)})})

    def _partial(self, given: Given, _: ast.Call, depth: int) -> Values:
        if not given:
            return UNKNOWN
        return frozenset({Partial(self.things(*given[0], depth), tuple(given[1:]))})

    def _getter(self, given: Given, node: ast.Call, depth: int) -> Values:
        if not given:
            return UNKNOWN
        function = self.things(node.func, given[0][1], depth)
        if Path("operator.methodcaller") in function:
            given = given[:1]  # the rest is for the method
        names = self._all(self.texts(*one, depth) for one in given)
        items = Path("operator.itemgetter") in function
        return UNKNOWN if names is None else frozenset({Looks(None, names, items=items)})

    def _getitem(self, given: Given, _: ast.Call, depth: int) -> Values:
        if len(given) < 2:
            return UNKNOWN
        base, key = self.things(*given[0], depth), self.texts(*given[1], depth)
        return self.looked_up(base, key, True, depth)

    def _cast(self, given: Given, _: ast.Call, depth: int) -> Values:
        return self.things(*given[1], depth) if len(given) > 1 else UNKNOWN

    # Texts.

    def texts(self, node: ast.expr, scope: Scope, depth: int = 0) -> Texts:
        """The texts that an expression may be; None if that cannot be told."""
        if isinstance(node, ast.Constant):
            return _constant(node.value)
        rule = _TEXTS.get(type(node))
        if rule is None:
            return None
        key = ("text", node)
        found: Texts = self._known.get(key)
        if key not in self._known:
            found = self._remembered(key, depth, lambda: rule(self, node, scope, depth + 1), None)
        return None if found is None or len(found) > MOST else found

    def _name_text(self, node: ast.Name, scope: Scope, depth: int) -> Texts:
        bindings = _bindings(node.id, scope)
        return self._all(self._bound_text(binding, depth) for binding in bindings)

    def _attribute_text(self, node: ast.Attribute, _: Scope, depth: int) -> Texts:
        bindings = () if self._survey.is_loose else self._survey.attributes.get(node.attr, ())
        return self._all(self._bound_text(binding, depth) for binding in bindings)

    def _bound_text(self, binding: Binding, depth: int) -> Texts:
        if binding.kind == "parameter":
            given, complete = self._given(binding)
            found = self._all(self.texts(node, scope, depth + 1) for node, scope in given)
            return found if complete else None
        if binding.node is None:
            return None
        if binding.kind == "is":
            return self.texts(binding.node, binding.scope, depth + 1)
        if binding.kind == "each":
            return self._item_texts(binding.node, binding.place, binding.scope, depth + 1)
        return None

    @staticmethod
    def _all(groups: Iterable[Texts]) -> Texts:
        """All texts; None if there is none, or if one group is not known."""
        found: set[str] = set()
        for group in groups:
            if group is None:
                return None
            found |= group
        return frozenset(found) if found else None

    def _item_texts(self, node: ast.expr, place: int, scope: Scope, depth: int) -> Texts:
        """The texts among the items of a container, or at one place of each item."""
        if depth > DEEPEST:
            return None
        if isinstance(node, ast.Name):
            return self._all(
                self._item_texts(b.node, place, b.scope, depth + 1)
                if b.kind == "is" and b.node is not None
                else None
                for b in self._fixed(node.id, scope)
            )
        if isinstance(node, ast.Call):
            return self._iterated(node, place, scope, depth)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and place < 0:
            return frozenset(node.value[:MOST]) or None
        if isinstance(node, ast.Dict):
            elements = [key for key in node.keys if key is not None] if place < 0 else []
        else:
            elements = getattr(node, "elts", [])
        picked = [_at(element, place) for element in elements]
        return self._all(None if o is None else self.texts(o, scope, depth + 1) for o in picked)

    def _iterated(self, node: ast.Call, place: int, scope: Scope, depth: int) -> Texts:
        """The texts that a loop over a call takes."""
        function = node.func
        if isinstance(function, ast.Attribute) and not node.args:
            if function.attr not in ("items", "keys", "values"):
                return None
            of_values = function.attr == "values" or place == 1
            return self._of_dict(function.value, of_values, scope, depth + 1)
        if not isinstance(function, ast.Name) or not node.args:
            return None
        if function.id == "zip" and 0 <= place < len(node.args):
            return self._item_texts(node.args[place], -1, scope, depth + 1)
        if function.id == "enumerate":
            return self._item_texts(node.args[0], -1, scope, depth + 1) if place == 1 else None
        if function.id in ("list", "tuple", "set", "sorted", "reversed", "iter"):
            return self._item_texts(node.args[0], place, scope, depth + 1)
        return None

    def _fixed(self, name: str, scope: Scope) -> list[Binding]:
        """What is bound to a name into which nothing is put later on."""
        return [] if name in self._survey.held else _bindings(name, scope)

    def _of_dict(self, node: ast.expr, values: bool, scope: Scope, depth: int) -> Texts:
        if isinstance(node, ast.Name):
            return self._all(
                self._of_dict(b.node, values, b.scope, depth + 1)
                if b.kind == "is" and b.node is not None and depth < DEEPEST
                else None
                for b in self._fixed(node.id, scope)
            )
        if not isinstance(node, ast.Dict):
            return None
        parts = node.values if values else node.keys
        return self._all(None if o is None else self.texts(o, scope, depth + 1) for o in parts)

    def _sum_text(self, node: ast.BinOp, scope: Scope, depth: int) -> Texts:
        left = self.texts(node.left, scope, depth)
        if left is None:
            return None
        if isinstance(node.op, ast.Add):
            return joined([left, self.texts(node.right, scope, depth)])
        if isinstance(node.op, ast.Mod):
            parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            return self._filled(left, parts, scope, depth, filled)
        return None

    def _filled(
        self,
        templates: frozenset[str],
        parts: list[ast.expr],
        scope: Scope,
        depth: int,
        fill: Callable[[str, list[str]], str | None],
    ) -> Texts:
        """Every template filled with the only text of each part."""
        single: list[str] = []
        for one in parts:
            texts = self.texts(one, scope, depth)
            if texts is None or len(texts) != 1:
                return None
            single += texts
        results = [fill(template, single) for template in templates]
        return self._all(None if one is None else frozenset({one}) for one in results)

    def _formatted_text(self, node: ast.JoinedStr, scope: Scope, depth: int) -> Texts:
        parts: list[Texts] = []
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                plain = value.format_spec is None and value.conversion in (-1, ord("s"))
                parts.append(self.texts(value.value, scope, depth) if plain else None)
            else:
                parts.append(self.texts(value, scope, depth))
        return joined(parts)

    def _call_text(self, node: ast.Call, scope: Scope, depth: int) -> Texts:
        function = node.func
        if isinstance(function, ast.Attribute):
            base = self.texts(function.value, scope, depth)
            if base is not None:
                return self._method_text(base, function.attr, node, scope, depth)
        values = self.things(function, scope, depth)
        if len(values) != 1 or (not node.args and not any(isinstance(v, Own) for v in values)):
            return None
        (value,) = values
        if isinstance(value, Own) and isinstance(value.what, Function):
            inner = value.what.scope
            return self._all(self.texts(one, inner, depth) for one in inner.returns[:MOST])
        if value == Path("builtins.chr"):
            one = character(node.args[0])
            return None if one is None else frozenset({one})
        if value in (Path("builtins.str"), Path("builtins.compile"), Path("sys.intern")):
            return self.texts(node.args[0], scope, depth)
        if value == Path("textwrap.dedent"):
            whole = self.texts(node.args[0], scope, depth)
            return None if whole is None else frozenset(textwrap.dedent(one) for one in whole)
        return None

    def _method_text(
        self, base: frozenset[str], method: str, node: ast.Call, scope: Scope, depth: int
    ) -> Texts:
        if method in ("decode", "encode"):
            return base
        if method == "join" and len(node.args) == 1:
            pieces = self._sequence(node.args[0], scope, depth)
            if pieces is None:
                return None
            return self._all(
                joined([each for piece in pieces for each in (frozenset({gap}), piece)][1:])
                for gap in base
            )
        if node.keywords:
            return None
        return self._filled(
            base, node.args, scope, depth, lambda text, given: applied(method, text, given)
        )

    def _sequence(self, node: ast.expr, scope: Scope, depth: int) -> list[Texts] | None:
        """Texts in the order in which they are written."""
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self.texts(one, scope, depth) for one in node.elts]
        if isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.func, ast.Name):
            inner = self._sequence(node.args[0], scope, depth + 1) if depth < DEEPEST else None
            if node.func.id in ("list", "tuple", "iter"):
                return inner
            return inner[::-1] if node.func.id == "reversed" and inner is not None else None
        if isinstance(node, ast.Name):
            bindings = self._fixed(node.id, scope)
            one = bindings[0] if len(bindings) == 1 and depth < DEEPEST else None
            if one is not None and one.kind == "is" and isinstance(one.node, (ast.List, ast.Tuple)):
                return self._sequence(one.node, one.scope, depth + 1)
        texts = self.texts(node, scope, depth)
        if texts is None or len(texts) != 1:
            return None
        return [frozenset({letter}) for letter in next(iter(texts))[:1000]]

    def _part_text(self, node: ast.Subscript, scope: Scope, depth: int) -> Texts:
        whole = self.texts(node.value, scope, depth)
        if whole is not None:
            parts = [part(text, node.slice) for text in whole]
            return self._all(None if one is None else frozenset({one}) for one in parts)
        keys = self.texts(node.slice, scope, depth)
        if keys is not None:
            return self._by_key(node.value, keys, scope, depth)
        return self._item_texts(node.value, -1, scope, depth)

    def _by_key(self, node: ast.expr, keys: frozenset[str], scope: Scope, depth: int) -> Texts:
        """The texts under these keys of a dict that is written out."""
        if isinstance(node, ast.Name):
            bindings = self._fixed(node.id, scope)
            if len(bindings) == 1 and bindings[0].kind == "is" and bindings[0].node is not None:
                node, scope = bindings[0].node, bindings[0].scope
        if not isinstance(node, ast.Dict):
            return None
        picked = [
            value
            for key, value in zip(node.keys, node.values, strict=True)
            if not isinstance(key, ast.Constant) or key.value in keys
        ]
        return self._all(self.texts(one, scope, depth + 1) for one in picked)


def _bindings(name: str, scope: Scope) -> list[Binding]:
    home = scope.home(name)
    return [] if home is None else home.names.get(name, [])


def _is_straight(binding: Binding) -> bool:
    """Whether a definition is not inside a branch."""
    own = binding.own
    return own is not None and own.node.col_offset == 0


def _members(values: Values) -> Values:
    return union([UNKNOWN, *(value.values for value in values if isinstance(value, Items))])


def _constant(value: object) -> Texts:
    if isinstance(value, str):
        return frozenset({value})
    return frozenset({value.decode("latin-1")}) if isinstance(value, bytes) else None


def _default(function: Function, name: str) -> ast.expr | None:
    given = function.node.args
    positional = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults))
    defaults += given.defaults
    pairs = zip([*positional, *given.kwonlyargs], [*defaults, *given.kw_defaults], strict=True)
    return next((default for one, default in pairs if one.arg == name), None)


def _argument(call: ast.Call, function: Function, name: str) -> ast.expr | None:
    """What a call gives to a parameter."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    given = function.node.args
    names = [one.arg for one in (*given.posonlyargs, *given.args)]
    index = names.index(name) if name in names else len(call.args)
    before = call.args[: index + 1]
    if index >= len(call.args) or any(isinstance(one, ast.Starred) for one in before):
        return None
    return call.args[index]


def _is_spread(call: ast.Call) -> bool:
    """Whether arguments come out of a container."""
    starred = any(isinstance(one, ast.Starred) for one in call.args)
    return starred or any(keyword.arg is None for keyword in call.keywords)


def _at(element: ast.expr, place: int) -> ast.expr | None:
    if place < 0:
        return element
    parts = getattr(element, "elts", [])
    return parts[place] if place < len(parts) else None


Rule = Callable[[Follower, Given, ast.Call, int], Values]

_RULES: Final[dict[str, Rule]] = {
    "builtins.getattr": Follower._getattr,
    "inspect.getattr_static": Follower._getattr,
    "importlib.import_module": Follower._import,
    "builtins.__import__": Follower._import,
    "importlib.__import__": Follower._import,
    "builtins.vars": Follower._vars,
    "builtins.globals": Follower._vars,
    "builtins.locals": Follower._vars,
    "builtins.next": Follower._next,
    "builtins.zip": Follower._together,
    "builtins.enumerate": Follower._together,
    "functools.partial": Follower._partial,
    "operator.attrgetter": Follower._getter,
    "operator.methodcaller": Follower._getter,
    "operator.itemgetter": Follower._getter,
    "operator.getitem": Follower._getitem,
    "typing.cast": Follower._cast,
}
_THINGS: Final[dict[type[ast.AST], Callable[[Follower, Any, Scope, int], Values]]] = {
    ast.Call: Follower._call,
    ast.Subscript: Follower._item,
    ast.Lambda: Follower._lambda,
    ast.IfExp: lambda f, n, s, d: union([f.things(n.body, s, d), f.things(n.orelse, s, d)]),
    ast.BoolOp: lambda f, n, s, d: union(f.things(one, s, d) for one in n.values),
    ast.NamedExpr: lambda f, n, s, d: f.things(n.value, s, d),
    ast.Starred: lambda f, n, s, d: _members(f.things(n.value, s, d)),
    ast.List: Follower._display,
    ast.Tuple: Follower._display,
    ast.Set: Follower._display,
    ast.Dict: Follower._dict,
    ast.ListComp: Follower._comprehension,
    ast.SetComp: Follower._comprehension,
    ast.GeneratorExp: Follower._comprehension,
    ast.DictComp: Follower._comprehension,
    ast.Constant: lambda f, n, s, d: NOTHING,
    ast.JoinedStr: lambda f, n, s, d: NOTHING,
}
_TEXTS: Final[dict[type[ast.AST], Callable[[Follower, Any, Scope, int], Texts]]] = {
    ast.Name: Follower._name_text,
    ast.Attribute: Follower._attribute_text,
    ast.BinOp: Follower._sum_text,
    ast.JoinedStr: Follower._formatted_text,
    ast.Call: Follower._call_text,
    ast.Subscript: Follower._part_text,
    ast.IfExp: lambda f, n, s, d: f._all([f.texts(n.body, s, d), f.texts(n.orelse, s, d)]),
    ast.BoolOp: lambda f, n, s, d: f._all(f.texts(one, s, d) for one in n.values),
    ast.NamedExpr: lambda f, n, s, d: f.texts(n.value, s, d),
}
