"""Sees which torch operations run, from which of the learner's lines.

One mode looks on below autograd, where every way to call an operation has become the same few
names (``aten::native_layer_norm``). A second one looks on at torch's interface, where an operation
still has the name that its caller used, if an exercise forbids operations by name: some are taken
apart before they reach the first. Both let everything pass unchanged; each costs about 10 µs an
operation.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from types import FrameType
from typing import Any, ClassVar, Final

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from grader.wire.frames import ForbiddenUse, OperationCount
from grader.worker.faults import line_number
from grader.worker.forbidden import Words
from grader.worker.surroundings import Surroundings

_MOST_NAMES: Final = 500
_MOST_USES: Final = 50
_OWN_NAMESPACES: Final = frozenset(
    {"aten", "prim", "prims", "quantized", "mkldnn", "onednn", "mkldnn_rnn_layer"}
)
# Reading an attribute (``x.shape``) is announced as one of these: no operation.
_ACCESS: Final = frozenset({"__get__", "__set__", "__delete__"})
_LOADER: Final = "torch.utils.data.dataloader"
_BETWEEN: Final = frozenset(
    {__name__, "torch.utils._python_dispatch", "torch._ops", "torch.overrides"}
)
_ENGINE: Final = ("torch.autograd.graph", "_engine_run_backward")


@dataclass
class _Tally:
    """How often an operation ran, and the learner's line that called it first."""

    count: int
    line: int | None


class Watch:
    """Observes the calls of one task.

    Args:
        filename: what the learner's code objects are called.
        words: the forbidden words.

    Attributes:
        before: the global state that a call starts from; whoever makes the call sets it.
    """

    before: Surroundings
    _latest: ClassVar[Watch | None] = None

    def __init__(self, filename: str, words: Words) -> None:
        self._filename = filename
        self._words = words
        self._tallies: dict[str, _Tally] = {}
        self._uses: dict[tuple[str, str], ForbiddenUse] = {}
        self._counting = True

    def looking(self, counting: bool = True) -> AbstractContextManager[None]:
        """Observes what runs inside.

        Args:
            counting: also counts; otherwise only forbidden uses are noted.
        """
        self._counting = counting
        Watch._latest = self
        return _modes(self, self._words)

    @classmethod
    def latest(cls) -> Watch | None:
        """The watch of the task that is running, or ran last; None before the first."""
        return cls._latest

    @property
    def operations(self) -> tuple[OperationCount, ...]:
        """What ran, most frequent first."""
        ordered = sorted(self._tallies.items(), key=lambda entry: (-entry[1].count, entry[0]))
        return tuple(OperationCount(name, tally.count, tally.line) for name, tally in ordered)

    @property
    def forbidden(self) -> tuple[ForbiddenUse, ...]:
        """The forbidden operations that ran, in the order in which they were first seen."""
        return tuple(self._uses.values())

    def saw(
        self, name: str, core: str, frame: FrameType | None, started: int | None = None
    ) -> None:
        """Takes note of one operation.

        Args:
            name: as reported.
            core: the operation's own name, matched against the words.
            frame: the frame that called it.
            started: the learner's line that started the thread that it runs in.
        """
        if self._counting:
            self._count(name, frame, started)
        word = self._words.of_operation(core)
        if word or self._words.modules:
            self._judge(name, word, frame, started)

    def excuse(self, before: torch.Tensor, after: torch.Tensor) -> None:
        """Takes note of a random draw of torch's own."""
        self.before = self.before.excusing(before, after)

    def _count(self, name: str, frame: FrameType | None, started: int | None) -> None:
        tally = self._tallies.get(name)
        if tally is not None:
            tally.count += 1
        elif len(self._tallies) < _MOST_NAMES:
            line = learners_line(frame, self._filename) or started
            self._tallies[name] = _Tally(count=1, line=line)

    def _judge(self, name: str, word: str, frame: FrameType | None, started: int | None) -> None:
        """Notes a use if a word forbids the operation, or a module between it and the learner.

        What the autograd engine runs by itself is the derivative of something else: not charged,
        unless the engine's own module is forbidden.
        """
        while frame is not None and frame.f_code.co_filename != self._filename:
            module = frame.f_globals.get("__name__", "")
            by_module = self._words.of_module(module)
            if (module, frame.f_code.co_name) == _ENGINE and not by_module:
                return
            word = by_module or word
            frame = frame.f_back
        line = started if frame is None else line_number(frame.f_lineno)
        by_learner = frame is not None or started is not None
        if word and by_learner and len(self._uses) < _MOST_USES:
            self._uses.setdefault((word, name), ForbiddenUse(name=word, line=line, how=name))


@dataclass(frozen=True)
class Delegate:
    """Looks on in a thread of the learner's, for the watch of whatever task is running.

    Attributes:
        words: the forbidden words.
        started: the learner's line that started the thread; None if it was not theirs.
    """

    words: Words
    started: int | None

    def looking(self) -> AbstractContextManager[None]:
        """Observes what runs inside."""
        return _modes(self, self.words)

    def saw(self, name: str, core: str, frame: FrameType | None) -> None:
        """See `Watch.saw`."""
        watch = Watch.latest()
        if watch is not None:
            watch.saw(name, core, frame, self.started)

    def excuse(self, before: torch.Tensor, after: torch.Tensor) -> None:
        """See `Watch.excuse`."""
        watch = Watch.latest()
        if watch is not None:
            watch.excuse(before, after)


def learners_line(frame: FrameType | None, filename: str) -> int | None:
    """The innermost line of the learner's file that leads to a frame."""
    while frame is not None:
        if frame.f_code.co_filename == filename:
            return line_number(frame.f_lineno)
        frame = frame.f_back
    return None


@contextmanager
def _modes(watch: Watch | Delegate, words: Words) -> Iterator[None]:
    with _InterfaceMode(watch) if words.name_operations else nullcontext(), _DispatchMode(watch):
        yield


class _InterfaceMode(TorchFunctionMode):
    def __init__(self, watch: Watch | Delegate) -> None:
        super().__init__()
        self._watch = watch

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        name = getattr(func, "__name__", "")
        caller = sys._getframe(1)
        if name not in _ACCESS:
            full = _full_name(func, name)
            if full:
                self._watch.saw(full, name, caller)
        return func(*args, **(kwargs or {}))


class _DispatchMode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self, watch: Watch | Delegate) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._watch = watch

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Otherwise torch wraps the method below so that its first use imports the compiler (2 s).
        return False

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        name = func._schema.name
        if name.partition("::")[0] in _OWN_NAMESPACES:
            self._watch.saw(name, name, sys._getframe(1))
        for kind in filter(_is_learners, types):
            # What runs in there is to be seen too; torch would call it without this mode.
            with self:
                result = kind.__torch_dispatch__(func, types, args, kwargs or {})
            if result is not NotImplemented:
                return result
        if name != "aten::random_" or not _is_of_loader(sys._getframe(1)):
            return func(*args, **(kwargs or {}))
        # DataLoader draws a seed for workers that it does not have from the global generator.
        before = torch.get_rng_state()
        result = func(*args, **(kwargs or {}))
        self._watch.excuse(before, torch.get_rng_state())
        return result


def _is_learners(kind: type[torch.Tensor]) -> bool:
    """Whether a tensor's class, which does its operations itself, is not torch's own."""
    return kind.__module__.partition(".")[0] != "torch"


def _is_of_loader(frame: FrameType | None) -> bool:
    """Whether torch's DataLoader called; frames of torch's own modes may lie in between."""
    while frame is not None and frame.f_globals.get("__name__", "") in _BETWEEN:
        frame = frame.f_back
    return frame is not None and frame.f_globals.get("__name__") == _LOADER


def _full_name(func: Callable[..., Any], name: str) -> str:
    """How torch's users write a function; empty if it is not torch's own."""
    try:
        return _remembered(func, name)  # it is asked for at every operation
    except TypeError:  # a learner's callable that cannot be hashed
        return _found(func, name)


def _found(func: Callable[..., Any], name: str) -> str:
    module = getattr(func, "__module__", None)
    if module is None:
        return f"torch.Tensor.{name}" if hasattr(func, "__objclass__") else ""
    if module.startswith("torch._ops"):
        namespace = module.removeprefix("torch._ops").removeprefix(".")
        return f"torch.ops.{namespace}.{name}" if namespace in _OWN_NAMESPACES else ""
    return f"{module}.{name}" if module.partition(".")[0] == "torch" else ""


_remembered = lru_cache(maxsize=4096)(_found)
