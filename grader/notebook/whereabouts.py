"""Where a function is written, and with it what is handed to the judge."""

from __future__ import annotations

import ast
import inspect
import linecache
import os
import re
import site
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from grader.course import Entry
from grader.errors import UsageError
from grader.notebook.asking import Asked
from grader.notebook.session import Session, sendable
from grader.submission import MAX_SOURCE_BYTES, Submitted
from grader.submission.files import Refused, shown
from grader.submission.notebook import joined
from grader.submission.text import check as check_text
from grader.worker.notebook import essential

_HERE: Final = "this notebook"
_SCRIPT: Final = "__main__"
_TIMED: Final = "<timed exec>"
"""What IPython calls a cell that begins with %%time, which it keeps no text of."""


def submitted(entry: Entry, these: Sequence[Asked], session: Session) -> Submitted:
    """What answers an exercise.

    Args:
        entry: the exercise.
        these: the functions of it that are asked about.
        session: where they were made.

    Raises:
        UsageError: if their source is nowhere to be found, or in two places.
    """
    these = [one for one in these if one.function is not None]
    places = {one.name: _file(one, session) for one in these}
    files = {path for path in places.values() if path is not None}
    if None not in places.values():
        if len(files) > 1:
            named = " and ".join(sorted(shown(_near(path)) for path in files))
            raise UsageError(f"{entry.name} is answered by {named}; check one file at a time")
        return _of_file(entry, files.pop())
    if files:
        name = next(name for name, path in places.items() if path is not None)
        raise UsageError(f"{name} is not defined where the others are; check it by itself")
    return _of_cells(entry, these, session)


def _file(one: Asked, session: Session) -> Path | None:
    """The file that a function is written in; None if it is written in cells."""
    function = _innermost(one.function)
    filename = _filename(function)
    path = Path(filename)
    if path.is_absolute() and path.is_file() and _defines(path, one.name):
        if _is_installed(path):
            package = str(getattr(function, "__module__", None) or path.stem).partition(".")[0]
            raise UsageError(
                f"this {one.name} comes from {package}; check grades what you wrote yourself"
            )
        return path
    if session.cells is None:
        raise UsageError(_sourceless(one.name))
    made = filename.startswith("<") and filename != _TIMED and not linecache.getlines(filename)
    if made or session.defining(one.name, filename) is None:
        raise UsageError(
            f"the source of {one.name} cannot be found among the cells that were run; define it "
            f"at the top level of a cell, with def {one.name}(...), and run that"
        )
    return None


def _sourceless(name: str) -> str:
    return f"Python keeps no source of {name}; write it into a file, or work in Jupyter or IPython"


def _innermost(function: Any) -> Any:
    """What a decorator that uses functools.wraps has put something around."""
    try:
        return inspect.unwrap(function)
    except ValueError:  # it goes round in a circle
        return function


def _filename(function: Any) -> str:
    code = getattr(function, "__code__", None)
    name = getattr(code, "co_filename", "")
    return os.path.abspath(name) if name and not name.startswith("<") else name


def _defines(path: Path, name: str) -> bool:
    pattern = rf"^(?:async[ \t]+)?def[ \t]+{re.escape(name)}\b|^{re.escape(name)}[ \t]*="
    try:
        return re.search(pattern, path.read_text("utf-8", "replace"), re.M) is not None
    except OSError:
        return False


def _is_installed(path: Path) -> bool:
    """Whether a file belongs to Python or to a package that somebody else wrote."""
    paths = sysconfig.get_paths()
    roots = {paths["purelib"], paths["platlib"], paths["stdlib"], *site.getsitepackages()}
    return any(Path(root) in path.parents for root in roots)


def _near(path: Path) -> Path:
    """The path from here, if it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _of_file(entry: Entry, path: Path) -> Submitted:
    file = shown(_near(path))
    try:
        data = path.read_bytes()
        if len(data) > MAX_SOURCE_BYTES:
            raise Refused(f"it is larger than {MAX_SOURCE_BYTES // 1_000_000} MB")
        check_text(data)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from None
    except Refused as refused:
        raise UsageError(f"{file}: {refused}") from None
    own = getattr(sys.modules[_SCRIPT], "__file__", None)
    if own is not None and Path(own).resolve() == path.resolve():
        data = _without_acts(data, entry.functions)
    return Submitted(entry=entry, file=file, source=data)


def _without_acts(source: bytes, functions: Sequence[str]) -> bytes:
    """A script without what it does: it runs here and now, and calls `check` among other things.

    What is left stands in the lines where it stood.
    """
    nodes = essential(ast.parse(source).body, functions)
    lines = source.decode("utf-8-sig").splitlines(keepends=True)
    kept = [""] * len(lines)
    for node in nodes:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        kept[first - 1 : node.end_lineno] = lines[first - 1 : node.end_lineno]
    return "".join(line or "\n" for line in kept).encode()


def _of_cells(entry: Entry, these: Sequence[Asked], session: Session) -> Submitted:
    cells = session.cells or ()
    from_: dict[str, int] = {}
    for one in these:
        number = session.defining(one.name, _filename(_innermost(one.function)))
        if number is not None:
            from_[one.name] = number
    failed = {
        number: name
        for name, own in from_.items()
        for number, cell in enumerate(cells[own:], own + 1)
        if cell.binds(name)
    }
    notes = tuple(
        f"cell {number} was to define {name} anew, but did not get there: this is what cell "
        f"{from_[name]} defines"
        for number, name in failed.items()
    )
    try:
        book = joined(sendable(cells, from_.values(), failed))
    except Refused as refused:
        raise UsageError(str(refused)) from None
    return Submitted(entry=entry, file=_HERE, source=book.source, cells=book.cells, notes=notes)
