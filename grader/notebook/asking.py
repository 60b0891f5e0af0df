"""Which functions of a course are meant by what `check` was given."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.course import Course, Entry
from grader.errors import UsageError


@dataclass(frozen=True)
class Asked:
    """A function that shall be graded.

    Attributes:
        name: what the exercise calls it.
        function: the learner's object; None if the exercise was named, and this part of it is not
            defined yet.
        entry: the exercise.
    """

    name: str
    function: Any
    entry: Entry


def asked(course: Course, given: Sequence[object], names: Mapping[str, Any]) -> tuple[Asked, ...]:
    """The functions that are meant, each once.

    Args:
        course: the course.
        given: functions and names; all functions of the course that there are if it is empty.
        names: what the learner's names stand for.

    Raises:
        UsageError: if something cannot be meant; says what could.
    """
    entries = {name: entry for entry in course.entries for name in entry.functions}
    if given:
        wanted = [name for one in given for name in _names(course, entries, one, names)]
        chosen = {name: function for name, function in wanted}
    else:
        # What was imported from the course's own helpers, or from torch, was not written here.
        chosen = {name: names[name] for name in entries if _is_own(names.get(name), names)}
    if not chosen:
        raise UsageError(
            "nothing that is defined here is a function of the course; define one, such as "
            f"def {next(iter(entries))}(...)"
        )
    return tuple(Asked(name, function, entries[name]) for name, function in chosen.items())


def _is_own(value: object, names: Mapping[str, Any]) -> bool:
    return inspect.isfunction(value) and value.__module__ == names.get("__name__")


def _names(
    course: Course, entries: Mapping[str, Entry], one: object, names: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    if isinstance(one, str):
        return _by_name(course, entries, one, names)
    if isinstance(one, type):
        raise UsageError(
            f"{one.__name__} is a class; an exercise asks for a function: define it with def"
        )
    if not callable(one) or hasattr(one, "backward"):
        kind = type(one).__name__
        raise UsageError(
            f"check takes functions, or their names, not a {kind}; give the function itself, not "
            "what it returns"
        )
    # A lambda, or what a decorator returns, is known by the name that it was given.
    bound = [name for name in entries if names.get(name) is one]
    own = getattr(one, "__name__", "")
    name = own if own in entries and own not in bound[1:] else next(iter(bound), own)
    if name not in entries:
        raise UsageError(_stranger(one, name, entries))
    newer = names.get(name, one)
    if newer is not one and name not in bound and _is_own(newer, names) and _is_own(one, names):
        raise UsageError(
            f"{name} stands for another function by now; check({name}) grades that one. To grade "
            "this one, run the cell that defines it again"
        )
    return [(name, one)]


def _stranger(one: object, name: str, entries: Mapping[str, Entry]) -> str:
    if isinstance(one, functools.partial):
        return "a partial has no name of its own; give the function that it calls"
    if name == "<lambda>" or not name:
        return (
            "this function has no name that an exercise knows; define it with def, by the name "
            f"that its exercise gives it, such as {next(iter(entries))}"
        )
    return f"no exercise asks for a function {name!r}{_near(name, entries)}"


def _by_name(
    course: Course, entries: Mapping[str, Entry], word: str, names: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    named = [entry for entry in course.entries if word in (entry.name, entry.label)]
    functions = [name for entry in named for name in entry.functions]
    if any(name in names for name in functions):
        return [(name, names.get(name)) for name in functions]
    if word in entries and word in names:
        return [(word, names[word])]
    if word in entries or named:
        wanted = " and ".join(functions) or word
        verb, it = ("are", "one of them") if len(functions) > 1 else ("is", "it")
        raise UsageError(f"{wanted} {verb} not defined yet; run a cell that defines {it}")
    every = {**entries, **{entry.name: entry for entry in course.entries}}
    raise UsageError(f"no exercise or function is called {word[:80]!r}{_near(word, every)}")


def _near(word: str, entries: Mapping[str, Entry]) -> str:
    near = difflib.get_close_matches(word[:80], list(entries), n=1)
    return f"; did you mean {near[0]}?" if near else "; dlgrade list names them all"
