"""Turns the learner's bytes into a module; the text never touches the disk."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from inspect import Signature
from pathlib import PurePath
from types import ModuleType
from typing import Any, Final

from grader.wire.frames import FunctionFacts, Loaded, Request
from grader.worker.binding import accepts, signature_of
from grader.worker.faults import clean, raised
from grader.worker.forbidden import Words
from grader.worker.written import forbidden_names, top_level_functions

_MOST_NAMES: Final = 500


@dataclass(frozen=True)
class Learner:
    """The learner's file, loaded.

    Attributes:
        loaded: what is told about it.
        functions: what stands under the names of the exercise's functions.
    """

    loaded: Loaded
    functions: dict[str, Any]


def load(request: Request) -> Learner:
    """Reads the file for forbidden names, then runs it."""
    try:
        tree = ast.parse(request.source, request.filename)
        code = compile(tree, request.filename, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        fault = raised(error, request.filename, kind="syntax")
        return Learner(Loaded(functions={}, fault=fault), {})
    lines = top_level_functions(tree)
    defined = tuple(clean(name, 200) for name in lines)[:_MOST_NAMES]
    written = forbidden_names(tree, request.functions, Words(request.forbids))
    module = _module(request.filename)
    try:
        exec(code, module.__dict__)
    except BaseException as error:  # SystemExit too: a file that exits is a fault of the file
        fault = raised(error, request.filename)
        return Learner(Loaded(functions={}, defined=defined, fault=fault, written=written), {})
    functions = {
        name: module.__dict__[name] for name in request.functions if name in module.__dict__
    }
    facts = {
        name: _facts(name, function, lines.get(name), request.functions[name])
        for name, function in functions.items()
    }
    return Learner(Loaded(functions=facts, defined=defined, written=written), functions)


def _module(filename: str) -> ModuleType:
    """An empty module, registered because dataclasses and pickles look their module up.

    It takes the file's name, unless an exercise is called like something that is imported already.
    """
    stem = PurePath(filename).stem
    name = stem if stem not in sys.modules else f"exercise_{stem}"
    module = ModuleType(name)
    module.__file__ = filename
    sys.modules[name] = module
    return module


def _facts(
    name: str, function: object, lines: tuple[int, int] | None, parameters: tuple[str, ...]
) -> FunctionFacts:
    first, last = lines or (None, None)
    if not callable(function):
        return FunctionFacts(first, last, "", is_callable=False, accepts="no")
    signature = signature_of(function)
    own = () if signature is None else tuple(clean(each, 200) for each in signature.parameters)
    return FunctionFacts(
        line=first,
        last_line=last,
        signature=_text(signature),
        is_callable=True,
        accepts=accepts(name, signature, parameters),
        parameters=own[:_MOST_NAMES],
    )


def _text(signature: Signature | None) -> str:
    try:
        return "" if signature is None else clean(str(signature), 500)
    except Exception:  # a default whose repr raises
        return ""
