"""Whether an answer is built as the expected one is: kinds, lengths, shapes and dtypes.

One walk over both trees notes the first problem of each sort and pairs up what can be measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import torch
from torch import Tensor

from grader.compare import words
from grader.compare.records import Finding, Kind, Path
from grader.compare.statistics import Statistic
from grader.result import Evidence

ORDER: Final[tuple[Kind, ...]] = ("nothing", "type", "shape", "dtype")
SINGLE: Final = {torch.float64: torch.float32, torch.complex128: torch.complex64}


@dataclass(frozen=True)
class Leaf:
    """Two values of one structure that are measured together.

    Attributes:
        kind: ``numbers`` for a tensor, a list of numbers or one number; ``exact`` for plain values
            that must be equal; ``property`` for such values under a name; ``statistic``.
        path: the keys that lead to it.
        yours: the learner's value.
        expected: the reference's value.
    """

    kind: Literal["numbers", "exact", "property", "statistic"]
    path: Path
    yours: Any
    expected: Any


def kind_of(yours: Any, expected: Any) -> Finding | None:
    """What is wrong with the kinds and dtypes of an answer, whatever its lengths and shapes.

    Every element of a sequence is held against the expected one at its place, or against the first
    where there are more. An answer in float32 passes: precision is judged where values are.
    """
    return Structure(yours, expected, kinds_only=True).finding


class Structure:
    """The walk over two trees.

    Args:
        yours: the learner's tree.
        expected: the reference's tree.
        label: what the trees are, such as ``gradient of x``.
        allow_float32: float32 may stand where float64 is expected.
        kinds_only: ignore lengths and shapes, see `kind_of`.
    """

    def __init__(
        self,
        yours: Any,
        expected: Any,
        *,
        label: str = "",
        allow_float32: bool = True,
        kinds_only: bool = False,
    ) -> None:
        self.leaves: list[Leaf] = []
        self._problems: dict[Kind, Finding] = {}
        self._label = label
        self._allow_float32 = allow_float32
        self._kinds_only = kinds_only
        self._visit(yours, expected, ())

    @property
    def finding(self) -> Finding | None:
        """The first problem, in the order of the tests."""
        return next((self._problems[kind] for kind in ORDER if kind in self._problems), None)

    def _note(self, kind: Kind, path: Path, message: str) -> None:
        if kind not in self._problems:
            self._problems[kind] = Finding(kind, message, Evidence(), path=path)

    def _pair(self, leaf: Leaf) -> None:
        if not self._kinds_only:
            self.leaves.append(leaf)

    def _visit(self, yours: Any, expected: Any, path: Path) -> None:
        if isinstance(yours, Statistic):
            self._pair(Leaf("statistic", path, yours, expected))
        elif not _same_kind(yours, expected):
            kind, message = _wrong_kind(yours, expected, words.place(path, self._label))
            self._note(kind, path, message)
        elif isinstance(expected, Tensor):
            self._tensor(yours, expected, path)
        elif isinstance(expected, float):
            self._pair(Leaf("numbers", path, yours, expected))
        elif isinstance(expected, Mapping):
            self._mapping(yours, expected, path)
        elif path and isinstance(path[-1], str) and not self._kinds_only and is_plain(expected):
            self._property(yours, expected, path)
        elif isinstance(expected, list | tuple):
            self._sequence(yours, expected, path)
        else:
            self._pair(Leaf("exact", path, yours, expected))

    def _tensor(self, yours: Tensor, expected: Tensor, path: Path) -> None:
        where = words.place(path, self._label)
        if not self._kinds_only and yours.shape != expected.shape:
            self._note("shape", path, words.at(where, _wrong_shape(yours, expected)))
        single = SINGLE.get(expected.dtype) if self._allow_float32 else None
        if yours.dtype not in (expected.dtype, single):
            message = f"dtype {_dtype(yours)}, expected {_dtype(expected)}"
            self._note("dtype", path, words.at(where, message))
        elif yours.shape == expected.shape:
            self._pair(Leaf("numbers", path, yours, expected))

    def _mapping(self, yours: Any, expected: Any, path: Path) -> None:
        missing = [words.spelled(key) for key in expected if key not in yours]
        extra = [words.spelled(key) for key in yours if key not in expected]
        faults = [f"has no key {', '.join(missing)}"] if missing else []
        faults += [f"has a key that is not asked for: {', '.join(extra)}"] if extra else []
        if faults:
            where = words.place(path, self._label)
            self._note("type", path, words.at(where, f"the dict {' and '.join(faults)}"))
        for key, value in expected.items():
            if key in yours:
                self._visit(yours[key], value, (*path, key))

    def _property(self, yours: Any, expected: Any, path: Path) -> None:
        for key, mine, right in _atoms(yours, expected):
            if not _same_kind(mine, right):
                kind, message = _wrong_kind(mine, right, words.place((*path, *key), self._label))
                self._note(kind, path, message)
        self._pair(Leaf("property", path, yours, expected))

    def _sequence(self, yours: Any, expected: Any, path: Path) -> None:
        is_numbers = is_row(expected)
        like = [0.0] * len(expected) if is_numbers and is_plain_number(expected[0]) else expected
        if self._kinds_only:
            for index, item in enumerate(yours if expected else ()):
                self._visit(item, like[index if index < len(like) else 0], (*path, index))
            return
        if len(yours) != len(expected):
            returned = "returned a" if not (path or self._label) else "a"
            items = "item" if len(yours) == 1 else "items"
            length = f"{returned} {words.kind(yours)} of {len(yours)} {items}"
            message = f"{length}, expected {len(expected)}"
            self._note("shape", path, words.at(words.place(path, self._label), message))
        paired = len(self.leaves)
        is_whole = is_numbers or is_plain(expected)
        is_known = is_whole and _are_alike(yours, like)
        for index, (mine, right) in enumerate(() if is_known else zip(yours, like, strict=False)):
            self._visit(mine, right, (*path, index))
        if is_whole:
            del self.leaves[paired:]  # they were visited for their kinds, and are measured as one
            self._pair(Leaf("numbers" if is_numbers else "exact", path, yours, expected))


def is_row(value: Any) -> bool:
    """Whether a list is one row of numbers: floats (ints among them), or float tensors of 0-d.

    A tuple is not: its elements are results of their own ("loss, count").
    """
    if not isinstance(value, list) or not value:
        return False
    if isinstance(value[0], Tensor):
        return all(
            isinstance(item, Tensor)
            and item.dim() == 0
            and item.dtype == value[0].dtype
            and (item.is_floating_point() or item.is_complex())
            for item in value
        )
    is_float = any(isinstance(item, float) for item in value)
    return is_float and all(is_plain_number(item) for item in value)


def is_plain_number(value: Any) -> bool:
    """Whether a value is an int or a float of Python; a bool is not a number."""
    return isinstance(value, float | int) and not isinstance(value, bool)


def is_plain(value: Any) -> bool:
    """Whether a value is made of ints, bools, strings, None and sequences of them only."""
    if isinstance(value, list | tuple):
        return all(is_plain(item) for item in value)
    return value is None or isinstance(value, int | str)


def _atoms(yours: Any, expected: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Pairs of what stands at the same place, sequences entered where both are."""
    both = isinstance(yours, list | tuple) and isinstance(expected, list | tuple)
    if not both:
        yield path, yours, expected
        return
    for index, (mine, right) in enumerate(zip(yours, expected, strict=False)):
        yield from _atoms(mine, right, (*path, index))


def _are_alike(yours: Sequence[Any], expected: Sequence[Any]) -> bool:
    """Whether all elements of a flat list are plain and of one kind: no need to visit each."""
    kinds = set(map(type, expected))
    if len(kinds) != 1 or not kinds <= {int, float, bool, str}:
        return False
    return set(map(type, yours)) <= (kinds | {int} if kinds == {float} else kinds)


def _same_kind(yours: Any, expected: Any) -> bool:
    kinds = words.kind(yours), words.kind(expected)
    if kinds[0] == kinds[1]:
        return True
    return kinds in {("int", "float"), ("list", "tuple"), ("tuple", "list")}


def _wrong_kind(yours: Any, expected: Any, where: str) -> tuple[Kind, str]:
    """The sort of a kind mismatch, and the sentence about it."""
    if yours is None:
        if not where:
            return "nothing", "returned None: `return` is missing, or what it returns is None"
        if where.startswith("gradient of ") and "," not in where:
            return "nothing", (
                f"{where} is missing: the result does not depend on it through autograd; look for "
                "`.item()`, `.detach()`, `torch.no_grad()` or a tensor made anew from numbers"
            )
    verb = f"{where} is" if where else "returned"
    sentence = f"{verb} {words.noun(yours)}; the exercise asks for {words.noun(expected)}"
    return "type", sentence + _advice(yours, expected)


def _advice(yours: Any, expected: Any) -> str:
    name, wanted = words.kind(yours), words.kind(expected)
    if name.startswith("numpy."):
        return ": return a torch tensor" if wanted == "tensor" else ": convert it with `.item()`"
    if name == "tensor" and wanted in ("float", "int", "bool"):
        if yours.numel() == 1:
            return ": call `.item()`"
        return f", and it holds {yours.numel()} values, shape {words.shape(yours.shape)}"
    if wanted == "tensor" and name in ("float", "int"):
        return ": a Python number has lost the gradient"
    if name in ("function", "method", "builtin_function_or_method"):
        return ": did you forget to call it?"
    if wanted == "int" and name == "float":
        return ": use `//` or `int(...)`"
    return ""


def _wrong_shape(yours: Tensor, expected: Tensor) -> str:
    sizes = f"shape {words.shape(yours.shape)}, expected {words.shape(expected.shape)}"
    if broadcasts(yours.shape, expected.shape):
        return (
            f"{sizes}: it would broadcast against the right answer without an error, so check the "
            "axis you reduce over"
        )
    if yours.dim() > 1 and sorted(yours.shape) == sorted(expected.shape):
        return f"{sizes}: the same sizes in another order"
    if yours.numel() == expected.numel():
        return f"{sizes}: as many values in another shape"
    return sizes


def broadcasts(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two shapes broadcast against each other."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return all(a == b or 1 in (a, b) for a, b in pairs)


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
