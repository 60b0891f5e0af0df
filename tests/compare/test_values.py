"""Values: what is found, in which order, and the sentence about it."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from grader.compare import Comparison, Finding, Float32Reference, Rule, Statistic, compare
from grader.wire.values import Opaque

INF = math.inf
NAN = math.nan


def tensor(*values: Any) -> Tensor:
    """A float64 tensor."""
    return torch.tensor(values, dtype=torch.float64)


def finding(yours: Any, expected: Any, rule: Rule | None = None) -> Finding:
    """The finding of a comparison that must fail."""
    found = compare(yours, expected, rule or Rule()).finding
    assert found is not None
    return found


def draw(*shape: int, seed: int = 0) -> Tensor:
    """A float64 normal tensor."""
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


MESSAGES = [
    (
        None,
        tensor(1.0),
        "nothing",
        "returned None: `return` is missing, or what it returns is None",
    ),
    ([1.0], tensor(1.0), "type", "returned a list; the exercise asks for a tensor"),
    (
        0.5,
        tensor(1.0),
        "type",
        "returned a float; the exercise asks for a tensor: a Python number has lost the gradient",
    ),
    (
        torch.tensor(0.5),
        0.5,
        "type",
        "returned a tensor; the exercise asks for a float: call `.item()`",
    ),
    (
        torch.zeros(3, 2),
        0.5,
        "type",
        "returned a tensor; the exercise asks for a float, and it holds 6 values, shape (3, 2)",
    ),
    (
        Opaque("numpy.ndarray"),
        tensor(1.0),
        "type",
        "returned a numpy.ndarray; the exercise asks for a tensor: return a torch tensor",
    ),
    (
        Opaque("builtin_function_or_method"),
        tensor(1.0),
        "type",
        "returned a builtin_function_or_method; the exercise asks for a tensor: did you forget to "
        "call it?",
    ),
    (True, 1, "type", "returned a bool; the exercise asks for an int"),
    (True, 1.0, "type", "returned a bool; the exercise asks for a float"),
    (1.0, 1, "type", "returned a float; the exercise asks for an int: use `//` or `int(...)`"),
    (tensor(1.0), None, "type", "returned a tensor; the exercise asks for None"),
    (
        (tensor(1.0), None),
        (tensor(1.0), tensor(1.0)),
        "type",
        "item 1 is None; the exercise asks for a tensor",
    ),
    (
        {"mu": 1.0},
        {"mean": 1.0},
        "type",
        "the dict has no key 'mean' and has a key that is not asked for: 'mu'",
    ),
    (
        torch.zeros(3, 1),
        torch.zeros(3),
        "shape",
        "shape (3, 1), expected (3,): it would broadcast against the right answer without an "
        "error, so check the axis you reduce over",
    ),
    (
        torch.zeros(3, 4),
        torch.zeros(4, 3),
        "shape",
        "shape (3, 4), expected (4, 3): the same sizes in another order",
    ),
    (
        torch.zeros(3, 4),
        torch.zeros(2, 6),
        "shape",
        "shape (3, 4), expected (2, 6): as many values in another shape",
    ),
    (torch.zeros(3, 4), torch.zeros(5), "shape", "shape (3, 4), expected (5,)"),
    ([0.1, 0.2], [0.1, 0.2, 0.3], "shape", "returned a list of 2 items, expected 3"),
    (
        torch.zeros(2, dtype=torch.int64),
        tensor(0, 0),
        "dtype",
        "dtype int64, expected float64",
    ),
    (torch.zeros(2), tensor(0, 0), "dtype", "dtype float32, expected float64"),
    (tensor(0, 0), torch.tensor([0, 0]), "dtype", "dtype float64, expected int64"),
    (NAN, 0.5, "not_finite", "NaN"),
    (
        tensor(1, NAN, 3, NAN),
        tensor(1, 2, 3, 4),
        "not_finite",
        "NaN at [1] and 1 more place (of 4)",
    ),
    (tensor(1, INF, 3), tensor(1, 2, 3), "not_finite", "inf at [1] (of 3)"),
    (tensor(1, 0, 3), tensor(1, -INF, 3), "not_finite", "0.0 at [1] where -inf is expected (of 3)"),
    (tensor(1, INF), tensor(1, -INF), "not_finite", "inf at [1] where -inf is expected (of 2)"),
    (tensor(1, 2.5, 4), tensor(1, 2, 3), "value", "wrong values: 2 of 3 elements"),
    ([1.0, 2.5], [1.0, 2.0], "value", "wrong values: 1 of 2 elements"),
    (0.7310585786300049, 0.5, "value", "returned 0.7310585786300049, expected 0.5"),
    ({"loss": 1.0}, {"loss": 0.5}, "value", "loss: 1.0, expected 0.5"),
    (torch.tensor([1, 2]), torch.tensor([1, 3]), "exact", "wrong values: 1 of 2 elements"),
    (3, 4, "exact", "returned 3, expected 4"),
    ([1, 2], [2, 1], "exact", "returned [1, 2], expected [2, 1]"),
    ("mean", "sum", "exact", "returned 'mean', expected 'sum'"),
    (
        {"batch sizes": [4, 4]},
        {"batch sizes": [4, 4, 2]},
        "property",
        "batch sizes: yours [4, 4], expected [4, 4, 2]",
    ),
    (
        {"every index appears once": False},
        {"every index appears once": True},
        "property",
        "every index appears once: yours False, expected True",
    ),
]


@pytest.mark.parametrize(("yours", "expected", "kind", "message"), MESSAGES)
def test_message(yours: Any, expected: Any, kind: str, message: str) -> None:
    """Each way to be wrong has its kind and its sentence."""
    found = finding(yours, expected)
    assert (kind, message) == (found.kind, found.message)


@pytest.mark.parametrize(("yours", "expected", "kind", "message"), MESSAGES)
def test_ratio_of_a_failure_is_above_one(
    yours: Any, expected: Any, kind: str, message: str
) -> None:
    """A comparison that finds something has a ratio above 1, infinite if nothing was measured."""
    ratio = compare(yours, expected).ratio
    assert ratio > 1 if kind == "value" else ratio == INF


def test_nan_message_counts_the_other_places() -> None:
    """The first NaN is named, the rest are counted."""
    yours = draw(4, 3)
    yours[2:, 0] = yours[3, 1:] = yours[2, 2] = NAN
    found = finding(yours, draw(4, 3))
    assert found.message == "NaN at [2, 0] and 4 more places (of 12)"
    assert (found.evidence.failing, found.evidence.total) == (5, 12)


def test_worst_element_is_shown_in_full() -> None:
    """The worst element by error ÷ tolerance is reported, not the one with the largest error."""
    expected = tensor([1e6, 2e6], [1.0, 2.0])
    found = finding(expected + tensor([0.01, 0.0], [0.0, 1e-4]), expected)
    worst = found.evidence.worst
    assert worst is not None
    assert worst.where == "[1, 1]"
    assert (worst.yours, worst.expected) == ("2.0001", "2.0")
    assert (worst.off_by, worst.allowed) == ("1e-4", "2e-9")
    assert found.tolerance == pytest.approx(2e-9)
    assert found.error_ratio is not None
    assert found.error_ratio[1, 1].item() == pytest.approx(5e4)


def test_label_comes_before_the_place() -> None:
    """What is compared is named in the message and in the place of the worst element."""
    found = finding(draw(2, 3) * 2, draw(2, 3), Rule(label="gradient of x"))
    assert found.message == "gradient of x: wrong values: 6 of 6 elements"
    assert found.evidence.worst is not None
    assert found.evidence.worst.where.startswith("gradient of x [")


def test_missing_gradient_says_where_to_look() -> None:
    """A gradient of None means that the result does not depend on the argument."""
    found = finding(None, draw(3), Rule(label="gradient of x"))
    assert found.kind == "nothing"
    assert found.message.startswith("gradient of x is missing: the result does not depend on it")


def test_nested_results_name_the_item() -> None:
    """The path leads to the leaf that is wrong."""
    yours = (draw(3), {"state": [draw(2), draw(2) + 1]})
    found = finding(yours, (draw(3), {"state": [draw(2), draw(2)]}))
    assert found.path == (1, "state", 1)
    assert found.message == "item 1, state, item 1: wrong values: 2 of 2 elements"


def test_structure_of_the_whole_tree_comes_before_values() -> None:
    """A wrong shape in the last leaf is reported before wrong values in the first."""
    found = finding((draw(3) + 1, draw(4)), (draw(3), draw(5)))
    assert (found.kind, found.path) == ("shape", (1,))
    found = finding((draw(3), draw(4), 1.0), (draw(4), draw(4), draw(1)))
    assert (found.kind, found.path) == ("type", (2,))
    found = finding((draw(3) + 1, tensor(NAN)), (draw(3), tensor(1.0)))
    assert (found.kind, found.path) == ("not_finite", (1,))


@pytest.mark.parametrize(
    ("yours", "expected"),
    [
        ([draw(2), 1], (draw(2), 1)),
        (2, 2.0),
        ([1, 1.0, 0], [1.0, 1, 0.0]),
        (tensor(NAN, INF, -INF, 1), tensor(NAN, INF, -INF, 1)),
        (torch.zeros(0, 3), torch.zeros(0, 3)),
        (torch.zeros(3, 0), torch.zeros(3, 0)),
        ([], []),
        (NAN, NAN),
        (INF, INF),
        (10**400, 10**400),
        (10**400, INF),
        ([torch.tensor(1.0), torch.tensor(2.0)], [torch.tensor(1.0), torch.tensor(2.0)]),
        (torch.tensor([2**64 - 1], dtype=torch.uint64),) * 2,
        (torch.randn(3).bfloat16(),) * 2,
    ],
    ids=type,
)
def test_accepted_without_error(yours: Any, expected: Any) -> None:
    """Interchangeable structures and odd but equal values score 0."""
    if isinstance(yours, Tensor) and yours.dtype == torch.bfloat16:
        expected = yours.clone()
    assert compare(yours, expected) == Comparison(0.0)


@pytest.mark.parametrize(
    ("yours", "expected"),
    [
        (tensor(-1e308), tensor(1e308)),
        (tensor(1e308, 1e308), tensor(-1e308, 1e308)),
        (10**5000, 3),
        (10**400, 3.0),
        (torch.tensor([1, 2**63 - 1]), torch.tensor([1, -(2**63)])),
        (torch.tensor([0], dtype=torch.uint64), torch.tensor([2**64 - 1], dtype=torch.uint64)),
        (torch.tensor(1e308 + 1e308j), torch.tensor(-1e308 - 1e308j)),
        (torch.tensor(3.0).double(), torch.tensor(2.0).double()),
        (tensor(1.0, 1e-300), tensor(NAN, 0.0)),
    ],
    ids=type,  # pytest would write an int of 5000 digits
)
def test_extreme_values_fail_without_an_exception(yours: Any, expected: Any) -> None:
    """Overflowing differences and integers beyond every limit are findings like any other."""
    comparison = compare(yours, expected)
    assert comparison.finding is not None
    assert comparison.ratio > 1


def test_complex_values_are_compared_by_distance() -> None:
    """Complex tensors pass within the tolerance and fail beyond."""
    right = torch.complex(draw(5), draw(5, seed=1))
    assert compare(right * (1 + 1e-12j), right).finding is None
    assert finding(right.conj(), right).kind == "value"


def test_conjugate_views_and_gradients_are_plain_values() -> None:
    """Lazy conjugates and tensors that require gradients compare like others."""
    right = torch.complex(draw(5), draw(5, seed=1))
    assert compare(right.conj().conj(), right).ratio == 0
    assert compare(draw(5).requires_grad_(), draw(5)).ratio == 0


def test_nothing_is_broadcast_and_no_memory_is_taken() -> None:
    """Two shapes that would broadcast to 10^12 elements are told apart at once."""
    huge = torch.zeros(1, dtype=torch.float64).expand(10**6, 1)
    assert finding(huge, torch.zeros(10**6, dtype=torch.float64)).kind == "shape"


def test_tolerance_is_that_of_the_row() -> None:
    """A large row does not widen the tolerance of a small one; one axis is one row."""
    expected = tensor([1.0, 1e-3], [1e6, 1.0])
    assert compare(expected + tensor([9e-10, 0], [0, 0]), expected).ratio == pytest.approx(0.9)
    assert compare(expected + tensor([0, 9e-10], [0, 9e-4]), expected).ratio == pytest.approx(0.9)
    assert compare(expected + tensor([0, 1.1e-9], [0, 0]), expected).finding is not None
    assert compare(tensor(1e6, 1.0 + 9e-4), tensor(1e6, 1.0)).ratio == pytest.approx(0.9)


def test_floor_of_the_tolerance() -> None:
    """Where zero is expected, 1e-12 is allowed."""
    zero = torch.zeros(3, dtype=torch.float64)
    assert compare(zero + 1e-13, zero).ratio == pytest.approx(0.1)
    assert compare(zero + 1.1e-12, zero).finding is not None


def test_infinite_entries_do_not_widen_the_tolerance() -> None:
    """A row with -inf (a mask) is judged by its finite values."""
    expected = tensor([1.0, -INF], [2.0, 3.0])
    assert compare(expected + tensor([1e-8, 0.0], [0.0, 0.0]), expected).finding is not None


def test_list_of_floats_is_one_row() -> None:
    """A schedule is judged by its largest value; a tuple's elements each by their own."""
    assert compare([1e3, 1.0 + 9e-7], [1e3, 1.0]).ratio == pytest.approx(0.9)
    assert compare((1e3, 1.0 + 9e-7), (1e3, 1.0)).finding is not None
    scalars = [torch.tensor(v, dtype=torch.float64) for v in (1e3, 1.0 + 9e-7)]
    right = [torch.tensor(v, dtype=torch.float64) for v in (1e3, 1.0)]
    assert compare(scalars, right).ratio == pytest.approx(0.9)


def test_list_of_scalars_of_the_wrong_kind() -> None:
    """0-d tensors in a list of floats, and floats in a list of 0-d tensors, are type findings."""
    scalars = [torch.tensor(1.0).double(), torch.tensor(2.0).double()]
    found = finding(scalars, [1.0, 2.0])
    assert found.message == "item 0 is a tensor; the exercise asks for a float: call `.item()`"
    assert finding([1.0, 2.0], scalars).message.endswith("a Python number has lost the gradient")


def test_scale_sets_the_tolerance() -> None:
    """With a scale, every element may be wrong by 1e-9 of it."""
    rule = Rule(scale=100.0)
    assert compare(tensor(1.0 + 9e-8, 0.0), tensor(1.0, 0.0), rule).ratio == pytest.approx(0.9)
    assert compare(tensor(1.0), tensor(2.0), Rule(scale=NAN)).finding is not None
    assert compare(tensor(1.0), tensor(2.0), Rule(scale=INF)).finding is not None


def reference(f: Any, x: Tensor) -> Float32Reference:
    """The float32 reference of a function, with eight perturbed inputs."""
    generator = torch.Generator().manual_seed(1)
    noise = [torch.rand(x.shape, dtype=torch.float64, generator=generator) - 0.5 for _ in range(8)]
    return Float32Reference(f(x.float()), [f(x * (1 + n * 2**-23)) for n in noise])


@pytest.mark.parametrize(
    "f", [torch.tanh, lambda x: torch.softmax(x, -1), lambda x: x.cumsum(-1) - 1, torch.exp]
)
def test_float32_answers_pass_with_a_note(f: Any) -> None:
    """A right answer in float32 passes by its own bound, and the learner is told."""
    x = draw(20, 30)
    rule = Rule(float32=lambda: reference(f, x), label="output")
    comparison = compare(f(x.float()), f(x), rule)
    assert comparison.finding is None
    assert comparison.ratio < 0.1
    (note,) = comparison.notes
    assert note.startswith("output: answered in float32 and judged by the bound of float32")


def test_float32_answers_fail_beyond_their_bound() -> None:
    """An error of 1e-4 is wrong in float32 too; the reference is made once for a whole tree."""
    x, calls = draw(20, 30), []

    def make() -> Float32Reference:
        calls.append(1)
        one = reference(torch.tanh, x)
        return Float32Reference([one.float32] * 2, [[p, p] for p in one.perturbed])

    right = torch.tanh(x)
    yours = [right.float(), right.float() + 1e-4]
    comparison = compare(yours, [right, right], Rule(float32=make))
    assert comparison.finding is not None
    assert (comparison.finding.kind, comparison.finding.path) == ("value", (1,))
    assert len(calls) == 1


def test_float32_reference_is_not_made_for_float64() -> None:
    """Without a float32 answer nobody pays for its reference."""

    def never() -> Float32Reference:
        raise AssertionError

    assert compare(draw(3), draw(3), Rule(float32=never)).ratio == 0


def test_odd_float32_reference_adds_nothing() -> None:
    """A reference of another shape, or one that overflows, does not widen the bound."""
    right = draw(4)
    odd = Float32Reference(torch.full((4,), INF), [draw(5), None, [NAN] * 4])
    rule = Rule(float32=lambda: odd)
    assert compare(right.float(), right, rule).finding is None
    assert compare(right.float() + 1e-3, right, rule).finding is not None


def test_half_precision_is_never_accepted_for_float64() -> None:
    """Only float32 is a slip; float16 is another answer."""
    rule = Rule(float32=lambda: reference(torch.tanh, draw(4)))
    assert finding(draw(4).half(), draw(4), rule).message == "dtype float16, expected float64"


def test_statistics_are_judged_by_themselves() -> None:
    """Only whether the learner's own statistic holds matters."""
    good, bad = Statistic(1.01, 0.9, 1.1, 1.0), Statistic(1.4, 0.999, 1.001, 1.0)
    assert compare({"scale": good}, {"scale": bad}).ratio == pytest.approx(0.1)
    found = finding({"scale of the weights": bad}, {"scale of the weights": good})
    assert found.kind == "statistic"
    assert found.message == (
        "scale of the weights: 1.4, expected 1; a right answer lies between 0.999 and 1.001"
    )
    assert found.evidence.worst is None
    assert found.tolerance == pytest.approx(1e-3)
    found = finding({"scale": Statistic(1.4142, 0.999, 1.001, 1.0)}, {"scale": good})
    assert found.evidence.pattern == "1.414 times the expected value: √2 within 1 %"


def test_statistic_of_nothing_says_so() -> None:
    """NaN is explained in words."""
    bad = Statistic(NAN, -0.1, 0.1, 0.0)
    found = finding({"mean": bad}, {"mean": bad})
    assert found.message == (
        "mean: no number comes out (no values, NaN, infinite or all the same), expected 0; "
        "a right answer lies between -0.1 and 0.1"
    )


def test_properties_are_reported_in_their_order() -> None:
    """The first property that fails is the finding, even if a later one fails by more."""
    yours = {"mean": Statistic(2.0, -1, 1, 0.0), "scale": Statistic(9.0, 0.9, 1.1, 1.0)}
    assert finding(yours, yours).path == ("mean",)


def test_long_plain_values_are_cut() -> None:
    """A message stays a line however long the lists are."""
    found = finding({"order": list(range(10_000))}, {"order": list(range(10_001))})
    assert len(found.message) < 160
    assert found.message.startswith("order: yours [0, 1, 2, 3")
