"""The global things that a learner's function should leave as it found them."""

from __future__ import annotations

import ctypes
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy
import torch

SEED: Final = 20_250

_TWISTER_WORDS: Final = 624
_TWISTER_BYTES: Final = 4 * (_TWISTER_WORDS + 1)


@dataclass(frozen=True)
class _Thing:
    """A global thing: how it is called, read, set and compared."""

    name: str
    read: Callable[[], Any]
    write: Callable[[Any], object]
    is_random: bool = False


@dataclass(frozen=True)
class Surroundings:
    """The global state at one moment."""

    _values: tuple[Any, ...]

    @classmethod
    def now(cls) -> Surroundings:
        """The state as it is."""
        return cls(tuple(thing.read() for thing in _THINGS))

    @classmethod
    def seeded(cls, call: int = 0) -> Surroundings:
        """Seeds the random generators and says what the state is then.

        A freshly seeded generator is always in the same state, so that is read once only: reading
        the three of them takes longer than a small case.

        Args:
            call: index of the call that comes next. Calls 0 and 1 of a case start from one state,
                2 and 3 from another, and so on: a case can ask for both.
        """
        state = _seeded_state(call)
        seed_everything(call)
        return cls(
            tuple(state[thing.name] if thing.is_random else thing.read() for thing in _THINGS)
        )

    def settle(self, allows_random: bool) -> tuple[str, ...]:
        """Puts back whatever is different and says what it was, in words.

        Args:
            allows_random: the global random generators may have moved.
        """
        changed = []
        for thing, before in zip(_THINGS, self._values, strict=True):
            if _same(before, thing.read()):
                continue
            thing.write(before)
            if not (allows_random and thing.is_random):
                changed.append(thing.name)
        return tuple(changed)

    def excusing(self, before: torch.Tensor, after: torch.Tensor) -> Surroundings:
        """The state to compare with, after a draw of torch's own that is not the learner's doing.

        Args:
            before: torch's random state before that draw; if it is not the one held here, the
                learner has drawn already, and that stays visible.
            after: its state after it.
        """
        moved = tuple(
            after if thing.read is torch.get_rng_state and torch.equal(value, before) else value
            for thing, value in zip(_THINGS, self._values, strict=True)
        )
        return Surroundings(moved)


def seed_everything(call: int = 0) -> None:
    """Starts the three global generators afresh, so that a run repeats."""
    seed = SEED + call // 2
    torch.default_generator.manual_seed(seed)  # torch.manual_seed also queues for each accelerator
    numpy.random.seed(seed)
    random.seed(seed)


@cache
def _seeded_state(call: int) -> Mapping[str, Any]:
    """The state of the random generators just after they were seeded."""
    seed_everything(call)
    return {thing.name: thing.read() for thing in _THINGS if thing.is_random}


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, torch.Tensor):
        return torch.equal(before, after)
    return bool(before == after)


def _numpy_state() -> bytes:
    """The words and the position of the Mersenne twister, read where they are.

    ``numpy.random.get_state`` gives the same in thirty times the time.
    """
    twister = numpy.random.get_bit_generator()  # type: ignore[attr-defined]
    if not isinstance(twister, numpy.random.MT19937):
        return type(twister).__name__.encode()
    return ctypes.string_at(twister.ctypes.state_address, _TWISTER_BYTES)


def _set_numpy_state(state: bytes) -> None:
    numpy.random.set_bit_generator(numpy.random.MT19937())  # type: ignore[attr-defined]
    words = numpy.frombuffer(state, numpy.uint32, _TWISTER_WORDS)
    position = int.from_bytes(state[4 * _TWISTER_WORDS :], sys.byteorder)
    numpy.random.set_state(("MT19937", words, position, 0, 0.0))


def _set_default_device(device: torch.device) -> None:
    # None takes the mode that sets a device off the stack; "cpu" would leave one there.
    torch.set_default_device(None if device.type == "cpu" else device)


def _set_deterministic(state: tuple[bool, bool]) -> None:
    torch.use_deterministic_algorithms(state[0], warn_only=state[1])


_THINGS: Final = (
    _Thing(
        "the global random generator (torch)",
        torch.get_rng_state,
        torch.set_rng_state,
        is_random=True,
    ),
    _Thing(
        "the global random generator (numpy)",
        _numpy_state,
        _set_numpy_state,
        is_random=True,
    ),
    _Thing(
        "the global random generator (random)", random.getstate, random.setstate, is_random=True
    ),
    _Thing("the default dtype", torch.get_default_dtype, torch.set_default_dtype),
    _Thing("the default device", torch.get_default_device, _set_default_device),
    _Thing("grad mode", torch.is_grad_enabled, torch._C._set_grad_enabled),
    _Thing(
        "deterministic mode",
        lambda: (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        ),
        _set_deterministic,
    ),
    _Thing("the number of threads", torch.get_num_threads, torch.set_num_threads),
    _Thing("anomaly mode", torch.is_anomaly_enabled, torch.set_anomaly_enabled),
)
