"""Draws the figures of the lessons: ``python solutions/figures.py``.

Every figure is computed with the course's own functions, and shows what they give, never how they
do it. The files lie beside the lessons, in ``exercises/<topic>/figures/``, so that ``dlgrade init``
copies both. Nothing depends on the day or the machine: a test draws them again and compares.

Lengths are points of the drawing, from its lower left corner. A page shows a figure about 700
pixels wide, so that a point is a pixel there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import matplotlib
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from grader import course
from grader.pictures import PALETTE, figure_to_picture, sheet
from grader.result import Picture

ROOT: Final = Path(__file__).parents[1]

WIDTH: Final = 700.0
TEXT: Final = 13.0
SMALL: Final = 12.0
POINTS_PER_INCH: Final = 72.0

INK, MUTED, GRID = PALETTE["ink"], PALETTE["muted"], PALETTE["grid"]
SHADE, PAPER = PALETTE["shade"], PALETTE["paper"]
BLUE: Final = PALETTE["expected"]
# Orange and blue stay apart for every kind of colour blindness, and in grey.
ORANGE: Final = "#c2570c"

SIGNED: Final = LinearSegmentedColormap.from_list("signed", [BLUE, "#fbfbfb", ORANGE], N=31)
REACH: Final = 3.0
"""Cells beyond this have the full colour."""

DASHED: Final = (0, (4.0, 2.5))
DOTTED: Final = (0, (1.5, 2.0))

Draw = Callable[[], Picture]
FIGURES: Final[dict[str, Draw]] = {}
"""What is drawn, by topic and name: ``optimization/paths``."""


def figure(name: str) -> Callable[[Draw], Draw]:
    """Enters a drawing in `FIGURES`."""

    def enter(draw: Draw) -> Draw:
        FIGURES[name] = draw
        return draw

    return enter


def main() -> None:
    """Draws all figures and says which have changed."""
    for name, text in drawn().items():
        path = path_of(name)
        old = path.read_text(encoding="utf-8") if path.is_file() else ""
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        state = "as it was" if old == text else "changed" if old else "new"
        print(f"{path.relative_to(ROOT)}: {state}, {len(text) / 1000:.0f} kB")


def path_of(name: str) -> Path:
    """The file of a figure."""
    topic, _, stem = name.partition("/")
    return ROOT / "exercises" / topic / "figures" / f"{stem}.svg"


def drawn() -> dict[str, str]:
    """The text of every figure, by its name, computed anew."""
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    torch.set_default_dtype(torch.float64)  # Exercises are graded in float64 as well.
    torch.set_num_threads(1)  # Sums must not depend on how many processors share them.
    try:
        # Which points of a line could be left out may hang on the last digit.
        with matplotlib.rc_context({"path.simplify": False}):
            return {name: card(draw()) for name, draw in FIGURES.items()}
    finally:
        torch.set_default_dtype(dtype)
        torch.set_num_threads(threads)


def card(picture: Picture) -> str:
    """The picture as a file: of a fixed size, on a light card that hides a dark page.

    Pictures of the report leave both to the page they stand on.
    """
    box = re.search(r'viewBox="0 0 (\S+) (\S+)"', picture.svg)
    assert box is not None
    width, height = box.groups()
    svg = picture.svg.replace('width="100%"', f'width="{width}" height="{height}"', 1)
    svg = re.sub(r' class="[^"]*"', "", svg)
    back = (
        f'<rect x="0.5" y="0.5" width="{float(width) - 1:g}" height="{float(height) - 1:g}" rx="6" '
        f'fill="{PAPER}" stroke="{GRID}"/>'
    )
    return svg.replace("</desc>", f"</desc>\n{back}", 1).replace("><", ">\n<") + "\n"


@cache
def reference(topic: str, name: str) -> SimpleNamespace:
    """What an exercise asks for, by the names of its functions, and what the course supplies to it.

    Its classical mistakes are there under ``mistakes``.
    """
    entries = {entry.label: entry for entry in course.find(ROOT).entries}
    exercise = course.load(entries[f"{topic}/{name}"])
    mistakes = {mistake.name: mistake.run for mistake in exercise.mistakes.values()}
    known = {**exercise.supplied, **exercise.functions, "mistakes": mistakes}
    return SimpleNamespace(**known)


def generator(seed: int) -> torch.Generator:
    """A source of randomness of its own for each drawing."""
    return torch.Generator().manual_seed(seed)


# --- the common look ---------------------------------------------------------------------------


@contextmanager
def page(height: float) -> Iterator[Figure]:
    """An empty figure of the width of a page."""
    with sheet(height) as drawing:
        drawing.set_size_inches(WIDTH / POINTS_PER_INCH, height / POINTS_PER_INCH)
        yield drawing


def panel(drawing: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes with a line on the left and below, and nothing else."""
    _, whole = drawing.get_size_inches() * POINTS_PER_INCH
    axes = drawing.add_axes((left / WIDTH, bottom / whole, width / WIDTH, height / whole))
    axes.patch.set_visible(False)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(MUTED)
        spine.set_linewidth(0.8)
    axes.tick_params(which="both", colors=MUTED, labelsize=SMALL, length=3, width=0.8, pad=3)
    return axes


def ticks(axes: Axes, which: str, values: Sequence[float], texts: Sequence[str] = ()) -> None:
    """Labelled ticks of one axis, "x" or "y", and no others."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_ticks(values, texts or [plain(value) for value in values])
    axis.set_ticks((), minor=True)


def plain(value: float) -> str:
    """Three digits at most, and a true minus."""
    return f"{value:.3g}".replace("-", "−")


def powers(axes: Axes, which: str, low: int, high: int, every: int = 1) -> None:
    """A logarithmic axis with a tick at each power of ten."""
    (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    (axes.set_xlim if which == "x" else axes.set_ylim)(10.0**low, 10.0**high)
    exponents = range(low, high + 1, every)
    ticks(axes, which, [10.0**e for e in exponents], [power_of_ten(e) for e in exponents])


def power_of_ten(exponent: int) -> str:
    """10⁻³, and the ordinary numbers near 1."""
    if -1 <= exponent <= 1:
        return f"{10.0**exponent:g}"
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def write(axes: Axes, x: float, y: float, text: str, colour: str = MUTED, **options: Any) -> None:
    """Text at a value of x and of y, moved by ``shift`` points; with ``inside`` at a share of both.

    A rim in the colour of the card keeps it readable across lines.
    """
    inside = options.pop("inside", False)
    axes.annotate(
        text,
        (x, y),
        xycoords="axes fraction" if inside else "data",
        xytext=options.pop("shift", (0, 0)),
        textcoords="offset points",
        color=colour,
        fontsize=options.pop("size", TEXT),
        ha=options.pop("align", "left"),
        va="center",
        annotation_clip=False,
        gid="halo",
        **options,
    )


def heading(axes: Axes, text: str, below: str = "", left: float = 0.0) -> None:
    """What a panel shows, above its upper left corner, in one line or two."""
    write(axes, 0, 1, text, INK, inside=True, shift=(left, 32 if below else 15))
    if below:
        write(axes, 0, 1, below, inside=True, shift=(left, 15), size=SMALL)


def foot(axes: Axes, text: str, drop: float = 33) -> None:
    """The name of the x axis, below its numbers."""
    write(axes, 0.5, 0, text, inside=True, align="center", shift=(0, -drop), size=SMALL)


def line(axes: Axes, xs: Any, ys: Any, colour: str = INK, **options: Any) -> None:
    """A curve."""
    look: dict[str, Any] = {"linewidth": 1.8, "solid_capstyle": "butt"} | options
    axes.plot(listed(xs), listed(ys), color=colour, **look)


def dots(axes: Axes, xs: Any, ys: Any, colour: str, size: float) -> None:
    """Round marks without a line."""
    marks = {"marker": "o", "markersize": size, "markeredgewidth": 0}
    line(axes, xs, ys, colour, linestyle="", clip_on=False, zorder=4, **marks)


def listed(values: Any) -> list[float]:
    """Numbers of a tensor or any sequence."""
    return values.tolist() if isinstance(values, Tensor) else [float(value) for value in values]


# --- optimisation ------------------------------------------------------------------------------


@figure("optimization/paths")
def descent_paths() -> Picture:
    """Full batch, mini-batches and single samples, for the same price."""
    samples, epochs, rate = 64, 3, 0.05
    source = generator(4)
    X = torch.randn(samples, 2, generator=source) @ torch.tensor([[1.0, 0.5], [0.0, 0.7]])
    y = X @ torch.tensor([2.0, -1.0]) + torch.randn(samples, generator=source)
    # Its last digits hang on where the tensors lie in memory, and a contour's beginning on them.
    best = least_squares(X, y).round(decimals=6)
    start = best + torch.tensor([-2.2, -1.3])
    cut = reference("optimization", "minibatch_sgd").minibatches
    descend = reference("optimization", "gradient_descent").gradient_descent
    with page(292) as drawing:
        for number, size in enumerate((samples, 8, 1)):
            path = [start]
            for _ in range(epochs):
                for batch in cut(samples, size, source):
                    path.append(descend(X[batch], y[batch], path[-1], rate, 1))
            axes = panel(drawing, 48 + 220 * number, 48, 200, 192)
            contours(axes, X, y, best)
            along, across = torch.stack(path).T
            line(axes, along, across, BLUE, linewidth=1.1 if size == 1 else 1.5)
            dots(axes, along, across, BLUE, 2.6 if size == 1 else 4.5)
            dots(axes, start[:1], start[1:], INK, 6)
            line(axes, best[:1], best[1:], ORANGE, marker="+", markersize=11, zorder=5)
            whole = "all 64 samples at a time" if size == samples else f"batches of {size}"
            heading(axes, whole if size > 1 else "one sample at a time", f"{len(path) - 1} updates")
            foot(axes, "w₁")
            if not number:
                write(axes, 0, 0.5, "w₂", inside=True, shift=(-36, 0), size=SMALL)
                write(
                    axes, float(start[0]), float(start[1]), "start", INK, shift=(8, -5), size=SMALL
                )
                write(
                    axes,
                    float(best[0]),
                    float(best[1]),
                    "minimum",
                    ORANGE,
                    shift=(8, 0),
                    size=SMALL,
                )
        return figure_to_picture(
            drawing,
            title="Three epochs of descent with all samples, with batches of 8, and one by one",
            description="Paths of two weights over the contours of the loss. With all samples per "
            "update three short steps are made; with batches of 8, 24 steps come close to the "
            "minimum; single samples get there first and then jitter about it.",
        )


def least_squares(X: Tensor, y: Tensor) -> Tensor:
    """The weights of least mean squared error."""
    solution: Tensor = torch.linalg.lstsq(X, y[:, None]).solution
    return solution[:, 0]


def contours(axes: Axes, X: Tensor, y: Tensor, best: Tensor) -> None:
    """Lines of equal mean loss."""
    reach = torch.tensor([[-2.6, 1.2], [-1.9, 1.5]]) + best[:, None]
    (left, right), (low, high) = reach.tolist()
    across, up = torch.linspace(left, right, 36), torch.linspace(low, high, 36)
    grid = torch.stack(torch.meshgrid(across, up, indexing="xy"), dim=-1)
    loss = ((grid @ X.T - y) ** 2).mean(-1).round(decimals=9)
    least = ((X @ best - y) ** 2).mean()
    levels = [float(least) + (0.45 * step) ** 2 for step in range(1, 9)]
    axes.contour(across, up, loss, levels=levels, colors=GRID, linewidths=0.9, zorder=0)
    axes.set(xlim=(left, right), ylim=(low, high))
    ticks(axes, "x", (0, 1, 2, 3))
    ticks(axes, "y", (-2, -1, 0))


# --- normalisation -----------------------------------------------------------------------------


@figure("normalization/stripes")
def stripes() -> Picture:
    """A batch with offsets of its rows and of its columns, and what each method takes away."""
    samples, features = 10, 8
    source = generator(1)
    x = 0.55 * torch.randn(samples, features, generator=source)
    x = x + 1.1 * torch.randn(samples, 1, generator=source)
    x = x + 1.1 * torch.randn(features, generator=source)
    one, zero = torch.ones(features), torch.zeros(features)
    batch_norm = reference("normalization", "batch_norm").batch_norm
    by_column, *_ = batch_norm(x, one, zero, zero, one, training=True)
    by_row = reference("normalization", "layer_norm").layer_norm(x, one, zero)
    shown = (
        (x, "before", "rows and columns differ", None),
        (by_column, "batch norm", "one μ and σ for each column", (2, 0, 1, samples)),
        (by_row, "layer norm", "one μ and σ for each row", (0, 3, features, 1)),
    )
    with page(316) as drawing:
        for number, (values, title, below, shared) in enumerate(shown):
            axes = panel(drawing, 46 + 222 * number, 68, 192, 190)
            cells(axes, values)
            heading(axes, title, below)
            foot(axes, "features", 12)
            if shared:
                left, top, width, height = shared
                frame = Rectangle((left, top), width, height, clip_on=False)
                frame.set(fill=False, edgecolor=INK, linewidth=2)
                axes.add_patch(frame)
            else:
                upright: dict[str, Any] = {"rotation": 90, "align": "center", "size": SMALL}
                write(axes, 0, 0.5, "samples", inside=True, shift=(-14, 0), **upright)
        key(drawing, 250, 24)
        return figure_to_picture(
            drawing,
            title="What batch norm and layer norm take away",
            description="Three grids of ten samples by eight features. In the first, whole rows "
            "and whole columns are high or low. After batch norm every column has mean 0 and rows "
            "still differ; after layer norm every row has mean 0 and columns still differ.",
        )


def cells(axes: Axes, values: Tensor) -> None:
    """One coloured cell per number, the first row on top."""
    axes.pcolormesh(values, cmap=SIGNED, vmin=-REACH, vmax=REACH, edgecolor="none", gid="crisp")
    axes.invert_yaxis()
    axes.set_axis_off()


def key(drawing: Figure, left: float, bottom: float) -> None:
    """What the colours of `cells` mean."""
    axes = panel(drawing, left, bottom, 200, 10)
    cells(axes, torch.linspace(-REACH, REACH, SIGNED.N)[None])
    options: dict[str, Any] = {"inside": True, "size": SMALL}
    write(axes, 0, 0.5, f"−{REACH:g} and below", shift=(-6, 0), align="right", **options)
    write(axes, 0.5, 0.5, "0", shift=(0, -13), align="center", **options)
    write(axes, 1, 0.5, f"{REACH:g} and above", shift=(6, 0), **options)


# --- backpropagation ---------------------------------------------------------------------------


@figure("backpropagation/flow")
def backward_flow() -> Picture:
    """One sample through a small network, with the value and the gradient at every place."""
    x, target = torch.tensor([[1.0, 2.0]]), torch.tensor([1])
    w1, b1 = torch.tensor([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.5]]), torch.zeros(3)
    w2, b2 = torch.tensor([[1.0, 1.0, 0.0], [0.0, -1.0, 1.0]]), torch.zeros(2)
    back = reference("backpropagation", "mlp_backward").mlp_backward(x, target, w1, b1, w2, b2)
    z = x @ w1.T + b1
    h = reference("activations", "rectifiers").relu(z)
    s = h @ w2.T + b2
    # With one sample the gradient of a bias is that of the sum it is added to.
    places = (
        ("x", 50, x, back["x"]),
        ("z", 185, z, back["b1"]),
        ("h", 365, h, back["b2"] @ w2),
        ("s", 510, s, back["b2"]),
        ("L", 655, F.cross_entropy(s, target), torch.ones(())),
    )
    forward = ("times W₁", "ReLU", "times W₂", "cross-entropy")
    backward = ("times W₁", "only where z > 0", "times W₂", "p − onehot(t)")
    with page(256) as drawing:
        axes = panel(drawing, 0, 0, WIDTH, 256)
        axes.set(xlim=(0, WIDTH), ylim=(0, 256))
        axes.set_axis_off()
        for name, at, value, gradient in places:
            write(axes, at, 122, name, INK, align="center", size=16)
            entries(axes, at, 172, value, BLUE)
            entries(axes, at, 72, gradient, ORANGE)
        steps = zip(pairwise(places), forward, backward, strict=True)
        for ((_, before, *_), (_, after, *_)), ahead, behind in steps:
            left, right = before + 34, after - 34
            arrow(axes, left, right, 172, BLUE, ahead)
            arrow(axes, right, left, 72, ORANGE, behind)
        write(axes, 22, 228, "forward: the values", BLUE)
        write(axes, 22, 24, "backward: the gradient of L with respect to each of them", ORANGE)
        return figure_to_picture(
            drawing,
            title="Values forward, gradients backward",
            description="A chain x, z, h, s, L with three hidden units. Where z is -1 the ReLU "
            "gives 0; on the way back the gradient that arrives there, 1.46, becomes 0, and the "
            "other two pass unchanged.",
        )


def entries(axes: Axes, x: float, middle: float, values: Tensor, colour: str) -> None:
    """The numbers of a vector, one below the other."""
    numbers = values.flatten().tolist()
    for row, number in enumerate(numbers):
        height = middle + 17 * ((len(numbers) - 1) / 2 - row)
        write(axes, x, height, plain(number), colour, align="center")


def arrow(axes: Axes, start: float, end: float, height: float, colour: str, text: str) -> None:
    """A horizontal arrow with a text above it."""
    line(axes, (start, end), (height, height), colour, linewidth=1.2)
    marker = ">" if end > start else "<"
    line(axes, (end,), (height,), colour, marker=marker, markersize=6, markeredgewidth=0)
    write(axes, (start + end) / 2, height + 15, text, align="center", size=SMALL)


@figure("backpropagation/check")
def gradient_check() -> Picture:
    """How far central differences are from the exact gradient, by their step."""
    source = generator(3)
    x, targets = torch.randn(5, 3, generator=source), torch.tensor([0, 1, 1, 0, 1])
    weights = [torch.randn(*shape, generator=source) for shape in ((4, 3), (4,), (2, 4), (2,))]
    exact = reference("backpropagation", "mlp_backward").mlp_backward(x, targets, *weights)["w1"]
    steps = 10 ** torch.linspace(-12, -1, 45)
    # An entry of w1 moves z by the step times an x: from here on a z can change its sign.
    kink = float(((x @ weights[0].T + weights[1]).abs() / x.abs().amax(1, keepdim=True)).min())
    with page(300) as drawing:
        axes = panel(drawing, 70, 54, 516, 202)
        powers(axes, "x", -12, -1, 2)
        powers(axes, "y", -12, 1, 3)
        heading(axes, "largest error of central differences ÷ largest gradient", left=-48)
        foot(axes, "step of the difference")
        line(axes, (kink, kink), (1e-12, 10), MUTED, linewidth=1, linestyle=DOTTED)
        write(axes, kink, 1e-10, "the step crosses", shift=(6, 8), size=SMALL)
        write(axes, kink, 1e-10, "a kink of ReLU", shift=(6, -8), size=SMALL)
        for dtype, ink in ((torch.float64, BLUE), (torch.float32, ORANGE)):
            cast = [tensor.to(dtype) for tensor in (x, *weights)]
            errors = [difference_error(cast, targets, step, exact) for step in steps.tolist()]
            line(axes, steps, errors, ink)
        write(axes, 1e-7, 1e-9, "float64", BLUE, shift=(0, -14), align="right")
        write(axes, 1e-4, 1e-2, "float32", ORANGE, shift=(0, 14))
        write(axes, 10**-10.4, 10**-6.6, "rounding", shift=(0, 0), align="center")
        write(axes, 10**-3.4, 10**-8.8, "truncation")
        return figure_to_picture(
            drawing,
            title="The step of a gradient check",
            description="Two curves fall and rise again. In float64 the error is least, below "
            "1e-10, for a step near 1e-5. In float32 it is least near 1e-2, and 1e-5 there.",
        )


def difference_error(
    network: Sequence[Tensor], targets: Tensor, step: float, exact: Tensor
) -> float:
    """The largest error of the central differences over all entries of w1."""
    x, w1, b1, w2, b2 = network
    moves = step * torch.eye(w1.numel(), dtype=w1.dtype).view(-1, 1, *w1.shape)
    moved = w1 + torch.cat([moves, -moves], dim=1)
    scores = torch.relu(x @ moved.mT + b1) @ w2.T + b2
    losses = torch.stack([F.cross_entropy(s, targets) for s in scores.flatten(0, 1)]).view(-1, 2)
    estimate = (losses[:, 0] - losses[:, 1]) / (2 * step)
    return float((estimate.view_as(w1) - exact).abs().max() / exact.abs().max())


# --- initialisation ----------------------------------------------------------------------------


@figure("initialization/depth")
def spread_by_depth() -> Picture:
    """The spread of the activations after each layer, for four sizes of the weights."""
    depth, width = 30, 256
    measure = reference("initialization", "propagation").activation_std
    panels = (
        ("tanh", "tanh layers", (-4, 1), (("5", 5), ("5/3", 5 / 3), ("1", 1), ("0.8", 0.8))),
        ("relu", "ReLU layers", (-6, 6), (("2", 2), ("√2", 2**0.5), ("1.2", 1.2), ("1", 1))),
    )
    with page(318) as drawing:
        for number, (activation, name, limits, scales) in enumerate(panels):
            axes = panel(drawing, 58 + 338 * number, 52, 220, 204)
            axes.set_xlim(0, depth)
            ticks(axes, "x", (1, 10, 20, 30))
            powers(axes, "y", *limits, 1 if number == 0 else 2)
            heading(axes, name, "standard deviation of the activations", left=-38)
            foot(axes, "layer")
            for ink, (text, scale) in zip((ORANGE, BLUE, INK, MUTED), scales, strict=True):
                stds = measure(depth, width, scale / math.sqrt(width), activation, generator(2))
                line(axes, range(1, depth + 1), stds, ink)
                nudge = {"5": 7, "5/3": -4}.get(text, 0)  # These two would touch.
                write(axes, depth, stds[-1].item(), f"σ√n = {text}", ink, shift=(6, nudge))
        return figure_to_picture(
            drawing,
            title="The spread of the activations through thirty layers",
            description="With tanh, weights of σ√n = 5 keep the spread near 0.9 and 5/3 near "
            "0.65; with 1 it falls slowly to 0.13, with 0.8 geometrically to less than 0.001. "
            "With ReLU only √2 keeps it; 2 multiplies it by about 25 000, and 1 divides it by as "
            "much.",
        )


# --- activations -------------------------------------------------------------------------------


@figure("activations/slopes")
def slopes() -> Picture:
    """Four activations with their derivatives."""
    saturating = reference("activations", "saturating")
    rectifiers = reference("activations", "rectifiers")
    x = torch.linspace(-6, 6, 121)
    one, leak = torch.ones_like(x), 0.1
    y, u = saturating.sigmoid(x), saturating.tanh(x)
    leaky = rectifiers.leaky_relu(x, leak), rectifiers.leaky_relu_backward(one, x, leak)
    curves = (
        ("sigmoid", "slope at most 1/4", y, saturating.sigmoid_backward(one, y)),
        ("tanh", "slope at most 1", u, saturating.tanh_backward(one, u)),
        ("ReLU", "slope 0 or 1", rectifiers.relu(x), rectifiers.relu_backward(one, x)),
        ("leaky ReLU", "slope 0.1 or 1", *leaky),
    )
    low, high = -1.15, 2.1
    with page(272) as drawing:
        for number, (name, below, values, slope) in enumerate(curves):
            axes = panel(drawing, 36 + 166 * number, 52, 150, 160)
            axes.set(xlim=(-6, 6), ylim=(low, high))
            ticks(axes, "x", (-5, 0, 5), ("−5", "0", "5"))
            ticks(axes, "y", (-1, 0, 1, 2), ("−1", "0", "1", "2") if not number else [""] * 4)
            axes.axhline(0, color=GRID, linewidth=0.8, zorder=0)
            shade: dict[str, Any] = {"color": SHADE, "linewidth": 0, "zorder": -1}
            axes.fill_between(listed(x), low, high, where=(slope < 0.01).tolist(), **shade)
            line(axes, x, values, INK)
            for part in parts(x, slope):
                line(axes, *part, ORANGE)
            heading(axes, name, below)
            foot(axes, "x")
            if not number:
                write(axes, 1.5, 1, "φ", INK, shift=(0, 8))
                write(axes, 2.6, 0.25, "φ′", ORANGE)
        return figure_to_picture(
            drawing,
            title="Four activations and their slopes",
            description="Sigmoid and tanh with bell-shaped slopes, which fall below 0.01 beyond "
            "4.6 and 3.0. ReLU has slope 0 on the negative side and 1 on the positive one; leaky "
            "ReLU has 0.1 and 1.",
        )


def parts(x: Tensor, y: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """A curve in pieces, so that no line is drawn across a jump."""
    jumps = (y.diff().abs() > 0.5).nonzero()[:, 0] + 1
    return zip(x.tensor_split(jumps), y.tensor_split(jumps), strict=True)


@figure("activations/memory")
def memory() -> Picture:
    """How much of an LSTM's cell is left after some steps, for four biases of its forget gate."""
    cell = reference("activations", "gates").lstm_cell
    sigmoid = reference("activations", "saturating").sigmoid
    steps, zero = 60, torch.zeros(4, 1)
    # The bias of the gate, its ink, and the step at which its label stands.
    curves = ((6.0, ORANGE, 60), (4.0, BLUE, 60), (2.0, INK, 12), (0.0, MUTED, 4))
    with page(262) as drawing:
        axes = panel(drawing, 58, 52, 470, 170)
        axes.set(xlim=(0, steps), ylim=(0, 1.03))
        ticks(axes, "x", range(0, steps + 1, 10))
        ticks(axes, "y", (0, 0.5, 1))
        heading(axes, "share of the cell that is left", left=-22)
        foot(axes, "step")
        for bias, ink, at in curves:
            h, c, left = torch.zeros(1, 1), torch.ones(1, 1), [1.0]
            biases = torch.tensor([-1e3, bias, 0.0, 0.0])  # The input gate is shut.
            for _ in range(steps):
                h, c = cell(torch.zeros(1, 1), h, c, zero, zero, biases, zero[:, 0])
                left.append(c.item())
            line(axes, range(steps + 1), left, ink)
            gate = plain(sigmoid(torch.tensor(bias)).item())
            write(axes, at, left[at], f"f = {gate}", ink, shift=(8, 0 if at == steps else 5))
        return figure_to_picture(
            drawing,
            title="What a forget gate leaves of the cell",
            description="After 60 steps a gate at 0.998 has kept 86 % of the cell, one at 0.982 a "
            "third; a gate at 0.881 has lost nearly all after 30 steps, one at 0.5 after 6.",
        )


# --- learning rate -----------------------------------------------------------------------------


@figure("learning_rate/shapes")
def shapes() -> Picture:
    """The schedules of the topic, and what goes wrong at the seam."""
    decay = reference("learning_rate", "decay")
    schedule = reference("learning_rate", "schedule")
    warmup, total, floor = 25, 100, 0.1
    steps = range(126)
    stairs = [decay.step_decay(t, 1.0, 30, 0.5) for t in steps]
    root = [decay.inverse_sqrt_decay(t, 1.0, warmup) for t in steps]
    right = [schedule.warmup_cosine(t, 1.0, warmup, total, floor) for t in steps]
    with page(300) as drawing:
        both = panel(drawing, 58, 52, 200, 190), panel(drawing, 430, 52, 200, 190)
        for axes, name in zip(both, ("three schedules", "the seam"), strict=True):
            axes.set(xlim=(0, steps[-1]), ylim=(0, 1.05))
            ticks(axes, "x", (0, warmup, total), ("0", "w", "T"))
            ticks(axes, "y", (0, floor, 0.5, 1), ("0", "floor", "0.5", "1"))
            heading(axes, name, "learning rate ÷ base rate", left=-36)
            foot(axes, "update")
        for rates, ink, name, nudge in (
            (stairs, MUTED, "stairs", -9),
            (root, BLUE, "inverse root", 0),
            (right, INK, "warmup, cosine", 5),
        ):
            line(both[0], steps, rates, ink, drawstyle="steps-post")
            write(both[0], steps[-1], rates[-1], name, ink, shift=(6, nudge))
        for mistake, text, at, shift in (
            ("counted_from_zero", "t / T", 48, (-8, -8)),
            ("as_long_as_training", "(t − w) / T", 75, (8, 4)),
        ):
            rates = [schedule.mistakes[mistake](t, 1.0, warmup, total, floor) for t in steps]
            line(both[1], steps, rates, ORANGE, linestyle=DASHED)
            align = "left" if shift[0] > 0 else "right"
            write(both[1], at, rates[at], text, ORANGE, shift=shift, align=align)
        line(both[1], steps, right)
        return figure_to_picture(
            drawing,
            title="Schedules, and the seam between warmup and cosine",
            description="Left: stairs that halve every 30 updates; an inverse root and a cosine, "
            "both after a linear climb. Right: with t / T the rate drops at once when warmup "
            "ends; with (t - w) / T it is still well above the floor at step T.",
        )


@figure("learning_rate/settling")
def settling() -> Picture:
    """SGD with a large rate, a small one, and one that falls."""
    updates, runs, samples, features, large, small = 400, 24, 200, 5, 0.06, 0.002
    cosine = reference("learning_rate", "decay").cosine_decay
    source = generator(5)
    X = torch.randn(samples, features, generator=source)
    y = X @ torch.ones(features) + torch.randn(samples, generator=source)
    orders = torch.randint(samples, (runs, updates), generator=source)
    curves = (
        (f"always {large}", ORANGE, [large] * updates),
        (f"always {small}", MUTED, [small] * updates),
        (f"cosine from {large} to 0", BLUE, [cosine(t, large, updates) for t in range(updates)]),
    )
    with page(290) as drawing:
        axes = panel(drawing, 62, 52, 450, 194)
        axes.set_xlim(0, updates)
        ticks(axes, "x", range(0, updates + 1, 100))
        powers(axes, "y", -2, 1)
        heading(axes, "loss above its minimum, mean of 24 runs of SGD", left=-40)
        foot(axes, "update")
        for name, ink, rates in curves:
            excess = torch.stack([excess_loss(X, y, rates, order) for order in orders]).mean(0)
            line(axes, range(updates + 1), excess, ink, linewidth=1.5)
            write(axes, updates, float(excess[-1]), name, ink, shift=(8, 0))
        return figure_to_picture(
            drawing,
            title="A rate that falls gets there fast and then settles",
            description="With a rate that stays at 0.06 the loss falls quickly and then stays "
            "noisy at about 0.5 above its minimum. With 0.002 it falls slowly. With a cosine from "
            "0.06 it falls quickly first and ends far below both.",
        )


def excess_loss(X: Tensor, y: Tensor, rates: Sequence[float], order: Tensor) -> Tensor:
    """The mean loss above the least possible, before each update of SGD from 0 and at the end."""
    one_update = reference("optimization", "sgd").sgd
    w = torch.zeros(X.shape[1])
    path = [w]
    for rate, sample in zip(rates, order, strict=True):
        w = one_update(X, y, w, rate, sample[None])
        path.append(w)
    from_best = torch.stack(path) - least_squares(X, y)
    # The residuals of the best weights are orthogonal to X, so that the two squares add up.
    return ((from_best @ X.T) ** 2).mean(1)


# --- language models ---------------------------------------------------------------------------


@figure("language_models/choices")
def choices() -> Picture:
    """Perplexity as a number of choices: a mean over tokens, not over sentences."""
    measure = reference("language_models", "perplexity").perplexity
    chances = torch.tensor([[1 / 2, 1, 1], [1 / 8, 1 / 8, 1 / 8]])
    # Two words: the right one has its chance, the other one the rest.
    logits = torch.stack([chances, 1 - chances], dim=-1).log().clamp(min=-1e4)
    targets = torch.tensor([[0, -100, -100], [0, 0, 0]])
    right = measure(logits, targets).item()
    by_sentence = [measure(*sentence).item() for sentence in zip(logits, targets, strict=True)]
    mean = sum(by_sentence) / len(by_sentence)
    padded = measure(logits, targets.clamp(min=0)).item()
    words = ("yes", "pad", "pad", "it", "was", "raining")
    with page(300) as drawing:
        axes = panel(drawing, 62, 64, 390, 182)
        axes.set(xlim=(0, 6.4), ylim=(0, 3))
        ticks(axes, "x", ())
        ticks(axes, "y", [math.log(n) for n in (1, 2, 4, 8, 16)], ("1", "2", "4", "8", "16"))
        heading(axes, "1 / p: as unsure as among so many choices", left=-40)
        below: dict[str, Any] = {"align": "center", "size": SMALL}
        for place, (word, chance) in enumerate(zip(words, chances.flatten().tolist(), strict=True)):
            at, height = place + 0.6 + 0.4 * (place > 2), -math.log(chance)
            axes.bar(at, height, 0.72, color=GRID, linewidth=0)
            odds = f"p = 1/{1 / chance:g}" if chance < 1 else "p = 1"
            write(axes, at, height, odds, shift=(0, 9), **below)
            write(axes, at, 0, word, MUTED if word == "pad" else INK, shift=(0, -14), **below)
        for name, at, value in zip("AB", (1.6, 5.0), by_sentence, strict=True):
            text = f"sentence {name}: perplexity {value:g}"
            write(axes, at, 0, text, align="center", shift=(0, -38))
        for value, text, ink, nudge in (
            (right, "mean over the four tokens", BLUE, 7),
            (mean, "mean of the two sentences", ORANGE, -6),
            (padded, "padding counted as well", ORANGE, 0),
        ):
            height = math.log(value)
            line(axes, (0, 6.4), (height, height), ink, linestyle="-" if nudge > 0 else DASHED)
            write(axes, 6.4, height, f"{plain(value)}: {text}", ink, shift=(8, nudge))
        return figure_to_picture(
            drawing,
            title="Perplexity is a mean over tokens",
            description="Bars of 1/p on a logarithmic axis for a sentence of one token with p = "
            "1/2, padded by two, and a sentence of three tokens with p = 1/8. The perplexity of "
            "the four tokens is 5.66. The mean of the two sentences' perplexities, 5, and the "
            "perplexity with the padding, 3.17, are too low.",
        )


@figure("language_models/reach")
def reach() -> Picture:
    """How strongly the last state still depends on each earlier input."""
    unroll = reference("language_models", "rnn").unroll
    length, units = 60, 128
    source = generator(6)
    x = 0.1 * torch.randn(1, length, units, generator=source)
    w = torch.randn(units, units, generator=source) / math.sqrt(units)
    upstream = torch.randn(1, units, generator=source)
    start = torch.zeros(1, units)
    with page(300) as drawing:
        axes = panel(drawing, 66, 52, 420, 202)
        axes.set_xlim(0, length - 1)
        ticks(axes, "x", range(0, length, 10))
        powers(axes, "y", -12, 6, 3)
        heading(
            axes, "gradient of the last state with respect to an input (the last one: 1)", left=-44
        )
        foot(axes, "how many steps before the last one it was read")
        for size, ink in ((2.0, ORANGE), (1.0, INK), (0.5, MUTED)):
            leaf = x.clone().requires_grad_()
            _, last = unroll(leaf, start, torch.eye(units), size * w, torch.zeros(units))
            (gradient,) = torch.autograd.grad((last * upstream).sum(), leaf)
            norms = gradient[0].norm(dim=1).flip(0)
            norms = norms / norms[0]
            shown = norms > 1e-12
            line(axes, torch.arange(length)[shown], norms[shown], ink)
            at = int(shown.nonzero()[-1])
            nudge = 0 if at == length - 1 else 10
            write(axes, at, norms[at].item(), f"σ√H = {size:g}", ink, shift=(8, nudge))
        return figure_to_picture(
            drawing,
            title="How far back the last state reaches",
            description="The gradient of the last state with respect to an input, by how long "
            "before it was read. With recurrent weights of standard deviation 0.5 over the square "
            "root of H it falls to 1e-12 within 40 steps; with 1 it fades slowly; with 2 it grows "
            "to about 30 000 over 60 steps.",
        )


# --- generation --------------------------------------------------------------------------------


CORPUS: Final = (
    "the old dog ran to the red barn",
    "the dog ran to the barn",
    "the dog ran home",
)


@figure("generation/slips")
def slips() -> Picture:
    """A model of word pairs reads a right text, and its own."""
    topic = reference("generation", "teacher_forcing")
    texts = [["bos", *text.split(), "eos"] for text in CORPUS]
    words = list(dict.fromkeys(word for text in texts for word in text))
    pairs = torch.zeros(1, len(words), len(words))
    for text in texts:
        for word, after in pairwise(text):
            pairs[0, words.index(word), words.index(after)] += 1
    text = texts[0]
    targets = torch.tensor([[words.index(word) for word in text[1:]]])
    bos, count = torch.zeros(1, dtype=torch.long), torch.zeros(1, dtype=torch.long)
    forced = topic.teacher_forced(topic.TableStep(pairs), count, bos, targets).argmax(-1)
    free = topic.free_running(topic.TableStep(pairs), count, bos, targets.shape[1])
    rows = (("the text", targets), ("fed the text", forced), ("fed its own choices", free))
    with page(190) as drawing:
        axes = panel(drawing, 0, 0, WIDTH, 190)
        axes.set(xlim=(0, WIDTH), ylim=(0, 190))
        axes.set_axis_off()
        for row, (name, tokens) in enumerate(rows):
            height, right = 152 - 54 * row, (tokens == targets)[0].tolist()
            write(axes, 22, height + (8 if row else 0), name, (INK, BLUE, ORANGE)[row])
            if row:
                write(axes, 22, height - 9, f"{sum(right)} of {len(right)} right", size=SMALL)
            for place, token in enumerate(tokens[0].tolist()):
                at = 186 + 59 * place
                if not right[place]:
                    box = Rectangle((at - 25, height - 13), 50, 26)
                    axes.add_patch(box)
                    box.set(facecolor=SHADE, linewidth=0)
                ink = INK if right[place] else ORANGE
                axes.text(at, height, words[token], color=ink, size=TEXT, ha="center", va="center")
        return figure_to_picture(
            drawing,
            title="One slip, fed the text and fed its own choices",
            description="The text: the old dog ran to the red barn, end. Fed the text, the model "
            "is wrong after each 'the', and right everywhere else: 7 of 9. Fed its own choices it "
            "writes: the dog ran to the dog ran to the. Only the first word is in its place.",
        )


@figure("generation/drift")
def drift() -> Picture:
    """How many tokens are right at each position, fed the text and fed its own choices."""
    topic = reference("generation", "teacher_forcing")
    tokens, length, slip = 400, 40, 0.05
    source = generator(20)
    cycle = torch.randperm(tokens, generator=source)
    after = torch.empty_like(cycle)
    after[cycle] = cycle.roll(-1)
    learnt = after.clone()
    wrong = torch.randperm(tokens, generator=source)[: int(slip * tokens)]
    learnt[wrong] = torch.randint(tokens, wrong.shape, generator=source)
    table = F.one_hot(learnt, tokens).double()[None]
    bos, start = torch.arange(tokens), torch.zeros(tokens, dtype=torch.long)
    targets = [after[bos]]
    while len(targets) < length:
        targets.append(after[targets[-1]])
    text = torch.stack(targets, dim=1)
    forced = topic.teacher_forced(topic.TableStep(table), start, bos, text).argmax(-1)
    free = topic.free_running(topic.TableStep(table), start, bos, length)
    with page(280) as drawing:
        axes = panel(drawing, 58, 52, 450, 184)
        axes.set(xlim=(0, length), ylim=(0, 1.03))
        ticks(axes, "x", (1, *range(10, length + 1, 10)))
        ticks(axes, "y", (0, 0.5, 1), ("0", "50 %", "100 %"))
        heading(axes, "share of right tokens, over 400 sequences", left=-40)
        foot(axes, "position")
        for chosen, name, ink in (
            (forced, "fed the text", BLUE),
            (free, "fed its own choices", ORANGE),
        ):
            share = (chosen == text).double().mean(0)
            line(axes, range(1, length + 1), share, ink)
            write(axes, length, float(share[-1]), name, ink, shift=(8, 0))
        return figure_to_picture(
            drawing,
            title="Slips add up when a model reads its own choices",
            description="Fed the text, 95 % of the tokens are right at every position. Fed its "
            "own choices, the share falls from 95 % at the first position to about an eighth at "
            "the fortieth.",
        )


if __name__ == "__main__":
    main()
