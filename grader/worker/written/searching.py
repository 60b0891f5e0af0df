"""Finds forbidden names in what is written, and what an instructor should look at.

The text is only read. A helper that no function of the exercise reaches, such as the learner's own
test, may use what it likes. What the text cannot decide is flagged, never passed in silence: each
way to reach a function without writing its name starts with something that is flagged.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import torch

from grader.wire.control import Flag, Scan
from grader.wire.frames import ForbiddenUse
from grader.worker.faults import clean
from grader.worker.forbidden import Words
from grader.worker.written.dangers import (
    FINDS_BY_NAME,
    GETTERS,
    IMPORTS,
    INSIDES,
    RUNS_TEXT,
    Danger,
    danger,
)
from grader.worker.written.follow import Follower
from grader.worker.written.index import Class, Place, Scope, Survey, Unit, Walk, survey
from grader.worker.written.values import (
    MODULES,
    Gives,
    Instance,
    Items,
    Looks,
    Member,
    Namespace,
    Own,
    Path,
    Value,
    Values,
    definition,
)

_MOST_FLAGS: Final = 40
_MOST_USES: Final = 8
_MOST_TEXTS: Final = 20
_LONGEST_HOW: Final = 120
_COMPUTED: Final = "the name is not written out"
_SETTINGS: Final = ("torch.backends.", "torch.jit.", "torch.fx.")


def search(tree: ast.Module, functions: Sequence[str], words: Words) -> Scan:
    """What the functions of an exercise use of the forbidden, and what is to be looked at.

    Args:
        tree: the learner's file.
        functions: those of the exercise.
        words: the forbidden words.
    """
    found = survey(tree)
    search = _Search(found, Follower(found, functions), words, functions)
    search.expand()
    return search.scan()


@dataclass
class _Finding:
    """What one piece of the file says."""

    uses: list[tuple[str, int, str]] = field(default_factory=list)
    undecided: list[tuple[Danger, int]] = field(default_factory=list)
    machine: list[tuple[Danger, int]] = field(default_factory=list)
    imported: list[tuple[Danger, int]] = field(default_factory=list)
    hands_on: bool = False


@dataclass
class _Search:
    """The search of one file."""

    survey: Survey
    follower: Follower
    words: Words
    functions: Sequence[str]
    findings: dict[int, _Finding] = field(default_factory=dict)
    spoken: dict[int, set[str]] = field(default_factory=dict)
    given: set[int] | None = None

    # Texts that are run.

    def expand(self) -> None:
        """Takes texts that are run, and written out, for a part of the file."""
        seen: set[int] = set()
        for _ in range(_MOST_TEXTS):
            found = next(self._run_texts(seen), None)
            if found is None:
                return
            call, texts, place = found
            seen.add(id(call))
            for text in texts:
                self._take(text, call.lineno, place)
            self.follower.forget()

    def _run_texts(self, seen: set[int]) -> Iterator[tuple[ast.Call, frozenset[str], Place]]:
        for unit in list(self.survey.units):
            for call, scope in unit.calls:
                if id(call) in seen or not call.args:
                    continue
                if any(path in RUNS_TEXT for path in self._paths(call.func, scope)):
                    texts = self.follower.texts(call.args[0], scope)
                    if texts is not None:
                        yield call, texts, Place(scope, unit)

    def _take(self, text: str, line: int, place: Place) -> None:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return  # it cannot run either
        for node in ast.walk(tree):
            if isinstance(node, (ast.stmt, ast.expr, ast.pattern, ast.excepthandler)):
                node.lineno, node.col_offset = line, 1
        walk = Walk(self.survey)
        walk.inside(tree.body, place)
        walk.run()

    # What can be reached.

    def reached(self, names: Iterable[str]) -> tuple[list[Unit], set[str]]:
        """The pieces that these names lead to, and all names on the way."""
        waiting, seen = list(names), set[str]()
        units: dict[int, Unit] = {}
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for unit in self.survey.defined.get(name, ()):
                if id(unit) not in units:
                    units[id(unit)] = unit
                    waiting += self._names_of(unit)
        return list(units.values()), seen

    def _names_of(self, unit: Unit) -> set[str]:
        """The names at the top level that a piece mentions, in code or in a text."""
        module = self.survey.module
        self.finding(unit)
        mentioned = {name for name, _, scope in unit.chains if scope.home(name) is module}
        return mentioned | self.spoken.get(id(unit), set())

    def scan(self) -> Scan:
        """Everything, in the order of the file."""
        uses: list[ForbiddenUse] = []
        flags: list[tuple[Danger, int]] = []
        cut = 0
        if self.words.words:
            for function in dict.fromkeys(self.functions):
                found = self._uses(function)
                cut += max(len(found) - _MOST_USES, 0)
                uses += found[:_MOST_USES]
            flags += self._undecided()
        flags += self._machine()
        if self.follower.is_lost:
            flags.append((Danger("is too tangled to be followed to its end"), 1))
        first = sorted(dict.fromkeys(flags), key=lambda flag: (flag[1], flag[0].what))
        certain = {use.line for use in uses}
        made = {
            (line, each.what): Flag(line, each.what, each.why)
            for each, line in first
            if not (each.why == _WHOSE and line in certain)
        }
        return Scan(
            uses=tuple(sorted(uses, key=lambda use: use.line or 0)),
            flags=tuple(made.values())[:_MOST_FLAGS],
            cut=cut + max(len(made) - _MOST_FLAGS, 0),
        )

    def _uses(self, function: str) -> list[ForbiddenUse]:
        units, _ = self.reached([function])
        itself = _Finding()
        for binding in self.survey.module.names.get(function, ()):
            if binding.kind == "path":  # imported under the name of the exercise's function
                self._note_path(Path(binding.path), binding.line, itself, set())
        found = {
            (word, line): ForbiddenUse(word, line, clean(how, _LONGEST_HOW), function)
            for finding in (*map(self.finding, units), itself)
            for word, line, how in reversed(finding.uses)
        }
        return sorted(found.values(), key=lambda use: use.line or 0)

    def _machine(self) -> list[tuple[Danger, int]]:
        found = [one for unit in self.survey.units for one in self.finding(unit).machine]
        used = {each.root for each, _ in found}
        imported = [one for unit in self.survey.units for one in self.finding(unit).imported]
        return found + [one for one in imported if one[0].root not in used]

    def _undecided(self) -> list[tuple[Danger, int]]:
        """What is undecided in what runs at import and in what the exercise's functions reach."""
        units, names = self.reached(self.functions)
        inside = {id(unit) for unit in units}
        running = [unit for unit in self.survey.units if unit.runs]
        further, _ = self.reached(name for unit in running for name in self._names_of(unit))
        every = {id(unit): unit for unit in (*units, *running, *further)}
        found = [one for unit in every.values() for one in self.finding(unit).undecided]
        for unit in self.survey.units:
            uses = self.finding(unit).uses if id(unit) not in inside else []
            if uses and self._leaks(unit, names):
                found += [
                    (Danger(f"mentions {word} where your functions may pick it up", _LEAK), line)
                    for word, line, _ in uses
                ]
        return found

    def _leaks(self, unit: Unit, names: set[str]) -> bool:
        """Whether what a piece mentions may get to a function that does not mention the piece."""
        if unit.hands_out or self._feeds(unit, names) or id(unit) in self._given(names):
            return True
        called = [name for name, _, scope in unit.chains if scope is self.survey.module]
        own = [each for name in called for each in self.survey.defined.get(name, ())]
        return unit.runs and any(self._feeds(each, names) for each in own)

    def _given(self, names: set[str]) -> set[int]:
        """The pieces that lines at the top level give a container to that the functions use."""
        if self.given is None:
            shared = {name for name in names if self._is_container(name)}
            giving = [u for u in self.survey.units if u.runs and shared & self._names_of(u)]
            mentioned = {name for unit in giving for name in self._names_of(unit)}
            self.given = {id(unit) for unit in self.reached(mentioned)[0]}
            known = {id(unit) for unit in giving}
            for units in self.survey.defined.values():  # a default may be the container
                if any(id(unit) in known for unit in units):
                    self.given |= {id(unit) for unit in units}
        return self.given

    def _is_container(self, name: str) -> bool:
        module = self.survey.module
        return name in module.names and any(
            isinstance(value, (Items, Instance))
            or (isinstance(value, Own) and isinstance(value.what, Class))
            for value in self.follower.chain(name, (), module)
        )

    def _feeds(self, unit: Unit, names: set[str]) -> bool:
        module = self.survey.module
        return any(name in names and scope.home(name) is module for name, scope in unit.feeds)

    # What one piece says.

    def finding(self, unit: Unit) -> _Finding:
        """What a piece mentions."""
        known = self.findings.get(id(unit))
        if known is None:
            known = self.findings[id(unit)] = _Finding()
            self._look_at(unit, known)
        return known

    def _look_at(self, unit: Unit, found: _Finding) -> None:
        consumed = self._look_at_items(unit, found)
        for (name, rest, scope), mention in unit.chains.items():
            values = self.follower.chain(name, rest, scope)
            self._note(values, mention.line, mention.called, found, consumed)
            self._insides(rest, mention.line, found)
        for node, scope, called in unit.expressions:
            values = self.follower.things(node, scope)
            self._note(values, node.lineno, called, found, consumed)
            self._insides((node.attr,), node.lineno, found)
        for call, scope in unit.calls:
            self._look_at_call(call, scope, found, consumed)
        for changed, attribute, scope, line in unit.changes:
            self._change(changed, attribute, scope, line, found)
        for path, line in unit.imports:
            each = danger(path)
            if each is not None and each.of_machine:
                each = Danger(f"imports {each.root}", "", each.root)
                found.imported.append((each, line))

    def _look_at_items(self, unit: Unit, found: _Finding) -> set[tuple[Namespace | Path, int]]:
        """Look-ups by a text; what they look into, and where, is no riddle any more."""
        consumed: set[tuple[Namespace | Path, int]] = set()
        for node, scope in unit.items:
            holders = self.follower.things(node.value, scope)
            if all(isinstance(value, Member) for value in holders):
                continue
            texts = self.follower.texts(node.slice, scope)
            for value in holders:
                self._consume(value, texts, node.lineno, unit, consumed)
            values = self.follower.things(node, scope)
            self._note(values, node.lineno, False, found, consumed)
        for call, scope in unit.calls:
            function = call.func
            if isinstance(function, ast.Attribute) and function.attr in ("get", "__getitem__"):
                texts = self.follower.texts(call.args[0], scope) if call.args else None
                for value in self.follower.things(function.value, scope):
                    self._consume(value, texts, call.lineno, unit, consumed)
        return consumed

    def _consume(
        self,
        value: Value,
        texts: frozenset[str] | None,
        line: int,
        unit: Unit,
        consumed: set[tuple[Namespace | Path, int]],
    ) -> None:
        if texts is None:
            return
        if isinstance(value, Namespace):
            consumed.add((value, line))
            if not value.path:
                self.spoken.setdefault(id(unit), set()).update(texts)
        elif value == MODULES:
            consumed.add((MODULES, line))

    def _note(
        self,
        values: Values,
        line: int,
        called: bool,
        found: _Finding,
        consumed: set[tuple[Namespace | Path, int]],
    ) -> None:
        """Notes what is forbidden or dangerous about what an expression may stand for."""
        for value in values:
            if isinstance(value, Path):
                self._note_path(value, line, found, consumed)
            elif isinstance(value, Member) and value.names:
                self._note_member(value, line, called, found)
            elif isinstance(value, Namespace) and (value, line) not in consumed:
                self._note_namespace(value, line, found)
            elif isinstance(value, Gives):
                self._note(value.values, line, False, found, consumed)
            elif isinstance(value, Looks) and not called:
                self._note(value.at or frozenset(), line, False, found, set())

    def _note_namespace(self, namespace: Namespace, line: int, found: _Finding) -> None:
        if namespace.path.partition(".")[0] in ("", "torch"):
            what = f"looks through the names of {namespace.path or 'the file'}"
            found.undecided.append((Danger(what, _COMPUTED), line))

    def _note_path(
        self,
        path: Path,
        line: int,
        found: _Finding,
        consumed: set[tuple[Namespace | Path, int]],
    ) -> None:
        found.hands_on = found.hands_on or path.name in _HANDED_ON
        word, how = self._forbidden(path.name)
        if word:
            found.uses.append((word, line, how))
        each = danger(path.name)
        if each is not None:
            (found.machine if each.of_machine else found.undecided).append((each, line))
        elif path == MODULES and (path, line) not in consumed:
            found.undecided.append((Danger("looks through sys.modules", _COMPUTED), line))

    def _forbidden(self, path: str) -> tuple[str, str]:
        """The word that forbids a name or something on its way, and the name up to there."""
        known = self._words_of.get(path)
        if known is None:
            known = self._words_of[path] = self._forbidden_on(path)
        return known

    @cached_property
    def _words_of(self) -> dict[str, tuple[str, str]]:
        return {}

    def _forbidden_on(self, path: str) -> tuple[str, str]:
        if not path.startswith("torch."):
            return "", ""
        parts = path.split(".")
        for length in range(2, min(len(parts), 12) + 1):
            dotted = ".".join(parts[:length])
            word = self.words.of_written(dotted) or self.words.of_module(definition(dotted))
            if word:
                return word, dotted
        return "", ""

    def _note_member(self, member: Member, line: int, called: bool, found: _Finding) -> None:
        """An attribute of something unknown, which may be a tensor or a module of torch."""
        for name in member.names:
            word = self._members.get(name)
            if word is None:
                word = self._members[name] = self._word_of_member(name)
            if not word:
                continue
            own = name in self.survey.attributes
            if called and not own and hasattr(torch.Tensor, name):
                found.uses.append((word, line, f"torch.Tensor.{name}"))
            elif not own or (called and hasattr(torch.Tensor, name)):
                what = f"uses .{name} of something"
                found.undecided.append((Danger(what, _WHOSE), line))

    @cached_property
    def _members(self) -> dict[str, str]:
        return {}

    def _word_of_member(self, name: str) -> str:
        word = self.words.of_written(f"torch.{name}")
        if word or hasattr(torch.Tensor, name):
            return word
        for module in self.words.modules:
            defined = (
                getattr(vars(sys.modules[module]).get(name), "__module__", "")
                if (module in sys.modules)
                else ""
            )
            if not name.startswith("_") and str(defined).startswith(module):
                return module
        return ""

    def _insides(self, names: Sequence[str], line: int, found: _Finding) -> None:
        for name in names:
            each = INSIDES.get(name)
            if each is not None:
                found.undecided.append((each, line))

    def _paths(self, node: ast.expr, scope: Scope) -> set[str]:
        values = self.follower.things(node, scope)
        return {value.name for value in values if isinstance(value, Path)}

    def _look_at_call(
        self,
        call: ast.Call,
        scope: Scope,
        found: _Finding,
        consumed: set[tuple[Namespace | Path, int]],
    ) -> None:
        line = call.lineno
        functions = self.follower.things(call.func, scope)
        for function in functions:
            if isinstance(function, Looks) and function.names is None and function.at:
                self._look_up(function.at, call, scope, found)
        paths = {value.name for value in functions if isinstance(value, Path)}
        for path in paths:
            self._special(path, call, scope, found)
            if path.startswith("torch._C"):
                self._named_operations(call, scope, found)
        if not self.follower.gives_nothing_known(functions):
            is_found = not paths.isdisjoint(FINDS_BY_NAME)
            self._note(self.follower.things(call, scope), line, is_found, found, consumed)
        if found.hands_on and paths != {"functools.partial"}:
            self._hand_on(call, scope, found)

    def _hand_on(self, call: ast.Call, scope: Scope, found: _Finding) -> None:
        """A function that finds by name may be given to another, which calls it."""
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(argument, (ast.Name, ast.Attribute)):
                for path in self._paths(argument, scope) & _HANDED_ON:
                    what = f"hands {path.rpartition('.')[2]} on"
                    found.undecided.append((Danger(what, _COMPUTED), call.lineno))

    def _look_up(self, at: Values, call: ast.Call, scope: Scope, found: _Finding) -> None:
        """A look-up by a text that may not be known."""
        texts = self.follower.texts(call.args[-1], scope) if call.args else None
        if texts is None:
            self._note(at, call.lineno, False, found, set())
            if any(isinstance(value, Path) and value != MODULES for value in at):
                found.undecided.append((Danger("looks up a name", _COMPUTED), call.lineno))

    def _special(self, path: str, call: ast.Call, scope: Scope, found: _Finding) -> None:
        """Calls that run, find or import something by a text."""
        line, given = call.lineno, call.args
        if path in RUNS_TEXT:
            texts = self.follower.texts(given[0], scope) if given else None
            elsewhere = len(given) > 1 and path in ("builtins.exec", "builtins.eval")
            if elsewhere or (texts is None and not self._is_compiled(given, scope)):
                what = RUNS_TEXT[path]
                found.undecided.append((Danger(what, "what it runs is not written out"), line))
        elif path in FINDS_BY_NAME and len(given) > 1:
            if self.follower.texts(given[1], scope) is None and self._may_be_torch(given[0], scope):
                what = f"uses {path.rpartition('.')[2]}"
                found.undecided.append((Danger(what, _COMPUTED), line))
        elif path in GETTERS and (not given or self.follower.texts(given[0], scope) is None):
            what = f"uses {path.rpartition('.')[2]}"
            found.undecided.append((Danger(what, _COMPUTED), line))
        elif path in IMPORTS:
            named = [k.value for k in call.keywords if k.arg == "name"]
            first = [*given, *named][:1]
            if not first or self.follower.texts(first[0], scope) is None:
                why = "what it imports is not written out"
                found.undecided.append((Danger(f"uses {path.rpartition('.')[2]}", why), line))

    def _is_compiled(self, given: list[ast.expr], scope: Scope) -> bool:
        """Whether what is run comes from a call of compile, which is looked at by itself."""
        inner = given[0] if given else None
        return isinstance(inner, ast.Call) and "builtins.compile" in self._paths(inner.func, scope)

    def _may_be_torch(self, node: ast.expr, scope: Scope) -> bool:
        return any(
            value.name.partition(".")[0] in _FULL_OF_TORCH
            if isinstance(value, Path)
            else isinstance(value, Member)
            for value in self.follower.things(node, scope)
        )

    def _named_operations(self, call: ast.Call, scope: Scope, found: _Finding) -> None:
        """Operations that torch is asked for by a text such as ``aten::relu``."""
        for argument in call.args:
            for text in self.follower.texts(argument, scope) or ():
                if "::" in text:
                    name = text.rpartition("::")[2]
                    word, how = self._forbidden(f"torch.ops.aten.{name}")
                    if word:
                        found.uses.append((word, call.lineno, how))

    def _change(
        self, node: ast.expr, attribute: str, scope: Scope, line: int, found: _Finding
    ) -> None:
        """Something is set on a module or class that is not the learner's, or in its dict."""
        for value in self.follower.things(node, scope):
            path = value.path if isinstance(value, Namespace) else ""
            if isinstance(value, Path) and (attribute or value == MODULES):
                path = value.name
            if path and not f"{path}.".startswith(_SETTINGS):
                what = f"changes {path}{'.' if attribute else ''}{attribute}"
                why = "other code may do something else from then on"
                found.undecided.append((Danger(what, why), line))


_WHOSE: Final = "what it belongs to cannot be told from the text"
_LEAK: Final = "how it gets there cannot be told from the text"
_FULL_OF_TORCH: Final = frozenset({"torch", "sys", "builtins", "importlib"})
_HANDED_ON: Final = frozenset({*RUNS_TEXT, *FINDS_BY_NAME, *IMPORTS}) - {
    "builtins.delattr",
    "builtins.setattr",
}
