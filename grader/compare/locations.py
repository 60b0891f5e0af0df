"""Where the errors of a tensor are, in words.

Each detector takes the expected values and a mask of the wrong elements, both of one shape, and
returns a sentence that is true of every element, or an empty string.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor


def only_where_odd(expected: Tensor, failing: Tensor) -> str:
    """Wrong exactly where a 0, or a masked -inf, is expected."""
    count = int(failing.sum())
    if count < failing.numel() and count > 1 and bool((failing == (expected == 0)).all()):
        return "wrong exactly where 0 is expected"
    masked = expected == -math.inf
    if count > 1 and bool((failing == masked).all()) and count < failing.numel():
        return "wrong exactly where -inf is expected"
    return ""


def one_wrong_index(expected: Tensor, failing: Tensor) -> str:
    """Everything that is wrong lies at one index of an axis."""
    if failing.numel() == 1:
        return ""
    if int(failing.sum()) == 1 and failing.dim() > 1:
        return "only one value differs"
    for axis, size in enumerate(failing.shape):
        wrong = _profile(failing, axis).nonzero().flatten().tolist()
        if len(wrong) == 1 and size > 1:
            return f"only {_index_name(wrong[0], axis, failing)} differs"
    return ""


def _profile(mask: Tensor, axis: int) -> Tensor:
    """For each index of an axis, whether the mask is set anywhere there."""
    return mask.movedim(axis, 0).flatten(start_dim=1).any(1) if mask.dim() > 1 else mask


def _index_name(index: int, axis: int, like: Tensor) -> str:
    size, axes = like.shape[axis], like.dim()
    if index in (0, size - 1):
        end = "first" if index == 0 else "last"
        return f"the {end} index" + (f" of axis {axis}" if axes > 1 else "")
    if axes == 1:
        return f"index {index}"
    if axes == 2:
        return f"{'column' if axis else 'row'} {index}"
    return f"index {index} of axis {axis}"


def one_side(expected: Tensor, failing: Tensor) -> str:
    """Wrong from some index of an axis on, right before it; or the other way round."""
    for axis, size in enumerate(failing.shape):
        wrong = _profile(failing, axis).nonzero().flatten().tolist()
        if not 2 <= len(wrong) < size or wrong[-1] - wrong[0] + 1 != len(wrong):
            continue
        if not failing.movedim(axis, 0)[wrong].all():
            continue
        name = f" of axis {axis}" if failing.dim() > 1 else ""
        if wrong[-1] == size - 1:
            return f"right before index {wrong[0]}{name}, wrong from there on"
        if wrong[0] == 0:
            return f"wrong before index {wrong[-1] + 1}{name}, right from there on"
    return ""


def one_right_index(expected: Tensor, failing: Tensor) -> str:
    """Everything is wrong except one index of an axis, which is right."""
    for axis, size in enumerate(failing.shape):
        partly_right = _profile(~failing, axis)
        partly_wrong = _profile(failing, axis)
        right = (~partly_wrong).nonzero().flatten().tolist()
        if size > 2 and len(right) == 1 and bool((partly_right ^ partly_wrong).all()):
            return f"only {_index_name(right[0], axis, failing)} is right"
    return ""


def triangle(expected: Tensor, failing: Tensor) -> str:
    """Most of one side of the diagonal of square last axes, and nothing else."""
    shape = failing.shape
    if len(shape) < 2 or shape[-1] != shape[-2] or shape[-1] < 3:
        return ""
    everywhere = torch.ones(shape[-2:], dtype=torch.bool)
    for name, region in (
        ("on the diagonal", everywhere.tril().triu()),
        ("above the diagonal", everywhere.triu(1)),
        ("below the diagonal", everywhere.tril(-1)),
        ("on and above the diagonal", everywhere.triu()),
        ("on and below the diagonal", everywhere.tril()),
    ):
        inside = (failing & region).sum()
        if not (failing & ~region).any() and inside > region.expand(shape).sum() / 2:
            return f"only {name} of the last two axes"
    return ""


EARLY: Final[tuple[Callable[[Tensor, Tensor], str], ...]] = (
    only_where_odd,
    one_wrong_index,
    triangle,
)
# Values that only moved may leave one index, or one side, right by chance.
LATE: Final[tuple[Callable[[Tensor, Tensor], str], ...]] = (one_right_index, one_side)
