"""Running trusted functions (references, alternatives, mistakes) as a worker runs a learner's.

The conditions are those of a worker: float64 by default, every global generator seeded alike before
a call, gradients on, and fresh arguments for every call.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from grader.exercise import Arguments, Case, Function
from grader.inputs import Generator, Supplied
from grader.wire.values import floating_tensors, state
from grader.wire.values import gradients as pulled
from grader.worker.surroundings import Surroundings, seed_everything


@dataclass(frozen=True)
class Failure:
    """An exception that a call raised.

    Attributes:
        types: names of its class and of those it derives from, the most special first.
        call: index of the call.
    """

    types: tuple[str, ...]
    call: int


@dataclass(frozen=True)
class Outcome:
    """What came of the calls of one case, the learner's or a trusted function's.

    Attributes:
        values: one answer per call that returned.
        gradients: per call, argument → gradient (None where the result does not depend on it).
        gradient_problem: why there are no gradients; empty if there are.
        raised: the exception that ended the calls; None if all returned.
        modified: the calls and arguments that were changed, and how.
        globals_changed: global state that was changed.
    """

    values: tuple[Any, ...]
    gradients: tuple[Mapping[str, Any], ...] = ()
    gradient_problem: str = ""
    raised: Failure | None = None
    modified: tuple[tuple[int, str, str], ...] = ()
    globals_changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Live:
    """What the arguments of one case become: live generators, shared by key; what is supplied.

    Attributes:
        supplied: the names that the course's own file defines.
        generators: by key.
    """

    supplied: Mapping[str, Any] = field(default_factory=dict)
    generators: dict[int, torch.Generator] = field(default_factory=dict)

    def generator(self, spec: Generator) -> torch.Generator:
        """The live generator of a `Generator`; seeded when it is first asked for."""
        if spec.key not in self.generators:
            self.generators[spec.key] = torch.Generator().manual_seed(spec.seed)
        return self.generators[spec.key]


def run(
    function: Function,
    case: Case,
    calls: Sequence[Arguments],
    upstream_seed: int,
    dtype: torch.dtype = torch.float64,
    watched: bool = True,
    supplied: Mapping[str, Any] | None = None,
) -> Outcome:
    """Makes the calls of a case, in order, until one raises.

    Args:
        function: trusted code.
        case: says which gradients are wanted.
        calls: the arguments of each call; never changed.
        upstream_seed: seeds the random upstream gradients.
        dtype: the default dtype, and what float64 arguments are cast to.
        watched: whether changes of arguments and of global state are looked for; that costs more
            than a small case, and a reference was watched when its course was proved.
        supplied: what `Supplied` arguments are made with.
    """
    with conditions(dtype):
        return _run(function, case, calls, upstream_seed, dtype, watched, Live(supplied or {}))


def _run(
    function: Function,
    case: Case,
    calls: Sequence[Arguments],
    upstream_seed: int,
    dtype: torch.dtype,
    watched: bool,
    live: Live,
) -> Outcome:
    values: list[Any] = []
    gradients: list[Mapping[str, Any]] = []
    modified: list[tuple[int, str, str]] = []
    changed: set[str] = set()
    problem = ""
    for index, call in enumerate(calls):
        arguments = {name: realise(value, live, dtype) for name, value in call.items()}
        leaves = [t for name in case.gradients for t in floating_tensors(arguments[name])]
        for leaf in leaves:
            leaf.requires_grad_()
        surroundings = Surroundings.seeded(index)
        try:
            value = function(**arguments)
        except Exception as error:
            failure = Failure(lineage(type(error)), index)
            return Outcome(values=tuple(values), gradients=tuple(gradients), raised=failure)
        finally:
            if watched:
                changed.update(surroundings.settle(allows_random=case.allows_global_rng))
        if leaves:
            try:
                found = pulled(value, leaves, upstream_seed)
                gradients.append(_by_argument(case.gradients, arguments, found))
            except RuntimeError as error:
                problem = f"{type(error).__name__}: {error}"
        if case.shows:
            value = {"returned": value, **{name: state(arguments[name]) for name in case.shows}}
        values.append(detached(value))
        if watched:
            modified += _changes(case, index, call, arguments, dtype)
    return Outcome(
        values=tuple(values),
        gradients=tuple(gradients),
        gradient_problem=problem,
        modified=tuple(modified),
        globals_changed=tuple(sorted(changed)),
    )


def _changes(
    case: Case, index: int, call: Arguments, arguments: Arguments, dtype: torch.dtype
) -> list[tuple[int, str, str]]:
    """The arguments that are not what the call was made with."""
    return [
        (index, name, how)
        for name, given in call.items()
        if may_not_change(case, name, given)
        and (
            how := change(
                realise(given, Live(), dtype), arguments[name], name not in case.gradients
            )
        )
    ]


def may_not_change(case: Case, name: str, given: Any) -> bool:
    """Whether an argument must be after a call what it was before."""
    return name not in case.shows and not isinstance(given, (Generator, Supplied))


@contextlib.contextmanager
def conditions(dtype: torch.dtype = torch.float64) -> Iterator[None]:
    """The conditions of a call; the global random generators are left as they are after it."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    seed_everything()
    try:
        with torch.enable_grad():
            yield
    finally:
        torch.set_default_dtype(before)


def realise(value: Any, live: Live, dtype: torch.dtype = torch.float64) -> Any:
    """A fresh copy of an argument, generators and supplied things made live."""
    if isinstance(value, Generator):
        return live.generator(value)
    if isinstance(value, Supplied):
        arguments = {name: realise(item, live, dtype) for name, item in value.arguments.items()}
        return live.supplied[value.factory](**arguments)
    return mapped(value, lambda tensor: _copy(tensor, dtype))


def mapped(value: Any, change: Callable[[Tensor], Any]) -> Any:
    """The same tree of lists, tuples and dicts with ``change`` applied to every tensor."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, (list, tuple)):
        return type(value)(mapped(item, change) for item in value)
    if isinstance(value, dict):
        return {key: mapped(item, change) for key, item in value.items()}
    return value


def detached(value: Any) -> Any:
    """A value without its autograd graph."""
    return mapped(value, Tensor.detach)


def change(before: Any, after: Any, flags: bool = True) -> str:
    """How an argument differs from what it was, in words; empty if it does not. NaN equals NaN.

    Args:
        before: the argument as it was given.
        after: the argument after a call.
        flags: whether ``requires_grad`` and ``grad`` of tensors count too.
    """
    if isinstance(before, Tensor) and isinstance(after, Tensor):
        if not _equal(before, after):
            return "in place"
        return _change_of_flags(before, after) if flags else ""
    if isinstance(before, (list, tuple)) and isinstance(after, (list, tuple)):
        before, after = dict(enumerate(before)), dict(enumerate(after))
    if isinstance(before, dict) and isinstance(after, dict):
        if before.keys() != after.keys():
            return "in place"
        return next((how for key in before if (how := change(before[key], after[key], flags))), "")
    return "" if type(before) is type(after) and before == after else "in place"


def _equal(left: Tensor, right: Tensor) -> bool:
    if (left.shape, left.dtype) != (right.shape, right.dtype):
        return False
    left, right = left.detach(), right.detach()
    # The first is many times as fast, and false for any NaN.
    return torch.equal(left, right) or torch.allclose(left, right, rtol=0, atol=0, equal_nan=True)


def _change_of_flags(before: Tensor, after: Tensor) -> str:
    asked, asks = (one.requires_grad and one.is_leaf for one in (before, after))
    if asked != asks:
        return f"by setting its requires_grad to {asks}"
    had, has = (one.grad if one.is_leaf else None for one in (before, after))
    if had is None:
        return "" if has is None else "by leaving a gradient in its .grad"
    if has is None:
        return "by taking away its .grad"
    return "" if _equal(had, has) else "by changing its .grad"


def lineage(kind: type[BaseException]) -> tuple[str, ...]:
    """The names of an exception's class and of its bases, up to ``Exception``."""
    return tuple(base.__name__ for base in kind.__mro__ if issubclass(base, BaseException))


def _by_argument(
    names: Sequence[str], arguments: Arguments, found: Sequence[Tensor | None]
) -> dict[str, Any]:
    """Gradients by argument: one for a tensor, a list for all the tensors in a list or dict."""
    rest = iter(found)
    groups = {name: [next(rest) for _ in floating_tensors(arguments[name])] for name in names}
    return {
        name: group[0] if isinstance(arguments[name], Tensor) else group
        for name, group in groups.items()
    }


def _copy(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    wanted = dtype if tensor.dtype == torch.float64 else tensor.dtype
    copy = tensor.detach().to(wanted, copy=True).requires_grad_(tensor.requires_grad)
    if tensor.is_leaf and tensor.grad is not None:
        copy.grad = tensor.grad.detach().to(wanted, copy=True)
    return copy
