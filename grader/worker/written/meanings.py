"""What an expression may stand for: full names, through aliases, assignments and look-ups by text.

A name may stand for everything that is ever assigned to it, a container for everything in it. No
call of the learner's own is followed: what it gives is `UNKNOWN`.
"""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from types import ModuleType
from typing import Any, Final

from grader.worker.written.outline import OWN, UNKNOWN, Binding, Outline, Scope

Paths = frozenset[str]
Texts = frozenset[str] | None
LookUp = tuple[Paths, Texts]
"""In what something is looked up by a text, and under which names, if that is known."""

NOBODY: Final[Paths] = frozenset({UNKNOWN})
FILE: Final = "<file>"
MODULES: Final = "sys.modules"
FINDS_BY_NAME: Final = {"builtins.getattr", "builtins.setattr", "builtins.delattr"}
GETTERS: Final = {"operator.attrgetter", "operator.methodcaller"}
IMPORTS: Final = {"importlib.import_module", "builtins.__import__", "importlib.__import__"}

_DICT: Final = ".__dict__"
_NAMESPACES: Final = {"builtins.vars", "builtins.globals", "builtins.locals"}
_KEEPS: Final = "next iter list tuple set frozenset sorted reversed dict zip enumerate"
_PASSES_ON: Final = {"copy.copy", "copy.deepcopy", "typing.cast", "functools.partial"} | {
    f"builtins.{name}" for name in _KEEPS.split()
}
_SPACES: Final = {MODULES: "", "builtins": "builtins"}
_DEEPEST: Final = 40
_MOST: Final = 16
_LONGEST: Final = 2_000
_MOST_TEXTS: Final = 20_000
_MOST_DOTS: Final = 12


class Meanings:
    """What the expressions of one file may stand for."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._known: dict[object, Paths] = {}
        self._free: dict[str, Paths] = {"__builtins__": frozenset({"builtins"})}
        self._stars = [one for one in outline.stars if one in sys.modules]
        self._texts_left = _MOST_TEXTS

    def of(self, node: ast.AST, scope: Scope, depth: int = 0) -> Paths:
        """Full names of what an expression may stand for."""
        known = self._known.get(node)
        if known is not None:
            return known
        rule = _RULES.get(node.__class__)
        if rule is None or depth > _DEEPEST:
            return NOBODY
        self._known[node] = NOBODY  # should it lead back to itself
        found = self._known[node] = rule(self, node, scope, depth + 1)
        return found

    def name(self, name: str, scope: Scope, depth: int = 0) -> Paths:
        """Full names of what a name may stand for."""
        home = scope.home(name)
        if home is not None:
            return self._bound((name, home), home.names[name], depth)
        if name not in self._free:
            stars = [one for one in self._stars if name in vars(sys.modules[one])]
            found = {normal(f"{star}.{name}") for star in stars}
            otherwise = f"builtins.{name}" if hasattr(builtins, name) else UNKNOWN
            self._free[name] = frozenset(found or {otherwise})
        return self._free[name]

    def member(self, things: Paths, name: str, depth: int = 0) -> Paths:
        """What an attribute of any of them may stand for."""
        given = self._outline.attributes.get(name, [])
        if things == NOBODY and not given and name != "__dict__":
            return NOBODY
        found: set[str] = set()
        for thing in things:
            if thing == FILE:
                found |= self.name(name, self._outline.module, depth)
            elif thing in (OWN, UNKNOWN) and name != "__dict__":
                found |= self._bound(name, given, depth)
                found |= NOBODY if thing == UNKNOWN or not given else set()
            elif thing.count(".") < _MOST_DOTS:
                found.add(normal(f"{thing}.{name}" if thing else name))
        return frozenset(found)

    def look_up(self, node: ast.expr, scope: Scope, depth: int = 0) -> LookUp | None:
        """What an expression looks up by a text, if it does."""
        if isinstance(node, ast.Subscript):
            things = spaces(self.of(node.value, scope, depth))
            return (things, self.texts(node.slice, scope, depth)) if things else None
        if not isinstance(node, ast.Call) or not node.args:
            return None
        first, paths = node.args[0], self.of(node.func, scope, depth)
        if not paths.isdisjoint(FINDS_BY_NAME):
            texts = self.texts(node.args[1], scope, depth) if len(node.args) > 1 else None
            return self.of(first, scope, depth), texts
        if not paths.isdisjoint(GETTERS):  # what it is called with may be torch
            return frozenset({"torch", UNKNOWN}), self.texts(first, scope, depth)
        return None

    def _bound(self, key: object, bindings: list[Binding], depth: int) -> Paths:
        known = self._known.get(key)
        if known is None:
            self._known[key] = NOBODY
            known = self._known[key] = _union(self._given(one, depth) for one in bindings)
        return known

    def _given(self, binding: Binding, depth: int) -> Paths:
        if isinstance(binding, str):
            return frozenset({normal(binding)})
        return self.of(binding.node, binding.scope, depth)

    def _all(self, nodes: Iterable[ast.AST], scope: Scope, depth: int) -> Paths:
        return _union(self.of(node, scope, depth) for node in nodes)

    def _looked_up(self, look: LookUp, depth: int) -> Paths:
        things, names = look
        return _union(self.member(things, name, depth) for name in names or ()) or NOBODY

    def _item(self, node: ast.Subscript, scope: Scope, depth: int) -> Paths:
        look = self.look_up(node, scope, depth)
        if look is not None:
            return self._looked_up(look, depth)
        return self.of(node.value, scope, depth) | NOBODY  # more may have been put in

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> Paths:
        functions = self.of(node.func, scope, depth)
        if functions == NOBODY:
            return NOBODY
        look = self.look_up(node, scope, depth)
        if look is not None:
            return self._looked_up(look, depth)
        return _union(self._called(path, node, scope, depth) for path in functions)

    def _called(self, path: str, node: ast.Call, scope: Scope, depth: int) -> Paths:
        """What a call of something with this name gives."""
        if path in _PASSES_ON:
            return self._all(node.args, scope, depth)
        if path in IMPORTS:
            names = self.texts(node.args[0], scope, depth) if node.args else None
            known = {name for name in names or () if name[:1] != "."} or NOBODY
            return frozenset(normal(one) for name in known for one in (name, name.split(".")[0]))
        if path in _NAMESPACES:
            things = self._all(node.args, scope, depth) or {FILE}
            return frozenset(f"{thing}{_DICT}" for thing in things)
        return frozenset({path}) if path == OWN else NOBODY

    # Texts.

    def texts(self, node: ast.AST, scope: Scope, depth: int = 0) -> Texts:
        """Every text that an expression may be; None if that is not known."""
        self._texts_left -= 1
        if depth > _DEEPEST or self._texts_left < 0:
            return None
        if isinstance(node, ast.Constant):
            return frozenset({node.value}) if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            home = scope.home(node.id)
            return self._any(home.names[node.id], depth + 1) if home else None
        return self._joined(_parts(node), scope, depth + 1)

    def _any(self, bindings: list[Binding], depth: int) -> Texts:
        found: set[str] = set()
        for one in bindings:
            texts = None if isinstance(one, str) else self.texts(one.node, one.scope, depth)
            if texts is None or len(found) > _MOST:
                return None
            found |= texts
        return frozenset(found)

    def _joined(self, nodes: list[ast.expr], scope: Scope, depth: int) -> Texts:
        """Every way to put one text of each node behind the other."""
        found = {""}
        for node in nodes:
            texts = self.texts(node, scope, depth)
            if texts is None or len(found) * len(texts) > _MOST:
                return None
            found = {whole + text for whole in found for text in texts}
            if any(len(text) > _LONGEST for text in found):
                return None
        return frozenset(found) if nodes else None


@lru_cache(maxsize=4096)
def normal(dotted: str) -> str:
    """A full name with its modules called by their own names: ``torch.os`` is ``os``."""
    first, *rest = dotted.split(".")
    thing: object = sys.modules.get(first)
    name = first
    for place, part in enumerate(rest):
        if not isinstance(thing, ModuleType):
            return ".".join([name, *rest[place:]])
        # Not getattr: that would import what torch imports when it is first used.
        thing = vars(thing).get(part)
        name = f"{name}.{part}"
        if isinstance(thing, ModuleType):
            name = getattr(thing, "__name__", name)
    return name


def spaces(things: Paths) -> Paths:
    """What these are the names of, if they are a ``__dict__`` or the like; of modules: empty."""
    found = {thing.removesuffix(_DICT) for thing in things if thing.endswith(_DICT)}
    return frozenset(found | {_SPACES[thing] for thing in things if thing in _SPACES})


def _union(groups: Iterable[Paths]) -> Paths:
    found: set[str] = set()
    for group in groups:
        found |= group
        if len(found) > _MOST:
            return frozenset(list(found)[:_MOST]) | NOBODY
    return frozenset(found)


def _parts(node: ast.AST) -> list[ast.expr]:
    """What a sum or an f-string puts together; empty if it is neither."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [node.left, node.right]
    if isinstance(node, ast.JoinedStr):
        return node.values
    if isinstance(node, ast.FormattedValue) and node.conversion == -1 and not node.format_spec:
        return [node.value]
    return []


_RULES: Final[dict[type[ast.AST], Callable[[Meanings, Any, Scope, int], Paths]]] = {
    ast.Name: lambda m, n, s, d: m.name(n.id, s, d),
    ast.Attribute: lambda m, n, s, d: m.member(m.of(n.value, s, d), n.attr, d),
    ast.Subscript: Meanings._item,
    ast.Call: Meanings._call,
    ast.ClassDef: lambda m, n, s, d: frozenset({OWN}),
    ast.IfExp: lambda m, n, s, d: m._all((n.body, n.orelse), s, d),
    **dict.fromkeys((ast.BoolOp, ast.Dict), lambda m, n, s, d: m._all(n.values, s, d)),
    **dict.fromkeys((ast.List, ast.Tuple, ast.Set), lambda m, n, s, d: m._all(n.elts, s, d)),
    **dict.fromkeys((ast.NamedExpr, ast.Starred), lambda m, n, s, d: m.of(n.value, s, d)),
    **dict.fromkeys(
        (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp),
        lambda m, n, s, d: m.of(
            n.value if isinstance(n, ast.DictComp) else n.elt, m._outline.scopes[n], d
        ),
    ),
}
