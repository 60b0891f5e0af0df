"""Finds forbidden names in what is written, and what an instructor should look at.

The text is only read. A helper that no function of the exercise reaches, such as the learner's own
test, may use what it likes. What hides a name from the text is flagged. What other code puts where
the functions pick it up is not followed: the watch sees it run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import torch

from grader.wire.control import Flag, Scan
from grader.wire.frames import ForbiddenUse
from grader.worker.faults import clean
from grader.worker.forbidden import Words
from grader.worker.written.dangers import INSIDES, Danger, danger
from grader.worker.written.meanings import (
    FILE,
    FINDS_BY_NAME,
    GETTERS,
    IMPORTS,
    MODULES,
    NOBODY,
    Meanings,
    Paths,
    spaces,
)
from grader.worker.written.outline import OWN, UNKNOWN, Outline, Scope, Unit

_MOST_FLAGS: Final = 40
_MOST_USES: Final = 8
_LONGEST_HOW: Final = 120
_COMPUTED: Final = "the name is not written out"
_WHOSE: Final = "what it belongs to cannot be told from the text"
_FULL_OF_TORCH: Final = frozenset({"torch", "sys", "builtins", "importlib", UNKNOWN, FILE, ""})
_SETTINGS: Final = ("torch.backends.", "torch.jit.", "torch.fx.")
_FINDS: Final = FINDS_BY_NAME | IMPORTS | GETTERS
_CHANGES: Final = ("builtins.setattr", "builtins.delattr")


def search(tree: ast.Module, functions: Sequence[str], words: Words) -> Scan:
    """What the functions of an exercise use of the forbidden, and what is to be looked at.

    Args:
        tree: the learner's file.
        functions: those of the exercise.
        words: the forbidden words.
    """
    return _Search(Outline(tree), words).scan(tuple(dict.fromkeys(functions)))


@dataclass
class _Finding:
    """What one piece of the file says, and the names at the top level that it mentions."""

    names: set[str] = field(default_factory=set)
    uses: list[tuple[str, int, str]] = field(default_factory=list)
    flags: list[tuple[Danger, int]] = field(default_factory=list)


class _Search:
    """The search of one file."""

    def __init__(self, outline: Outline, words: Words) -> None:
        self._outline = outline
        self._meanings = Meanings(outline)
        self._words = words
        self._forbidden = cache(self._word_of)
        self._forbidden_member = cache(lambda name: words.of_written(f"torch.{name}"))
        self._findings = {unit: self._look_at(unit) for unit in outline.units}

    def scan(self, functions: tuple[str, ...]) -> Scan:
        """Everything, in the order of the file."""
        uses = [self._uses(function) for function in functions]
        inside = self._reached(functions)
        flags = [
            (each, line)
            for unit, finding in self._findings.items()
            for each, line in finding.flags
            if not each.why or (self._words.words and (unit in inside or each.why != _WHOSE))
        ]
        certain = {use.line for found in uses for use in found}
        made = {
            (line, each.what): Flag(line, each.what, each.why)
            for each, line in sorted(flags, key=lambda flag: (flag[1], flag[0].what))
            if not (each.why == _WHOSE and line in certain)
        }
        kept = [use for found in uses for use in found[:_MOST_USES]]
        return Scan(
            uses=tuple(sorted(kept, key=lambda use: use.line or 0)),
            flags=tuple(made.values())[:_MOST_FLAGS],
            cut=sum(map(len, uses)) - len(kept) + max(len(made) - _MOST_FLAGS, 0),
        )

    def _reached(self, names: Iterable[str]) -> dict[Unit, None]:
        """The pieces that these names lead to."""
        waiting, seen = list(names), set[str]()
        units: dict[Unit, None] = {}
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                new = [one for one in self._outline.defined.get(name, ()) if one not in units]
                units |= dict.fromkeys(new)
                waiting += [each for one in new for each in self._findings[one].names]
        return units

    def _uses(self, function: str) -> list[ForbiddenUse]:
        uses = [use for unit in self._reached([function]) for use in self._findings[unit].uses]
        found = {
            (word, line): ForbiddenUse(word, line, clean(how, _LONGEST_HOW), function)
            for word, line, how in reversed(uses)
        }
        return sorted(found.values(), key=lambda use: use.line or 0)

    # What one piece says.

    def _look_at(self, unit: Unit) -> _Finding:
        found = _Finding()
        for node, scope in reversed(unit.mentions):  # inner ones first, so that none is deep
            if isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
                self._note_change(node, scope, found)
                continue
            paths = self._meanings.of(node, scope)
            if isinstance(node, ast.Name):
                if scope.home(node.id) is self._outline.module:
                    found.names.add(node.id)
            elif isinstance(node, ast.Attribute):
                self._note_attribute(node, scope, found)
            else:
                self._note_look_up(node, scope, found)
            if paths != NOBODY:
                self._note(paths, node, found)
        return found

    def _note(self, paths: Paths, node: ast.expr, found: _Finding) -> None:
        """Notes what is forbidden or dangerous about full names."""
        line = node.lineno
        for path in paths:
            word, how = self._forbidden(path)
            found.uses += [(word, line, how)] if word else []
            each = danger(path)
            found.flags += [(each, line)] if each is not None else []
            if path in _FINDS and node not in self._outline.callees:
                found.flags.append((Danger(f"hands {_last(path)} on", _COMPUTED), line))
        if node not in self._outline.searched and not isinstance(node, ast.Subscript):
            self._note_looking(spaces(paths - {"builtins"}), line, found)

    def _word_of(self, path: str) -> tuple[str, str]:
        """The word that forbids a name or something on its way, and the name up to there."""
        parts = path.split(".") if path.startswith("torch.") else []
        ways = (".".join(parts[:length]) for length in range(2, len(parts) + 1))
        found = ((self._words.of_written(dotted), dotted) for dotted in ways)
        return next((each for each in found if each[0]), ("", ""))

    def _note_attribute(self, node: ast.Attribute, scope: Scope, found: _Finding) -> None:
        things = self._meanings.of(node.value, scope)
        if UNKNOWN in things or OWN in things:
            called = node in self._outline.callees
            self._note_member(things, node.attr, node.lineno, called, found)
        if node.attr in INSIDES:
            found.flags.append((INSIDES[node.attr], node.lineno))

    def _note_member(
        self, things: Paths, name: str, line: int, called: bool, found: _Finding
    ) -> None:
        """An attribute of something unknown, which may be a tensor or a module of torch."""
        word = self._forbidden_member(name)
        is_own = name in self._outline.attributes
        if not word or (is_own and UNKNOWN not in things):
            return
        of_tensor = called and hasattr(torch.Tensor, name)
        if of_tensor and not is_own:
            found.uses.append((word, line, f"torch.Tensor.{name}"))
        elif of_tensor or not is_own:
            found.flags.append((Danger(f"uses .{name} of something", _WHOSE), line))

    def _note_looking(self, things: Paths, line: int, found: _Finding) -> None:
        """All names of something are looked through."""
        for thing in things:
            if thing != UNKNOWN and _is_full_of_torch(thing):
                what = f"the names of {'the file' if thing == FILE else thing}"
                what = f"looks through {what if thing else MODULES}"
                found.flags.append((Danger(what, _COMPUTED), line))

    def _note_look_up(self, node: ast.expr, scope: Scope, found: _Finding) -> None:
        """An item, or a call that may find something by a text."""
        line, look = node.lineno, self._meanings.look_up(node, scope)
        things, names = look or (NOBODY, frozenset[str]())
        for part in {part for name in names or () for part in name.split(".")}:
            self._note_member(things, part, line, True, found)
            if part in INSIDES:
                found.flags.append((INSIDES[part], line))
        found.names.update(names or () if FILE in things else ())
        called = self._meanings.of(node.func, scope) if isinstance(node, ast.Call) else frozenset()
        finds = called & (FINDS_BY_NAME | GETTERS)
        if names is None and not finds:
            self._note_looking(things, line, found)
        elif look is None or (names is None and any(map(_is_full_of_torch, things))):
            found.flags += [(Danger(f"uses {_last(path)}", _COMPUTED), line) for path in finds]
        for path in called:
            if path in IMPORTS and self._meanings.of(node, scope) == NOBODY:
                found.flags.append((Danger(f"uses {_last(path)}", _COMPUTED), line))
            for name in names or () if path in _CHANGES else ():
                self._note_changed(things, name, line, found)

    def _note_change(self, node: Any, scope: Scope, found: _Finding) -> None:
        things, name = self._meanings.of(node.value, scope), getattr(node, "attr", "")
        self._note_changed(things if name else spaces(things), name, node.lineno, found)

    def _note_changed(self, things: Paths, name: str, line: int, found: _Finding) -> None:
        """Something is set on a module or class that is not the learner's, or in its dict."""
        for thing in things - {OWN, UNKNOWN, FILE}:
            if not f"{thing}.".startswith(_SETTINGS):
                what = f"changes {thing or MODULES}{'.' if name else ''}{name}"
                found.flags.append((Danger(what, "other code may then do something else"), line))


def _is_full_of_torch(thing: str) -> bool:
    return thing.partition(".")[0] in _FULL_OF_TORCH


def _last(path: str) -> str:
    return path.rpartition(".")[2]
