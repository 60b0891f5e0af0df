"""Turns the learner's bytes into a module; the text never touches the disk."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass, field
from inspect import Signature
from pathlib import PurePath
from types import CodeType, ModuleType
from typing import Any, Final

from grader.wire.control import Scan
from grader.wire.frames import FunctionFacts, Loaded, Raised, Request
from grader.worker import notebook
from grader.worker.binding import accepts, signature_of
from grader.worker.faults import clean, raised
from grader.worker.forbidden import Words
from grader.worker.written import search, top_level_functions

_MOST_NAMES: Final = 500


@dataclass(frozen=True)
class Learner:
    """The learner's file, loaded.

    Attributes:
        loaded: what is told about it.
        functions: what stands under the names of the exercise's functions.
        signatures: of those that can be called; None where Python cannot tell.
    """

    loaded: Loaded
    functions: dict[str, Any]
    signatures: dict[str, Signature | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Text:
    """The learner's file, read but not run.

    Attributes:
        codes: what is to be run, in order: a file as a whole, or the statements of a notebook.
        lines: name of each function at its top level → its first and last line.
        fault: why Python cannot read it.
        scan: what was found in it.
    """

    codes: tuple[CodeType, ...]
    lines: dict[str, tuple[int, int]]
    fault: Raised | None
    scan: Scan


def read(request: Request) -> Text:
    """Compiles the file and searches it; nothing of it runs."""
    try:
        tree, codes, others = _read(request)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        return Text((), {}, raised(error, request.filename, kind="syntax"), Scan())
    lines = {**top_level_functions(others), **top_level_functions(tree)}
    return Text(codes, lines, None, _searched(tree, request))


def _searched(tree: ast.Module, request: Request) -> Scan:
    """What is found; a search that fails says so, for it must never look like finding nothing."""
    try:
        return search(tree, tuple(request.functions), Words(request.forbids))
    except Exception as error:
        return Scan(fault=clean(f"{type(error).__name__}: {error}", 200))


def load(request: Request, text: Text) -> Learner:
    """Runs the file."""
    if text.fault is not None:
        return Learner(Loaded(functions={}, fault=text.fault), {})
    defined = tuple(clean(name, 200) for name in text.lines)[:_MOST_NAMES]
    module = _module(request.filename)
    try:
        for code in text.codes:
            exec(code, module.__dict__)
    except BaseException as error:  # SystemExit too: a file that exits is a fault of the file
        fault = raised(error, request.filename)
        return Learner(Loaded(functions={}, defined=defined, fault=fault), {})
    functions = {
        name: module.__dict__[name] for name in request.functions if name in module.__dict__
    }
    signatures = {name: signature_of(each) for name, each in functions.items() if callable(each)}
    facts = {
        name: _facts(name, signatures[name], text.lines.get(name), request.functions[name])
        if name in signatures
        else _not_callable(text.lines.get(name))
        for name in functions
    }
    return Learner(Loaded(functions=facts, defined=defined), functions, signatures)


def _read(request: Request) -> tuple[ast.Module, tuple[CodeType, ...], ast.Module]:
    """What is run, as a tree and compiled, and what else is written."""
    if request.cells:
        book = notebook.read(request)
        return book.run, book.codes, book.rest
    tree = ast.parse(request.source, request.filename)
    codes = (compile(tree, request.filename, "exec", dont_inherit=True),)
    return tree, codes, ast.Module(body=[], type_ignores=[])


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


def _not_callable(lines: tuple[int, int] | None) -> FunctionFacts:
    first, last = lines or (None, None)
    return FunctionFacts(first, last, "", is_callable=False, accepts="no")


def _facts(
    name: str,
    signature: Signature | None,
    lines: tuple[int, int] | None,
    parameters: tuple[str, ...],
) -> FunctionFacts:
    first, last = lines or (None, None)
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
    except BaseException:  # a default whose repr raises
        return ""
