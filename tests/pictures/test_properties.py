"""What holds for every picture, whatever a learner's function returned."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import pictures
from grader.result import Picture

NUMBERS = st.floats() | st.sampled_from([0.0, 1e308, -1e308, 5e-324, math.nan, math.inf, 1e-9])
CONSTANTS = st.builds(lambda value, size: [value] * size, NUMBERS, st.integers(0, 400))
SMOOTH = st.builds(lambda size: numpy.sin(numpy.arange(size)), st.integers(0, 5000))
VECTORS = st.lists(NUMBERS, max_size=30) | CONSTANTS | SMOOTH
MATRICES = st.builds(
    lambda seed, rows, columns, decades: (
        10 ** numpy.random.default_rng(seed).uniform(-3, decades, size=(rows, columns))
    ),
    st.integers(0, 99),
    st.integers(0, 90),
    st.integers(0, 90),
    st.sampled_from([1, 9, 308]),
)
NAMES = st.text(max_size=40) | st.sampled_from(["±√(2/fan_in)", "$x$", "<&>", "\x00", "\ud800"])
MARKS = st.dictionaries(NAMES, NUMBERS, max_size=10)

ALLOWED_TAGS = {"svg", "title", "desc", "g", "path", "circle", "text"}
BUDGET = 15 * 1024

relaxed = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def check(picture: Picture) -> None:
    """Asserts what a strict page relies on."""
    root = ElementTree.fromstring(picture.svg)
    assert len(picture.svg.encode()) <= BUDGET
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert root.get("aria-labelledby") == " ".join(ids[:2])
    for element in root.iter():
        assert element.tag.rpartition("}")[2] in ALLOWED_TAGS
        assert "style" not in element.attrib
        assert not any(name.startswith("on") for name in element.attrib)
        assert "href" not in element.attrib
        assert re.fullmatch(r"[-mlhvqcz0-9. ]*", element.get("d", ""))
    assert picture.description


@relaxed
@given(VECTORS, VECTORS, VECTORS, NUMBERS, MARKS, NAMES)
def test_any_schedule_can_be_drawn(
    steps: Any, yours: Any, expected: Any, tolerance: float, marks: dict[str, float], name: str
) -> None:
    """A curve never raises, and its picture is small, plain and well-formed."""
    check(
        pictures.curve(
            steps, yours, expected, tolerance=tolerance, title=name, marks=marks, y_label=name
        )
    )


@relaxed
@given(
    VECTORS,
    st.sampled_from([None, lambda x: numpy.exp(-x * x), lambda x: x * math.nan, lambda x: 1e308]),
    MARKS,
)
def test_any_sample_can_be_drawn(
    sample: Any, density: Callable[[Any], Any] | None, marks: dict[str, float]
) -> None:
    """A histogram never raises, with or without a usable density."""
    check(pictures.histogram(sample, density=density, marks=marks, title="weights"))


@relaxed
@given(MATRICES | st.lists(VECTORS, max_size=5), MATRICES | VECTORS, NUMBERS, VECTORS)
def test_any_trajectory_can_be_drawn(
    yours: Any, expected: Any, tolerance: float, losses: Any
) -> None:
    """A descent never raises, not even for ragged or missing steps."""
    check(
        pictures.descent(yours, expected, tolerance=tolerance, title="descent", loss_yours=losses)
    )


@relaxed
@given(MATRICES | VECTORS, st.sampled_from([None, "rows", "columns"]), NAMES)
def test_any_array_can_be_mapped(ratio: Any, normalised: Any, name: str) -> None:
    """A heat map never raises and keeps its size, however scattered the errors are."""
    check(pictures.heat_map(ratio, rows=name, columns=name, normalised=normalised, title=name))


@relaxed
@given(MATRICES | VECTORS, MATRICES | VECTORS, st.none() | NUMBERS, st.none() | NUMBERS, NAMES)
def test_any_sequence_can_be_drawn(
    nll: Any, counted: Any, yours: float | None, expected: float | None, unit: str
) -> None:
    """Tokens never raise, whatever counts and whatever the perplexity is."""
    check(
        pictures.tokens(
            nll, counted=counted, title="tokens", yours=yours, expected=expected, unit=unit
        )
    )


@relaxed
@given(MATRICES | VECTORS, MATRICES | VECTORS)
def test_any_gradient_can_be_drawn(yours: Any, expected: Any) -> None:
    """A scatter never raises, also for different shapes."""
    check(pictures.scatter(yours, expected, title="gradient"))


@pytest.mark.parametrize("values", [None, "text", [10**400], [[1], [2, 3]], {}, object(), [1j]])
def test_what_is_no_number_is_drawn_as_nothing(values: Any) -> None:
    """An answer of the wrong kind gives a picture without it."""
    check(pictures.curve(values, values, values, tolerance=1e-9, title="odd"))
    check(pictures.heat_map(values, title="odd"))
    check(pictures.descent(values, [[1.0]], tolerance=1e-9, title="odd"))


def test_a_million_points_are_thinned_out() -> None:
    """The size of a picture does not grow with the data."""
    values = numpy.random.default_rng(0).normal(size=(1000, 1000))
    flat = values.reshape(-1)
    check(pictures.curve(flat, flat, -flat, tolerance=1e-9, title="large"))
    check(pictures.histogram(values, density=None, marks={}, title="large"))
    check(pictures.descent(flat, -flat, tolerance=1e-9, title="large", loss_yours=flat))
    check(pictures.heat_map(values, title="large"))
    check(pictures.tokens(values, counted=values > 0, title="large"))
    check(pictures.scatter(values, values.T, title="large"))


def test_tensors_are_taken_as_they_come() -> None:
    """Tensors that need gradients, in any precision, are read without a copy by the author."""
    torch = pytest.importorskip("torch")
    weights = torch.ones(3, 4, dtype=torch.bfloat16, requires_grad=True)
    check(pictures.heat_map(weights, title="tensor"))
    check(pictures.descent([weights, weights], [weights], tolerance=1e-9, title="tensors"))


def test_the_same_data_give_the_same_bytes() -> None:
    """Two pictures of the same data are equal, so that two reports are."""
    first, second = (
        pictures.curve([0, 1, 2], [0.0, 1.0, 2.0], [0.0, 1.0, 2.5], tolerance=1e-9, title="same")
        for _ in range(2)
    )
    assert first == second


def test_ids_of_different_pictures_do_not_clash() -> None:
    """Two pictures on one page share no id."""
    one = pictures.scatter([1.0], [2.0], title="one")
    other = pictures.scatter([1.0], [2.0], title="other")
    assert set(re.findall(r' id="([^"]+)"', one.svg)).isdisjoint(
        re.findall(r' id="([^"]+)"', other.svg)
    )
