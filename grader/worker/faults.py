"""Describes an exception of the learner's code: their own lines, nothing of the library's."""

from __future__ import annotations

import errno
import inspect
import re
from types import FrameType, TracebackType
from typing import Final

from grader.wire.frames import Kind, Raised
from grader.wire.values import describe

_MESSAGE: Final = 2_000
_FRAMES: Final = 20
_ARGUMENTS: Final = 20
_SHORT: Final = 60
_LAST_LINE: Final = 10_000_000
_NAME: Final = type.__dict__["__name__"]
_OUT_OF_MEMORY: Final = re.compile(r"not enough memory|can't allocate memory|Cannot allocate", re.I)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str, limit: int = _MESSAGE) -> str:
    """Text that is safe to show: no control characters, no half characters, not too long."""
    text = str.__str__(text)  # a subclass may lie about its length
    cut = text if len(text) <= limit else text[: limit - 1] + "…"
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", cut).encode("utf-8", "replace").decode()


def raised(error: BaseException, filename: str, kind: Kind | None = None) -> Raised:
    """What is told about an exception.

    Args:
        error: anything that was raised.
        filename: what the learner's code objects are called.
        kind: overrules what the exception looks like.
    """
    try:
        return _described(error, filename, kind)
    except BaseException as failure:  # an exception whose attributes raise exceptions
        name = _class_name(type(error))
        message = f"(it cannot be described: that raised {_class_name(type(failure))})"
        return Raised(type=name, message=message, kind=kind or "other", lineage=(name,))


def _described(error: BaseException, filename: str, kind: Kind | None) -> Raised:
    frames = _frames(error.__traceback__)
    own = [(line, frame) for line, frame in frames if frame.f_code.co_filename == filename]
    if isinstance(error, SyntaxError) and error.filename == filename:
        return _syntax(error)
    by_learner = bool(own) and frames[-1][1] is own[-1][1]
    trace = tuple((line, clean(_name(frame), 200)) for line, frame in own)
    return Raised(
        type=_class_name(type(error)),
        message=_message(error),
        kind=kind or _kind(error, by_learner),
        line=trace[-1][0] if trace else None,
        function=trace[-1][1] if trace else "",
        trace=trace[:5] + trace[5:][-(_FRAMES - 5) :],
        shapes=_shapes(own[-1][1]) if own else {},
        lineage=_lineage(type(error)),
    )


def line_number(line: object) -> int | None:
    """A line as a number that can be one; code that was made by hand may have any."""
    return line if type(line) is int and 0 <= line <= _LAST_LINE else None


def signature_fault(message: str) -> Raised:
    """The fault of a function that cannot be called as the exercise calls it."""
    return Raised(type="TypeError", message=clean(message), kind="signature")


def output_fault(message: str) -> Raised:
    """The fault of an answer that is too large to send."""
    return Raised(type="ValueError", message=clean(message), kind="output")


def _lineage(kind: type[BaseException]) -> tuple[str, ...]:
    bases = [base for base in type.mro(kind) if issubclass(base, BaseException)]
    return tuple(map(_class_name, bases[:_FRAMES]))


def _class_name(kind: type[BaseException]) -> str:
    """The name that a class was given, whatever its own class says it is called."""
    return clean(_NAME.__get__(kind), 200)


def _syntax(error: SyntaxError) -> Raised:
    return Raised(
        type=_class_name(type(error)),
        message=clean(str(error.msg)),
        kind="syntax",
        line=line_number(error.lineno),
        text=clean((error.text or "").rstrip("\n"), 500),
    )


def _kind(error: BaseException, by_learner: bool) -> Kind:
    kind = type(error)  # isinstance would ask the exception's __class__ too, which may lie
    if issubclass(kind, NotImplementedError) and by_learner:
        return "not_implemented"
    if issubclass(kind, MemoryError):
        return "memory"
    if issubclass(kind, RecursionError):
        return "recursion"
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return "output"
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return "memory"
    if issubclass(kind, RuntimeError) and _OUT_OF_MEMORY.search(_message(error)):
        return "memory"
    if issubclass(kind, SyntaxError):
        return "syntax"
    return "import" if issubclass(kind, ImportError) else "other"


def _message(error: BaseException) -> str:
    try:
        return clean(str(error))
    except BaseException as failure:
        return f"(its text cannot be shown: __str__ raised {type(failure).__name__})"


def _frames(traceback: TracebackType | None) -> list[tuple[int, FrameType]]:
    frames = []
    while traceback is not None:
        frames.append((line_number(traceback.tb_lineno) or 0, traceback.tb_frame))
        traceback = traceback.tb_next
    return frames


def _name(frame: FrameType) -> str:
    name = frame.f_code.co_name
    return "" if name == "<module>" else name


def _shapes(frame: FrameType) -> dict[str, str]:
    """The arguments of the innermost learner's function, as they were when it failed."""
    if frame.f_code.co_name == "<module>":
        return {}
    names, extra, keywords, values = inspect.getargvalues(frame)
    wanted = [*names, *([extra] if extra else []), *([keywords] if keywords else [])]
    shapes = {}
    for name in wanted[:_ARGUMENTS]:
        if name in values:
            try:
                shapes[clean(name, 200)] = clean(_argument(values[name]), 200)
            except BaseException as failure:
                shapes[clean(name, 200)] = f"(cannot be described: {type(failure).__name__})"
    return shapes


def _argument(value: object) -> str:
    """A value in a few words; a short text, and a shape, in full."""
    is_shape = type(value) is tuple and all(type(item) is int for item in value)
    if type(value) is str or is_shape:
        text = repr(value)
        return text if len(text) <= _SHORT else describe(value)
    return describe(value)
