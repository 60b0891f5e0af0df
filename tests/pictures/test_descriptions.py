"""The finding in words, for each kind of picture."""

from __future__ import annotations

import math

import numpy
import pytest

from grader.pictures import curve, descent, heat_map, histogram, scatter, tokens


def test_a_curve_names_the_first_index_where_the_two_part() -> None:
    """Both values stand there, with the digits that tell them apart, and the worst step."""
    expected = numpy.linspace(1, 0, 11)
    yours = expected.copy()
    yours[4:] -= 1e-6
    yours[7] = 0.5
    picture = curve(range(11), yours, expected, tolerance=1e-9, title="decay")
    assert picture.description == (
        "The curves part at step 4: yours 0.599999, expected 0.6. 7 of 11 values are outside the "
        "tolerance of 1e-9; the largest difference, 0.2, is at step 7."
    )


def test_a_curve_says_which_index_a_step_has() -> None:
    """Steps that aren't counted from 0 keep their own numbers."""
    picture = curve([100, 200], [1, 2], [1, 3], tolerance=1e-9, title="", x_label="epoch")
    assert "part at epoch 200 (index 1): yours 2, expected 3." in picture.description


def test_a_curve_of_another_length_says_so() -> None:
    """What both have is compared."""
    picture = curve(range(3), [1, 2], [1, 2, 3], tolerance=1e-9, title="")
    assert picture.description == (
        "Yours has 2 values, expected are 3. All 2 differences are within the tolerance of 1e-9."
    )


def test_a_nan_parts_two_curves() -> None:
    """NaN never equals, and is marked where the residual has a gap."""
    picture = curve(range(3), [1, math.nan, 3], [1, 2, 3], tolerance=1e-9, title="")
    assert "part at step 1: yours NaN, expected 2." in picture.description
    assert ">not finite<" in picture.svg


def test_a_histogram_names_the_nearest_mark() -> None:
    """A spread of √(2/fan_out) where √(2/fan_in) is expected is called by its name."""
    sample = numpy.tile([-0.03125, 0.03125], 500)
    picture = histogram(
        sample,
        density=lambda x: numpy.exp(-0.5 * (x / 0.0625) ** 2),
        marks={"±√(2/fan_in)": 0.0625, "±√(2/fan_out)": 0.03125},
        title="weights",
    )
    assert picture.description == (
        "Your 1000 values have a standard deviation of 0.03125 about a mean of 0; expected is "
        "0.0625, so yours are 0.5 times as wide. The mark nearest to that deviation is "
        "±√(2/fan_out) = 0.03125 (ratio 1). The largest magnitude is 0.03125, nearest to "
        "±√(2/fan_out) = 0.03125 (ratio 1)."
    )


def test_a_histogram_counts_what_is_not_finite() -> None:
    """NaN is not in the histogram, so it is in the sentence."""
    picture = histogram([1.0, math.nan], density=None, marks={}, title="")
    assert picture.description.startswith("1 of 2 values are not finite. Your 1 value ")


def test_a_descent_names_the_first_step_outside() -> None:
    """Step 1 right and step 2 wrong is the finding."""
    expected = numpy.zeros((5, 3))
    yours = expected.copy()
    yours[1:, 0] = [1e-4, 2e-4, 3e-4, 4e-4]
    picture = descent(yours, expected, tolerance=1e-9, title="momentum")
    assert picture.description == (
        "Step 2 is the first outside the tolerance: the distance is 0.0001, allowed is 1e-9. "
        "Step 1 is right. At step 5 the distance is 0.0004."
    )
    assert ">first outside: step 2<" in picture.svg


def test_a_descent_within_the_tolerance_says_so() -> None:
    """No step is named when none is wrong."""
    picture = descent([[1.0], [2.0]], [[1.0], [2.0]], tolerance=1e-9, title="")
    assert picture.description == "All 2 steps are within the tolerance of 1e-9."


def wrong_at(*places: tuple[object, object], shape: tuple[int, int] = (20, 30)) -> numpy.ndarray:
    """An array of error ÷ tolerance that is 1000 at some places."""
    ratio = numpy.full(shape, 1e-6)
    for place in places:
        ratio[place] = 1000.0
    return ratio


ALL = slice(None)


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (wrong_at(), "All 600 cells are within the tolerance."),
        (wrong_at((3, ALL), (6, ALL)), "stripes by token: tokens 3 and 6."),
        (wrong_at((ALL, 29)), "stripes by feature: feature 29."),
        (wrong_at((4, 5), (11, 7)), "single cells, [4, 5] and [11, 7]."),
        (wrong_at((ALL, ALL)), "uniform, no token and no feature stands out."),
        (
            10.0 ** (3 + numpy.arange(20)[:, None] % 5 + numpy.zeros(30)),
            "stripes by token, of different size.",
        ),
        (
            10.0 ** (3 + numpy.arange(30)[None, :] % 5 + numpy.zeros((20, 1))),
            "stripes by feature, of different size.",
        ),
        (numpy.empty((0, 4)), "There are no cells to compare."),
    ],
)
def test_a_heat_map_names_the_pattern(ratio: numpy.ndarray, words: str) -> None:
    """Stripes, single cells and uniform errors have different causes, so they have names."""
    picture = heat_map(ratio, rows="token", columns="feature", title="layer norm")
    assert words in picture.description


def test_a_heat_map_marks_the_normalised_axis() -> None:
    """The axis that statistics run along is named as such."""
    picture = heat_map(wrong_at(), columns="feature", normalised="columns", title="")
    assert ">feature (normalised along this axis)<" in picture.svg


def test_a_large_heat_map_says_that_it_is_reduced() -> None:
    """One wrong cell of a large array stays visible, and the reader knows what a block is."""
    picture = heat_map(wrong_at((100, 150), shape=(300, 300)), title="")
    assert "s-bad" in picture.svg
    assert "single cells, [100, 150]." in picture.description
    assert picture.description.endswith("Each block of the picture shows the worst of its cells.")


def test_tokens_recognise_padding_that_was_counted() -> None:
    """A perplexity that is exactly the mean over everything is told so."""
    nll = numpy.array([[1.0, 2.0, 9.0], [3.0, 9.0, 9.0]])
    counted = nll < 9
    picture = tokens(
        nll, counted=counted, title="perplexity", yours=math.exp(nll.mean()), expected=math.exp(2)
    )
    assert picture.description == (
        "3 of 6 tokens count; their mean is 2 nats, a perplexity of 7.389. The expected perplexity "
        "is 7.389. Yours is 244.7, which implies a mean of 5.5 nats, the mean of all tokens, "
        "padding included."
    )


def test_tokens_imply_the_mean_in_their_own_unit() -> None:
    """In bits the logarithm is to base 2."""
    picture = tokens([1.0, 3.0], counted=[1, 1], title="", yours=4.0, unit="bits")
    assert "implies a mean of 2 bits, the mean of the counted tokens." in picture.description


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda g: -g, "Every one has the opposite sign."),
        (lambda g: 0.5 * g, "Every one is 0.5 times what is expected."),
        (lambda g: g + 0.25, "Every one differs by the same amount, 0.25."),
        (lambda g: g.T, "Yours is the transpose of what is expected."),
        (lambda g: 0 * g, "All of yours are zero."),
        (lambda g: g, "All 9 points lie on the diagonal."),
    ],
)
def test_a_scatter_names_a_simple_relation(change: object, words: str) -> None:
    """Sign, factor, offset and transpose are seen at once."""
    gradient = numpy.arange(9.0).reshape(3, 3) + 1
    assert callable(change)
    assert words in scatter(change(gradient), gradient, title="").description


def test_a_scatter_names_the_furthest_point() -> None:
    """The place is an index into the gradient's own shape."""
    gradient = numpy.ones((2, 3))
    yours = gradient.copy()
    yours[1, 2] = 5
    assert scatter(yours, gradient, title="").description == (
        "1 of 6 points are off the diagonal. The furthest is [1, 2]: yours 5, expected 1."
    )


@pytest.mark.parametrize("yours", [[-1e308, 1e308], [1e308, -1e308]])
@pytest.mark.parametrize("expected", [[0.0, 0.0], [-1e308, -1e308], [1e-299, 0.0]])
def test_a_scatter_of_the_largest_numbers_has_no_relation(
    yours: list[float], expected: list[float]
) -> None:
    """Differences and quotients of them overflow, which is no reason to warn, or to find one."""
    words = scatter(yours, expected, title="").description
    assert "Every one" not in words
    assert "The furthest is" in words
