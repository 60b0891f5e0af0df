"""Judging the outcome of one case: the learner's, an alternative's or a mistake's, all by one rule.

The tests come in the order of what a learner should mend first: it raised → nothing, type, shape,
dtype, finite → values → gradients → inputs untouched → global state untouched. The first that fails
is the message; later ones are not computed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Literal

import torch
from msgspec import structs
from torch import Tensor

from grader.compare import Comparison, Finding, Float32Reference, Rule, compare, follow, kind_of
from grader.exercise import Case
from grader.oracle import Oracle
from grader.result import Evidence
from grader.trusted import Outcome, mapped

Stage = Literal["passed", "raised", "value", "gradient", "input", "global"]

_LONG_NUMBER: Final = 7
_MOST_TIMES: Final = 10
_MOST_MORE: Final = 10_000
# So many indices are shown in full where they tell a call from the others.
_FEW: Final = 8

_OF_CALLS: Final = (
    (
        "shifted by one along axis 0: yours[i] is expected[i + 1]",
        "shifted by one: every answer is what the next call should give",
    ),
    (
        "shifted by one along axis 0: yours[i] is expected[i - 1]",
        "shifted by one: every answer is what the call before should give",
    ),
    ("yours is reversed along axis 0", "the answers come in the reverse order of the calls"),
    ("the first index", "the first call"),
    ("the last index", "the last call"),
)
"""How `grader.compare.patterns` speaks of a row of answers, and what that means of calls."""

_LEFT_AS_FOUND: Final = {
    "the global random generator (torch)": (
        "no torch.manual_seed, no draw without generator=, and no new nn.Linear, nn.RNN or "
        "nn.Embedding, whose first weights are drawn from it"
    ),
    "grad mode": "with torch.no_grad(): puts it back, torch.set_grad_enabled does not",
}
"""How a global thing stays as it was."""


@dataclass(frozen=True)
class Assessment:
    """What is to be said about an outcome.

    Attributes:
        stage: the test that failed first.
        message: what happened, in a sentence; empty when passed.
        evidence: what was seen, None when passed without a note.
        ratio: the largest error ÷ tolerance; 0 for an exact answer, inf where nothing compares.
        call: index of the call that the message is about.
        finding: the finding behind the message, if values or gradients were compared.
        gradient: name of the argument whose gradient was wrong.
    """

    stage: Stage
    message: str = ""
    evidence: Evidence | None = None
    ratio: float = 0.0
    call: int = 0
    finding: Finding | None = None
    gradient: str = ""

    @property
    def passed(self) -> bool:
        """Whether the outcome is right."""
        return self.stage == "passed"


def assess(oracle: Oracle, outcome: Outcome) -> Assessment:
    """Judges an outcome of a case.

    Args:
        oracle: the case, with its inputs and right answers.
        outcome: what came of its calls.
    """
    case = oracle.case
    if case.raises is not None:
        return _raising(case.raises, oracle, outcome)
    if outcome.raised is not None:
        raised = outcome.raised
        return Assessment("raised", f"raised {raised.types[0]}", ratio=math.inf, call=raised.call)
    checked = _values(oracle, outcome)
    if checked.passed and case.gradients:
        checked = _worse(checked, _gradients(oracle, outcome))
    if checked.passed and outcome.modified:
        return _modified(outcome, checked.ratio)
    if checked.passed and outcome.globals_changed:
        changed = " and ".join(outcome.globals_changed)
        advice = [_LEFT_AS_FOUND[one] for one in outcome.globals_changed if one in _LEFT_AS_FOUND]
        how = f" ({'; '.join(advice)})" if advice else ""
        message = f"changed global state: {changed}; leave it as it was found{how}"
        return Assessment("global", message, Evidence(), ratio=math.inf)
    return checked


def observable(oracle: Oracle, outcome: Outcome) -> bool:
    """Whether the case's ``observe=`` may be asked about these answers: their kinds are right."""
    if oracle.case.observe is None:
        return False
    pairs = zip(outcome.values, oracle.expected.values, strict=True)
    return all(_kind(oracle.case, yours, right) is None for yours, right in pairs)


def _kind(case: Case, yours: Any, right: Any) -> Finding | None:
    """What keeps a case's ``observe=`` from seeing an answer; shown states are its own affair."""
    if not case.shows:
        return kind_of(yours, right)
    return kind_of(_present(yours["returned"], right["returned"]), right["returned"])


def _present(yours: Any, right: Any) -> Any:
    """An answer whose missing items are right ones: a case that looks at others is not theirs."""
    if isinstance(right, (list, tuple)) and isinstance(yours, (list, tuple)):
        pairs = zip(yours, right, strict=False)
        return [*(theirs if mine is None else mine for mine, theirs in pairs), *yours[len(right) :]]
    return yours


def _far_too_much(yours: Any, right: Any) -> Finding | None:
    """An answer far larger than any right one: an author's ``observe=`` would take long over it."""
    most = _MOST_TIMES * _size(right) + _MOST_MORE
    size = _size(yours)
    if size <= most:
        return None
    return Finding(
        "shape", f"the answer has {size:,} values, expected about {_size(right):,}", Evidence()
    )


def _size(value: Any) -> int:
    """How many values there are in an answer."""
    if isinstance(value, Tensor):
        return value.numel()
    if isinstance(value, dict):
        value = tuple(value.values())
    return sum(map(_size, value)) if isinstance(value, (list, tuple)) else 1


def _raising(kind: type[Exception], oracle: Oracle, outcome: Outcome) -> Assessment:
    if outcome.raised is not None and kind.__name__ in outcome.raised.types:
        return Assessment("passed")
    if outcome.raised is not None:
        seen = f"raised {outcome.raised.types[0]}, expected {kind.__name__}"
        return Assessment("raised", seen, Evidence(), math.inf, outcome.raised.call)
    seen = f"returned an answer, but must raise {kind.__name__} here"
    return Assessment("value", seen, Evidence(), math.inf)


def _values(oracle: Oracle, outcome: Outcome) -> Assessment:
    case, expected = oracle.case, oracle.expected.values
    if case.observe is not None:
        return _observed(oracle, outcome)
    if case.trajectory is not None:
        return _followed(oracle, outcome, case.trajectory.steps)
    rule = Rule(float32=None if case.float64_only else _fallback(oracle))
    if all(isinstance(value, (int, float)) for value in expected):
        return _curve(oracle, outcome, rule)
    total = Assessment("passed")
    for call, (yours, right) in enumerate(zip(outcome.values, expected, strict=True)):
        part = Rule(float32=None if case.float64_only else _fallback(oracle, call))
        place = _place(oracle.calls, call) if len(expected) > 1 else ""
        total = _worse(total, _said(compare(yours, right, part), call, place))
        if not total.passed:
            break
    return total


def _curve(oracle: Oracle, outcome: Outcome, rule: Rule) -> Assessment:
    """Answers that are numbers, one per call, as one row of values."""
    expected = oracle.expected.values
    for call, (yours, right) in enumerate(zip(outcome.values, expected, strict=True)):
        finding = kind_of(yours, right)
        if finding is not None:
            return _said(Comparison.failed(finding), call, _place(oracle.calls, call))
    if len(expected) == 1:
        return _said(compare(outcome.values[0], expected[0], rule), 0, "")
    comparison = compare(list(outcome.values), list(expected), rule)
    worst = comparison.finding.error_ratio if comparison.finding else None
    call = int(worst.nan_to_num(math.inf).argmax()) if worst is not None else 0
    said = _said(comparison, call, "")
    if said.passed or said.evidence is None:
        return said
    return replace(said, evidence=_by_call(said.evidence, oracle.calls, call))


def _observed(oracle: Oracle, outcome: Outcome) -> Assessment:
    for call, (yours, right) in enumerate(zip(outcome.values, oracle.expected.values, strict=True)):
        finding = _kind(oracle.case, yours, right) or _far_too_much(yours, right)
        if finding is not None:
            return _said(Comparison.failed(finding), call, "")
    right = oracle.observed
    try:
        seen = oracle.observe(outcome.values)
    except Exception as error:
        if not oracle.case.shows:
            raise
        # States are shown as they are, whatever was done to them; the reference's can be observed.
        what = f"what it left of its arguments cannot be judged ({type(error).__name__}: {error})"
        message = f"{what}; leave lists, dicts and tensors what they were"
        return Assessment("value", message, Evidence(), ratio=math.inf)
    return _said(compare(seen, right), 0, "")


def _followed(oracle: Oracle, outcome: Outcome, steps: int) -> Assessment:
    expected = oracle.expected.values
    for yours, right in zip(outcome.values, expected, strict=True):
        finding = kind_of(yours, right)
        if finding is None and isinstance(yours, Tensor) and yours.shape != right.shape:
            finding = compare(yours, right).finding
        if finding is not None:
            return _said(Comparison.failed(finding), 0, "")
    comparison = follow(
        outcome.values[:steps],
        expected[:steps],
        outcome.values[steps:],
        expected[steps:],
        oracle.scale or 1.0,
    )
    return _said(comparison, 0, "")


def _gradients(oracle: Oracle, outcome: Outcome) -> Assessment:
    if outcome.gradient_problem:
        message = f"the gradient cannot be computed: {outcome.gradient_problem}"
        return Assessment("gradient", message, Evidence(), math.inf)
    total = Assessment("passed")
    for call, (yours, right) in enumerate(
        zip(outcome.gradients, oracle.expected.gradients, strict=True)
    ):
        value = outcome.values[call]
        single = isinstance(value, Tensor) and value.dtype == torch.float32
        for name in oracle.case.gradients:
            part = _gradient(oracle, name, call, yours.get(name), right[name], single)
            total = _worse(total, part)
            if not total.passed:
                return total
    return total


def _gradient(
    oracle: Oracle, name: str, call: int, yours: Any, right: Any, single: bool
) -> Assessment:
    named = partial(by_name, oracle.calls[call][name])
    yours, right = named(yours), named(right)
    yours = _filled(yours, right)
    cut = _cut(yours, right)
    if cut is not None:
        message = (
            f"no gradient reaches {f'{name}, {cut}' if cut else name}: the result is cut off from "
            "it (by detach, .data, .item(), torch.tensor(...) or no_grad)"
        )
        return Assessment("gradient", message, Evidence(), math.inf, call, gradient=name)
    fallback = _fallback(oracle, call, name)
    rule = Rule(
        label=f"gradient of {name}",
        float32=lambda: _renamed(fallback(), named),
    )
    if single:
        # The leaf is float64, so its gradient is too; it is no more exact than the answer was.
        yours = mapped(yours, lambda one: one.float() if one.dtype == torch.float64 else one)
    said = _said(compare(yours, right, rule), call, "")
    return said if said.passed else replace(said, stage="gradient", gradient=name)


def by_name(argument: Any, gradient: Any) -> Any:
    """The gradients of a list or dict of tensors by what each is called: ``"w_ih"``, ``"item 1"``.

    Args:
        argument: what they are the gradients of.
        gradient: one for each floating-point tensor in it, in order; one alone is left as it is.
    """
    if isinstance(argument, Tensor) or not isinstance(gradient, (list, tuple)):
        return gradient
    names = _names(argument)
    return dict(zip(names, gradient, strict=True)) if len(names) == len(gradient) else gradient


def _names(value: Any, path: tuple[str, ...] = ()) -> list[str]:
    """What the floating-point tensors in a value are called, in their order."""
    if isinstance(value, Tensor):
        return [", ".join(path)] if value.is_floating_point() else []
    if isinstance(value, (list, tuple)):
        value = {f"item {index}": item for index, item in enumerate(value)}
    if isinstance(value, dict):
        return [n for key, item in value.items() for n in _names(item, (*path, str(key)))]
    return []


def _renamed(single: Float32Reference, named: Callable[[Any], Any]) -> Float32Reference:
    return Float32Reference(
        float32=named(single.float32), perturbed=tuple(map(named, single.perturbed))
    )


def _filled(yours: Any, right: Any) -> Any:
    """The gradient with zeros where none arrived and zeros are right: that is the same thing."""
    if isinstance(right, dict) and isinstance(yours, dict):
        return {key: _filled(yours[key], theirs) for key, theirs in right.items()}
    if yours is None and isinstance(right, Tensor) and not right.any():
        return torch.zeros_like(right)
    return yours


def _cut(yours: Any, right: Any) -> str | None:
    """Which gradient is missing that the reference has: empty if it is all of it, None if none."""
    if isinstance(right, dict) and isinstance(yours, dict):
        wanted = [key for key, theirs in right.items() if theirs is not None]
        missing = [key for key in wanted if yours[key] is None]
        return ("" if missing == wanted else " and ".join(missing)) if missing else None
    return "" if yours is None and isinstance(right, Tensor) else None


def _modified(outcome: Outcome, ratio: float) -> Assessment:
    call, name, how = outcome.modified[0]
    message = f"changed its argument {name} {how}; work on a copy, the caller still needs it"
    return Assessment("input", message, Evidence(), max(ratio, math.inf), call)


def _fallback(oracle: Oracle, call: int | None = None, gradient: str = "") -> Callable[[], Any]:
    """What float32 costs the part of the outcome that is compared, computed when it is needed."""

    def part(outcome: Outcome) -> Any:
        if gradient:
            return outcome.gradients[call or 0][gradient]
        return list(outcome.values) if call is None else outcome.values[call]

    return lambda: oracle.float32(part)


def _said(comparison: Comparison, call: int, place: str) -> Assessment:
    finding = comparison.finding
    if finding is None:
        evidence = Evidence(notes=comparison.notes) if comparison.notes else None
        return Assessment("passed", evidence=evidence, ratio=comparison.ratio)
    evidence = finding.evidence
    if place:
        evidence = _placed(evidence, place)
    return Assessment("value", finding.message, evidence, comparison.ratio, call, finding)


def _placed(evidence: Evidence, place: str) -> Evidence:
    """The evidence with the call named: after the place inside its answer, or as a note."""
    worst = evidence.worst
    if worst is None:
        return structs.replace(evidence, notes=(*evidence.notes, f"in the call with {place}"))
    where = f"{worst.where} with {place}" if worst.where else place
    return structs.replace(evidence, worst=structs.replace(worst, where=where))


def _by_call(evidence: Evidence, calls: Sequence[Mapping[str, Any]], call: int) -> Evidence:
    """Evidence about a row of answers in terms of the calls: the learner sees no row, no index."""
    worst, pattern = evidence.worst, evidence.pattern
    for said, meant in _OF_CALLS:
        pattern = pattern.replace(said, meant)
    pattern = re.sub(
        r"\bindex (\d+)", lambda found: f"the call with {_place(calls, int(found[1]))}", pattern
    )
    if worst is not None:
        worst = structs.replace(worst, where=_place(calls, call))
    return structs.replace(evidence, worst=worst, pattern=pattern)


def _place(calls: Sequence[Mapping[str, Any]], call: int) -> str:
    """What tells a call from the others: "step=7", or "x of shape (4, 4)"."""
    if len(calls) < 2:
        return ""
    plain: dict[str, str] = {}
    others: dict[str, str] = {}
    for name, value in calls[call].items():
        words = _telling(name, value)
        if any(words != _telling(name, other.get(name)) for other in calls):
            (plain if isinstance(value, (int, float, str)) else others)[name] = words
    if plain:
        return ", ".join(plain.values())
    missing = [f"{name} left out" for one in calls for name in one if name not in calls[call]]
    told = [words for words in (*others.values(), *missing) if words]
    return told[0] if told else f"call {call + 1} of {len(calls)}"


def _telling(name: str, value: Any) -> str:
    """An argument in as few words as tell it from that of another call, empty if few do not."""
    if isinstance(value, (int, float, str)):
        return f"{name}={_spelled(value)}"
    if isinstance(value, tuple) and all(isinstance(item, int) for item in value):
        return f"{name}={value!r}"
    if not isinstance(value, Tensor):
        return ""
    if value.dim() == 1 and not value.is_floating_point() and value.numel() <= _FEW:
        return f"{name}={value.tolist()}"
    return f"{name} of shape {tuple(value.shape)}"


def _spelled(value: float | str) -> str:
    text = repr(value)
    return f"{value:.5g}" if isinstance(value, float) and len(text) > _LONG_NUMBER else text


def _worse(first: Assessment, second: Assessment) -> Assessment:
    """Both as one: the failure if there is one, the larger ratio and all notes if not."""
    if not second.passed:
        return second
    notes = tuple(
        dict.fromkeys(
            note for one in (first, second) if one.evidence for note in one.evidence.notes
        )
    )
    return Assessment(
        "passed",
        evidence=Evidence(notes=notes) if notes else None,
        ratio=max(first.ratio, second.ratio),
    )


def judged(case: Case) -> str:
    """How a case is judged, in a sentence for the report."""
    if case.raises is not None:
        return f"The call must raise {case.raises.__name__}."
    if case.observe is not None:
        return (
            "Judged by what must hold of every right answer; a statistic among that rejects a "
            "right one once in 10⁹."
        )
    if case.trajectory is not None:
        return (
            f"{case.trajectory.steps} steps in float64, each state within 1e-9 of the weights' "
            "norm; on failure every step is restarted from the right state."
        )
    rule = "Values in float64, within 1e-9 of the largest value in the row."
    if case.gradients:
        return f"{rule} Gradients by a random upstream gradient, by the same rule."
    return rule
