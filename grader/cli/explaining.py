"""A case explained, as lines for a terminal: what is called and allowed, where answers land."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from grader.audience import is_plain
from grader.cli.options import again
from grader.cli.screen import Screen, paragraph
from grader.course import Entry
from grader.exercise import Exercise
from grader.explain import Explanation, explain, known, named
from grader.writers.typeset import Line
from grader.writers.visible import visible
from grader.writers.words import amount, count

_CALLS: Final = 3
"""Calls of a case whose arguments are shown."""


def listed(entry: Entry, exercise: Exercise, screen: Screen) -> Iterator[Line]:
    """The cases of an exercise, with what each is worth."""
    yield from paragraph("", f"{entry.label}: {exercise.title}", screen, "strong")
    several = len(exercise.functions) > 1
    cases = known(exercise)
    for case in cases.values():
        worth = f"{amount(case.points)} point{'' if case.points == 1 else 's'}"
        about = f"{case.function}, {worth}" if several else worth
        yield from paragraph("  ", case.name, screen)
        yield from paragraph("    ", f"{case.title} ({about})", screen, "dim")
    told = [case for case in cases.values() if is_plain(case.visibility, case.feedback)]
    last = [*cases.values(), *told][-1].name
    yield from paragraph(
        "",
        f"{count(len(cases), 'case')}. How one is judged: "
        f"{again('explain', f'{entry.name}/{last}')}",
        screen,
    )


def explained(
    entry: Entry, exercise: Exercise, word: str, seed: int, screen: Screen
) -> Iterator[Line]:
    """How one case is judged.

    Args:
        entry: the exercise.
        exercise: what its author wrote.
        word: the case's name, or a part of it.
        seed: which inputs are looked at.
        screen: what it is set for.

    Raises:
        UsageError: if the word names no case, or several.
    """
    case = named(exercise, entry.name, word)
    yield from paragraph("", f"{entry.name}/{case.name}", screen, "strong")
    yield from paragraph("  ", case.title, screen)
    points = f"{amount(case.points)} point{'' if case.points == 1 else 's'}"
    if not is_plain(case.visibility, case.feedback):
        yield from paragraph("  worth   ", points, screen)
        yield from paragraph("  judged  ", "How is not shown to students.", screen)
        return
    needed = " and ".join(known(exercise)[name].name for name in case.needs)
    waits = f"; judged when {needed} pass" if needed else ""
    yield from paragraph("  worth   ", points + waits, screen)
    said = explain(entry, exercise, case, seed)
    number = len(said.calls)
    calls = f"{case.function}{f', {number} times' if number > 1 else ''}"
    yield from paragraph("  calls   ", calls, screen)
    for place, call in enumerate(said.calls[:_CALLS], 1):
        for row, argument in enumerate(call):
            label = f"{place}: " if number > 1 and row == 0 else " " * (3 * (number > 1))
            yield from paragraph(f"          {label}", visible(argument), screen, "dim")
    if number > _CALLS:
        more = f"and {count(number - _CALLS, 'more call')}"
        yield from paragraph("          ", more, screen, "dim")
    yield from paragraph("  judged  ", said.judged, screen)
    yield from paragraph("  right   ", _right(said), screen)
    yield from paragraph("  wrong   ", _wrong(said), screen)


def _right(said: Explanation) -> str:
    """Where right answers land, as a share of what is allowed."""
    way = "other right way" if said.others == 1 else "other right ways"
    who = f"The reference and {said.others} {way} of writing it" if said.others else "The reference"
    plural = "" if said.others else "s"
    if said.case.raises is not None:
        return f"{who} raise{plural} it."
    if said.right == 0:
        return f"{who} give{plural} exactly what is expected."
    return f"{who} land{plural} within {_number(said.right)} of what is allowed."


def _wrong(said: Explanation) -> str:
    """How far the nearest of the listed mistakes is off."""
    if said.caught == 0:
        return "No listed mistake fails here on these inputs."
    if math.isinf(said.wrong):
        one = said.caught == 1
        who = "The one listed mistake" if one else f"The {said.caught} listed mistakes"
        return (
            f"{who} that fail{'s' if one else ''} here {'is' if one else 'are'} not off by an "
            "amount: an exception, another shape, or something that does not hold."
        )
    if said.caught == 1:
        return f"The one listed mistake that fails here is off by {_times(said.wrong)}."
    return f"Of {said.caught} listed mistakes that fail here, the nearest is off by " + (
        f"{_times(said.wrong)}."
    )


def _times(ratio: float) -> str:
    return f"{_number(ratio)} times what is allowed"


def _number(ratio: float) -> str:
    """Two digits: ``0.0042``, ``6.9e-7``, ``5.1e3``."""
    mantissa, _, exponent = f"{ratio:.2g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa
