"""A result with one of everything that a writer can meet."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from grader.result import (
    Answered,
    Case,
    Diagnosis,
    Environment,
    Evidence,
    Excerpt,
    Exercise,
    Fault,
    Flag,
    Operation,
    Option,
    Output,
    Picture,
    Quiz,
    Reason,
    Result,
    Worst,
)

JUDGED = (
    "Called with float64 inputs beside the reference; each value may differ by 1e-9 of the "
    "largest in its row."
)
HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)> \x1b[31mred\x1b[0m "
    "[bold]markup[/bold] \u202egnp.exe\u2066 \x00\x07 {{ 7 * 7 }} {% raw %} \u200bhidden "
    "&amp; ]]> -->"
)


def reproduction(function: str, seed: int, case: str) -> str:
    """Five lines such as the judge writes."""
    return (
        "from grader import Inputs\n"
        f"from {function} import {function}\n"
        f'inputs = Inputs(seed={seed}, exercise="{function}", case="{case}")\n'
        "x, weight, bias = inputs.normal(2, 3, 7, mean=4.0), inputs.normal(7), inputs.normal(7)\n"
        f"print({function}(x, weight, bias))\n"
    )


def curve(width: int = 640, points: int = 120) -> str:
    """A drawing in the style of the course's: two curves, a residual strip, labels."""

    def path(values: list[float], top: float, height: float) -> str:
        step = (width - 130) / (len(values) - 1)
        return "M" + " L".join(
            f"{60 + index * step:.1f} {top + height * (1 - value):.1f}"
            for index, value in enumerate(values)
        )

    expected = [0.5 + 0.45 * math.sin(index / points * 6) for index in range(points)]
    yours = [value * 0.93 + 0.01 for value in expected]
    strip = [0.5 + 4 * (a - b) for a, b in zip(yours, expected, strict=True)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 300" '
        f'width="{width}" height="300">'
        "<title>yours and expected</title>"
        f'<rect width="{width}" height="300" fill="var(--paper, #fff)"/>'
        '<g style="fill: none; stroke: var(--grid, #ddd)"><path d="M60 20 V200 H580"/>'
        '<path d="M60 110 H580"/><path d="M60 225 V285 H580"/></g>'
        '<rect id="band" x="60" y="252" width="510" height="6" style="fill: var(--shade, #eee)"/>'
        f'<path d="{path(expected, 20, 180)}" fill="none" stroke="var(--expected, #15c)" '
        'stroke-width="2"/>'
        f'<path d="{path(yours, 20, 180)}" fill="none" stroke="var(--yours, #b50)" '
        'stroke-width="2" stroke-dasharray="6 4"/>'
        f'<path d="{path(strip, 225, 60)}" fill="none" stroke="var(--bad, #b00)"/>'
        '<g style="font: 12px sans-serif; fill: var(--muted, #666)">'
        '<text x="52" y="24" text-anchor="end">1</text>'
        '<text x="52" y="204" text-anchor="end">0</text>'
        '<text x="52" y="259" text-anchor="end">±tol</text></g>'
        '<text x="578" y="113" font-size="12" fill="var(--expected, #15c)">expected</text>'
        '<text x="578" y="129" font-size="12" fill="var(--yours, #b50)">yours</text>'
        '<text x="578" y="262" font-size="12" fill="var(--bad, #b00)">difference</text>'
        "</svg>"
    )


def passed(name: str, function: str, title: str, points: float = 1) -> Case:
    """A case that passes without a remark."""
    return Case(
        name=name,
        title=title,
        function=function,
        status="passed",
        score=points,
        max_score=points,
        judged=JUDGED,
        reproduction=reproduction(function, 0, name),
    )


LAYER_NORM_CODE = Excerpt(
    first_line=14,
    lines=(
        "def layer_norm(x, weight, bias, eps=1e-5):",
        '    """Normalises over the axes that weight covers."""',
        "    axes = tuple(range(-weight.dim(), 0))",
        "    mean = x.mean(axes, keepdim=True)",
        "    variance = x.var(axes, keepdim=True)",
        "    return (x - mean) / torch.sqrt(variance + eps) * weight + bias  # a remark that is "
        "long enough to make the line scroll inside of its own box",
    ),
)


def layer_norm() -> Exercise:
    """Partly right: a verified cause, a picture, cases that wait, captured output."""
    failing = Case(
        name="population_variance",
        title="rows are normalised with the population variance",
        function="layer_norm",
        status="failed",
        score=0,
        max_score=2,
        message="The shape and the dtype are right; the values are not.",
        evidence=Evidence(
            worst=Worst(
                where="[5, 201]",
                yours="3.4821438271093318",
                expected="3.4889446609406727",
                off_by="6.8e-3",
                allowed="3.5e-9",
            ),
            failing=4096,
            total=4096,
            pattern="all 4096 values differ by the same factor, 0.99805",
            inputs=(
                "x: float64 (16, 256), from -3.91 to 4.22",
                "weight: float64 (256,), from -2.87 to 3.03",
                "bias: float64 (256,), from -3.1 to 2.64",
            ),
        ),
        diagnosis=Diagnosis(
            mistake="unbiased_variance",
            title="divides the variance by n - 1",
            hint="torch.var divides by n - 1 unless you say unbiased=False.",
            line=18,
        ),
        picture=Picture(
            title="One row, yours and expected",
            description="Every value is smaller by the same factor; they part at index 0.",
            svg=curve(),
        ),
        hint="How many values does the mean of the squares divide by?",
        judged=JUDGED,
        reproduction=reproduction("layer_norm", 0, "population_variance"),
    )
    gradient = Case(
        name="gradients",
        title="gradients flow through the statistics",
        function="layer_norm",
        status="failed",
        score=0,
        max_score=1,
        message="The gradient of x is not the reference's.",
        evidence=Evidence(
            worst=Worst(
                where="gradient of x [0, 2]",
                yours="-0.11862003400261",
                expected="-0.11916003400262",
                off_by="5.4e-4",
                allowed="1.2e-10",
            ),
            failing=37,
            total=42,
        ),
        judged=JUDGED,
        reproduction=reproduction("layer_norm", 0, "gradients"),
    )
    waiting = tuple(
        Case(
            name=name,
            title=title,
            function="layer_norm",
            status="waiting",
            score=0,
            max_score=0,
            waits_for=(wanted,),
        )
        for name, title, wanted in (
            ("tiny_rows", "rows of tiny variance stay finite", "population_variance"),
            ("views", "a view that is not contiguous gives the same", "tiny_rows"),
        )
    )
    return Exercise(
        name="layer_norm",
        topic="normalization",
        title="Layer normalisation",
        asks="Normalise every position over the axes that weight covers, then scale and shift.",
        file="exercises/normalization/layer_norm.py",
        line=14,
        status="partial",
        score=5,
        max_score=8,
        duration_s=0.041,
        cases=(
            passed("shape", "layer_norm", "the result has the shape of x", 3),
            passed("own_statistics", "layer_norm", "every position has its own statistics", 2),
            failing,
            gradient,
            *waiting,
        ),
        code=LAYER_NORM_CODE,
        hints=(
            "Look at the variance: what does it divide by?",
            "torch.var has an argument that decides it.",
            "The population variance is (x - mean).square().mean(axes, keepdim=True).",
        ),
        operations=(Operation(name="aten::var", count=6, line=18),),
        output=Output(head="mean is tensor(0.12)\n" * 4, tail="last line\n", cut=12034),
        notes=("Your function names its first argument input; the course calls it x.",),
        flags=(
            Flag(what="uses exec", line=12, why="what it runs is not written out"),
            Flag(what="opens a socket", line=30),
            Flag(what="uses ctypes", line=31),
        ),
    )


def attention() -> Exercise:
    """Nothing right: the learner's code raises."""
    error = Case(
        name="weights_sum_to_one",
        title="the weights of every query sum to one",
        function="attention",
        status="error",
        score=0,
        max_score=4,
        message=(
            "RuntimeError: mat1 and mat2 shapes cannot be multiplied (6x5 and 7x5). Your function "
            "raised this on line 9."
        ),
        evidence=Evidence(
            inputs=(
                "query: float64 (2, 3, 5)",
                "key: float64 (2, 7, 5)",
                "value: float64 (2, 7, 11)",
            ),
            excerpt=Excerpt(
                first_line=7,
                lines=(
                    "def attention(query, key, value):",
                    "    scale = query.shape[-1] ** -0.5",
                    "    scores = query @ key * scale",
                    "    weights = scores.softmax(-1)",
                    "    return weights @ value",
                ),
                marked=9,
            ),
        ),
        hint="Which two axes have to meet in the product?",
        judged=JUDGED,
        reproduction=reproduction("attention", 0, "weights_sum_to_one"),
    )
    return Exercise(
        name="attention",
        topic="transformers",
        title="Scaled dot-product attention",
        asks="Every query reads the values, weighted by its likeness to their keys.",
        file="exercises/transformers/attention.py",
        line=9,
        status="failed",
        score=0,
        max_score=4,
        duration_s=0.02,
        cases=(error,),
        code=error.evidence.excerpt if error.evidence else None,
        hints=("Write down the shapes.", "Transpose the key.", "query @ key.transpose(-2, -1)"),
    )


def broken() -> Exercise:
    """A syntax error."""
    return Exercise(
        name="perplexity",
        topic="language_models",
        title="Perplexity",
        asks="The exponential of the mean negative log-likelihood of the tokens that count.",
        file="exercises/language_models/perplexity.py",
        line=6,
        status="error",
        score=0,
        max_score=6,
        duration_s=0.003,
        cases=(),
        error=Fault(
            kind="syntax",
            message="Line 6 is not Python: '(' was never closed. Mend it, then check again.",
            excerpt=Excerpt(
                first_line=4,
                lines=(
                    "def perplexity(logits, targets, mask):",
                    "\tlosses = cross_entropy(logits, targets)",
                    "    return torch.exp((losses * mask).sum() / mask.sum()",
                ),
                marked=6,
            ),
        ),
    )


def endless() -> Exercise:
    """A loop that does not end, after one case had come back."""
    late = Case(
        name="converges",
        title="the loss falls at every step",
        function="descend",
        status="timeout",
        score=0,
        max_score=3,
        message="Still running after 10 s of processor time. Look for a loop that does not end.",
        judged=JUDGED,
        reproduction=reproduction("descend", 0, "converges"),
    )
    return Exercise(
        name="descend",
        topic="optimisation",
        title="Gradient descent",
        asks="Take steps against the gradient until the loss stops to fall.",
        file="exercises/optimisation/descend.py",
        line=11,
        status="error",
        score=2,
        max_score=5,
        duration_s=10.004,
        cases=(passed("one_step", "descend", "one step goes against the gradient", 2), late),
        error=Fault(
            kind="timeout",
            message="The file was stopped after 10 s. What had come back counts.",
        ),
    )


def untouched() -> Exercise:
    """The stub as it was handed out."""
    return Exercise(
        name="kaiming_normal",
        topic="initialisation",
        title="Kaiming initialisation",
        asks="Draw weights that keep the spread of the activations.",
        file="exercises/initialisation/kaiming_normal.py",
        line=12,
        status="not_started",
        score=0,
        max_score=9,
        duration_s=0.01,
        cases=(
            Case(
                name="scale",
                title="the weights have the right scale",
                function="kaiming_normal",
                status="not_started",
                score=0,
                max_score=9,
            ),
        ),
    )


def unjudged() -> Exercise:
    """The grader's own fault."""
    return Exercise(
        name="dropout",
        topic="regularisation",
        title="Dropout",
        asks="Zero each value with probability p and scale the others.",
        file="exercises/regularisation/dropout.py",
        line=None,
        status="grader_error",
        score=0,
        max_score=0,
        duration_s=0.01,
        cases=(
            Case(
                name="mean",
                title="the mean is kept",
                function="dropout",
                status="grader_error",
                score=0,
                max_score=0,
                message="The reference raised ZeroDivisionError. Please tell the course's authors.",
            ),
        ),
    )


def hostile() -> Exercise:
    """Text that would act, if a writer let it."""
    case = Case(
        name="x" * 300,
        title=HOSTILE,
        function="f",
        status="error",
        score=0,
        max_score=1,
        message=f"ValueError: {HOSTILE}" + "A" * 1_000_000,
        evidence=Evidence(
            worst=Worst(
                where=HOSTILE, yours="nan", expected="9" * 500, off_by=HOSTILE, allowed="\x1b[2J"
            ),
            failing=1,
            total=3,
            pattern=HOSTILE,
            inputs=(HOSTILE, "漢字" * 200),
            excerpt=Excerpt(first_line=1, lines=(HOSTILE, "\t" + "漢" * 5000, ""), marked=2),
            notes=(HOSTILE,),
        ),
        diagnosis=Diagnosis(mistake="m", title=HOSTILE, hint=HOSTILE, line=1),
        picture=Picture(title=HOSTILE, description=HOSTILE, svg="<svg onload='alert(3)'/>"),
        hint=HOSTILE,
        judged=HOSTILE,
        reproduction=HOSTILE,
    )
    return Exercise(
        name="../<b>name</b>\x1b[1m",
        topic=HOSTILE,
        title=HOSTILE,
        asks=HOSTILE,
        file=f"exercises/{HOSTILE}; rm -rf ~.py",
        line=1,
        status="failed",
        score=0,
        max_score=1,
        duration_s=0,
        cases=(case,),
        code=Excerpt(first_line=1, lines=(HOSTILE, "mark = '</mark></pre>'", HOSTILE)),
        hints=(HOSTILE,) * 3,
        output=Output(head=HOSTILE * 40, tail=HOSTILE, cut=5),
        notes=(HOSTILE,),
        flags=(Flag(what=HOSTILE, line=1, why=HOSTILE),),
    )


def quiz() -> Quiz:
    """One answer of each kind: right, wrong, open, and not to be read."""
    options = (
        Option(letter="a", text="Its gradient is the full one, exactly."),
        Option(letter="b", text="It estimates the full gradient at a fraction of the price."),
        Option(letter="c", text=HOSTILE),
    )
    choice = Answered(
        name="why_small_batches",
        kind="one choice",
        asks="Why take a batch of 32 samples and not all of them?",
        options=options,
        tolerance=0,
        status="right",
        score=1,
        max_score=1,
        yours="b",
        reasons=(
            Reason(about="a", text="A sample of the data scatters."),
            Reason(about="b", text="The error falls with the root of the number of samples."),
            Reason(about="c", text=HOSTILE),
        ),
        line=14,
    )
    number = Answered(
        name="noise",
        kind="number",
        asks="With 16 samples the standard error is 0.8. What is it with 64?",
        options=(),
        tolerance=0.001,
        status="wrong",
        score=0,
        max_score=1,
        yours="0.2",
        message="That is not it.",
        reasons=(Reason(about="", text="That would be noise in proportion to 1 / B."),),
        line=20,
    )
    unopened = msgspec.structs.replace(
        choice, name="order_of_lines", kind="order", status="open", score=0, yours="", reasons=()
    )
    unreadable = msgspec.structs.replace(
        unopened,
        name="uses",
        kind="several choices",
        status="unreadable",
        yours=HOSTILE,
        message='write those that you choose of ["a", "b", "c"]',
    )
    return Quiz(
        name="optimization/quiz",
        topic="optimization",
        title="Descent in small steps",
        file="exercises/optimization/quiz.toml",
        line=20,
        status="partial",
        score=1,
        max_score=4,
        questions=(choice, number, unopened, unreadable),
    )


def broken_quiz() -> Quiz:
    """TOML that cannot be read."""
    return Quiz(
        name="normalization/quiz",
        topic="normalization",
        title="One mean, one spread",
        file="exercises/normalization/quiz.toml",
        line=12,
        status="error",
        score=0,
        max_score=7,
        questions=(),
        error=Fault(
            kind="toml",
            message='line 12, column 10: invalid value; put the letter into quotation marks: "b"',
            excerpt=Excerpt(first_line=11, lines=('kind = "one choice"', "answer = b"), marked=12),
        ),
    )


def simple(name: str, topic: str, titles: tuple[str, ...], points: float = 1) -> Exercise:
    """An exercise that passes."""
    total = points * len(titles)
    return Exercise(
        name=name,
        topic=topic,
        title=name.replace("_", " ").capitalize(),
        asks="Write the function that the lesson describes.",
        file=f"exercises/{topic}/{name}.py",
        line=8,
        status="passed",
        score=total,
        max_score=total,
        duration_s=0.02,
        cases=tuple(
            passed(f"case_{place}", name, title, points) for place, title in enumerate(titles)
        ),
    )


def environment() -> Environment:
    """Fixed versions, so that goldens do not follow the machine."""
    return Environment(
        dlgrade="0.1.0",
        python="3.11.2",
        torch="2.13.0",
        numpy="2.4.0",
        platform="Linux x86_64",
        seed=0,
        threads=1,
        isolation=("fork", "rlimit", "seccomp", "no network"),
    )


def result(*exercises: Exercise, quizzes: tuple[Quiz, ...] = ()) -> Result:
    """A result of these exercises and quizzes."""
    done = bool(exercises) and all(exercise.status == "passed" for exercise in exercises)
    return Result(
        score=sum(part.score for part in (*exercises, *quizzes)),
        max_score=sum(part.max_score for part in (*exercises, *quizzes)),
        status="passed" if done else "failed",
        environment=environment(),
        exercises=exercises,
        quizzes=quizzes,
        duration_s=0.312,
    )


def warmup() -> Exercise:
    """Passes, six cases."""
    return simple(
        "linear_warmup",
        "schedules",
        (
            "the first step is not zero",
            "the last step of the warmup reaches the rate",
            "after the warmup the rate stays",
            "no warmup at all",
            "a warmup of one step",
            "the rate is a float",
        ),
    )


def mixed() -> Result:
    """What a learner in the middle of the course sees."""
    softmax = ("rows sum to one", "large values stay finite", "the axis is yours to choose")
    return result(
        warmup(),
        simple("softmax", "foundations", softmax, 2),
        layer_norm(),
        attention(),
        broken(),
        endless(),
        untouched(),
        unjudged(),
        quizzes=(quiz(), broken_quiz()),
    )


def perfect() -> Result:
    """Everything passes."""
    return result(warmup(), simple("softmax", "foundations", ("rows sum to one",), 2))


def full_course(exercises: int = 30, cases: int = 10) -> Result:
    """A course of the bundled one's size: most pass, every fifth exercise fails with a picture."""
    made = []
    for place in range(exercises):
        titles = tuple(
            f"case {number} holds for every input that was tried" for number in range(cases)
        )
        each = simple(f"exercise_number_{place}", f"topic_{place // 4}", titles)
        if place % 5 == 0:
            worse = layer_norm().cases[2]
            each = Exercise(
                name=each.name,
                topic=each.topic,
                title=each.title,
                asks=each.asks,
                file=each.file,
                line=8,
                status="partial",
                score=each.score - 1,
                max_score=each.max_score,
                duration_s=0.02,
                cases=(worse, *each.cases[1:]),
                code=LAYER_NORM_CODE,
                hints=layer_norm().hints,
            )
        made.append(each)
    return result(*made)


_FIXED: Final = frozenset({"status", "schema", "visibility", "feedback"})


def retold(value: Any, texts: Iterator[str]) -> Any:
    """The record with every string replaced, statuses aside."""
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        changed = {
            name: inner if name in _FIXED else retold(inner, texts)
            for name, inner in fields.items()
        }
        return msgspec.structs.replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(retold(inner, texts) for inner in value)
    return next(texts) if isinstance(value, str) else value
