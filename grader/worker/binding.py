"""Fits the exercise's arguments to the learner's signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any

from grader.wire.frames import How

_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class SignatureMismatch(Exception):
    """The learner's function cannot be called as the exercise calls it; says why."""


@dataclass(frozen=True)
class Bound:
    """The arguments as the learner's function takes them."""

    positional: tuple[Any, ...]
    by_name: Mapping[str, Any]
    how: How


def signature_of(function: Callable[..., Any]) -> Signature | None:
    """The signature of a function, None where Python cannot tell."""
    try:
        return inspect.signature(function)
    except BaseException:  # a learner's object may raise anything here, SystemExit too
        return None


def bind(
    name: str, signature: Signature | None, parameters: Sequence[str], given: Mapping[str, Any]
) -> Bound:
    """Arguments by keyword; if the learner renamed parameters and the number fits, by place.

    Args:
        name: of the function.
        signature: the learner's.
        parameters: the exercise's, in order.
        given: the arguments of this call.

    Raises:
        SignatureMismatch: if neither fits.
    """
    if signature is None:
        return Bound(positional=(), by_name=dict(given), how="keyword")
    if _fits(signature, (), given):
        return Bound(positional=(), by_name=dict(given), how="keyword")
    renamed = _renamed(signature, parameters)
    positional, by_name = _places(signature, renamed, given)
    if renamed and _fits(signature, positional, by_name):
        return Bound(positional=positional, by_name=by_name, how="position")
    in_order = list(given) == list(parameters[: len(given)])
    if in_order and _takes_any(signature) and _fits(signature, tuple(given.values()), {}):
        return Bound(positional=tuple(given.values()), by_name={}, how="position")
    raise SignatureMismatch(_explain(name, signature, parameters, given))


def accepts(name: str, signature: Signature | None, parameters: Sequence[str]) -> How:
    """How a function takes the exercise's parameters, all of them."""
    try:
        return bind(name, signature, parameters, dict.fromkeys(parameters)).how
    except SignatureMismatch:
        return "no"


def _fits(signature: Signature, positional: tuple[Any, ...], by_name: Mapping[str, Any]) -> bool:
    try:
        signature.bind(*positional, **by_name)
    except TypeError:
        return False
    return True


def _takes_any(signature: Signature) -> bool:
    return any(p.kind is Parameter.VAR_POSITIONAL for p in signature.parameters.values())


def _renamed(signature: Signature, parameters: Sequence[str]) -> dict[str, str]:
    """The exercise's name → the learner's: equal names first, the others in order."""
    own = [p.name for p in signature.parameters.values() if p.kind in _BY_POSITION]
    if len(own) != len(parameters):
        return {}
    strangers = iter(name for name in own if name not in parameters)
    return {name: name if name in own else next(strangers) for name in parameters}


def _places(
    signature: Signature, renamed: Mapping[str, str], given: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    values = {renamed.get(name, name): value for name, value in given.items()}
    only_by_position = [
        name
        for name, parameter in signature.parameters.items()
        if parameter.kind is Parameter.POSITIONAL_ONLY and name in values
    ]
    positional = tuple(values.pop(name) for name in only_by_position)
    return positional, values


def _explain(
    name: str, signature: Signature, parameters: Sequence[str], given: Mapping[str, Any]
) -> str:
    own = {
        p.name: p
        for p in signature.parameters.values()
        if p.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    }
    needed = [n for n, p in own.items() if p.default is Parameter.empty and n not in given]
    lost = [n for n in needed if n in parameters]
    foreign = [n for n in needed if n not in parameters]
    missing = [n for n in given if n not in own]
    reasons = []
    if missing:
        reasons.append(f"it does not take {_join(missing)}")
    if lost:
        verb = "has" if len(lost) == 1 else "have"
        reasons.append(f"{_join(lost)} {verb} no default any more")
    if foreign:
        reasons.append(f"it asks for {_join(foreign)}, which the exercise does not have")
    why = "; ".join(reasons) or "its parameters cannot be given by name"
    expected = ", ".join(parameters)
    return f"{name}{signature} cannot be called with ({', '.join(given)}): {why}. " + (
        f"The exercise's parameters are ({expected})."
    )


def _join(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
