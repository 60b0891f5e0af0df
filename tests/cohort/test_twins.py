"""Near-duplicates: found where somebody copied, never where many think alike; harm does nothing."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cohort.twins import LONGEST, MARGIN, MOST_WORDS, compare, likeness, lines_of
from grader.errors import UsageError

ROOT = Path(__file__).parents[2]
STUB = (ROOT / "exercises/normalization/layer_norm.py").read_text(encoding="utf-8")
GIVEN = (STUB, (ROOT / "solutions/normalization/layer_norm.py").read_text(encoding="utf-8"))
HEAD = STUB.partition("    raise NotImplementedError")[0]
OWN = """\
    # how many values belong together
    depth = weight.ndim
    size = 1
    for step in range(depth):
        size = size * x.shape[-1 - step]
    flat = x.reshape(-1, size)
    total = flat.sum(1) / size
    apart = flat - total[:, None]
    squares = torch.einsum("ij,ij->i", apart, apart) / size
    root = torch.sqrt(squares + eps).unsqueeze(1)
    done = apart.div(root).reshape(x.shape)
    return torch.addcmul(bias, done, weight)
"""


OTHER = """\
    rows = x.flatten(0, -1 - weight.dim()) if x.dim() > weight.dim() else x[None]
    answer = torch.empty_like(rows)
    for place in range(len(rows)):
        row = rows[place].flatten()
        middle = torch.dot(row, torch.full_like(row, 1 / len(row)))
        away = row.sub(middle)
        power = torch.dot(away, away).div(len(row)).add(eps)
        answer[place] = away.mul(power.pow(-0.5)).view(weight.shape)
    answer = answer.mul(weight[None]).add(bias[None])
    return answer.view_as(x)
"""


def three_lines(draw: random.Random) -> str:
    """A solution as most write it, each with names and habits of their own."""
    a, m, v, y = (draw.choice("abcdefgh") + str(draw.randrange(99)) for _ in range(4))
    axes = draw.choice(
        [
            "tuple(range(-weight.dim(), 0))",
            "tuple(range(-weight.ndim, 0))",
            "tuple(-i - 1 for i in range(weight.dim()))",
            "list(range(x.dim() - weight.dim(), x.dim()))",
            "[-(i + 1) for i in range(len(weight.shape))]",
            "-1",
        ]
    )
    mean = draw.choice([f"x.mean({a}, keepdim=True)", f"torch.mean(x, dim={a}, keepdim=True)"])
    variance = draw.choice(
        [
            f"x.var({a}, keepdim=True, unbiased=False)",
            f"((x - {m}) ** 2).mean({a}, keepdim=True)",
            f"torch.var(x, {a}, unbiased=False, keepdim=True)",
            f"(x - {m}).pow(2).mean({a}, keepdim=True)",
            f"x.var({a}, keepdim=True)",
        ]
    )
    scaled = draw.choice(
        [
            f"(x - {m}) / torch.sqrt({v} + eps)",
            f"(x - {m}) / ({v} + eps).sqrt()",
            f"(x - {m}) * torch.rsqrt({v} + eps)",
            f"(x - {m}) / ({v} + eps) ** 0.5",
        ]
    )
    last = draw.choice(
        [
            f"    return {scaled} * weight + bias",
            f"    {y} = {scaled}\n    return weight * {y} + bias",
        ]
    )
    return f"import torch\n{HEAD}    {a} = {axes}\n    {m} = {mean}\n    {v} = {variance}\n{last}\n"


def disguised(text: str) -> str:
    """The same code with other names, comments, spaces and imports."""
    for name in ("depth", "size", "step", "flat", "total", "apart", "squares", "root", "done"):
        text = re.sub(rf"\b{name}\b", f"my_{name}", text)
    text = text.replace("# how many values belong together", "# my own idea\n")
    return text.replace("1 - my_step", "1-my_step").replace('"ij,ij->i"', "'ab,ab->a'")


def a_class(number: int, seed: int = 1) -> dict[str, str]:
    """This many students, each of whom worked alone."""
    draw = random.Random(seed)
    return {f"{place:04}": three_lines(draw) for place in range(number)}


@pytest.mark.parametrize("number", [20, 200, 1000])
def test_a_disguised_copy_is_found(number: int) -> None:
    """Among any number of others; and it is said that no other pair shares as much."""
    answers = a_class(number - 2)
    answers["ada"] = f"import torch\n{HEAD}{OWN}"
    answers["ben"] = f"from torch import Tensor\nimport torch\n{HEAD}{disguised(OWN)}"
    found = compare("layer_norm", answers, GIVEN)
    (twins,) = found.twins

    assert twins.students == ("ada", "ben")
    assert twins.alike > 0.98
    assert twins.rare == 10
    assert (twins.others, twins.pairs) == (0, number * (number - 1) // 2 - 1)
    assert found.answers == number


@pytest.mark.parametrize("number", [2, 3, 5, 8, 20, 60, 200, 1000])
def test_the_same_three_lines_are_no_copy(number: int) -> None:
    """Whoever solves a short exercise alone, as others do, is not named: over many classes."""
    named = [
        twins
        for seed in range(2 if number == 1000 else 10)
        for twins in compare("layer_norm", a_class(number, seed), GIVEN).twins
    ]

    assert named == []


def test_what_the_course_says_proves_nothing() -> None:
    """A long answer that two took from the course's own text is no copy of each other's."""
    answers = a_class(30)
    answers["ada"] = answers["ben"] = f"import torch\n{HEAD}{OWN}"

    assert len(compare("layer_norm", answers, GIVEN).twins) == 1
    assert compare("layer_norm", answers, (*GIVEN, f"{HEAD}{OWN}")).twins == ()


def test_what_a_tenth_of_the_class_wrote_proves_nothing() -> None:
    """It stands in a book, or was shown in class."""
    answers = a_class(60)
    few = answers | {f"copy {place}": f"{HEAD}{OWN}" for place in range(4)}
    many = answers | {f"copy {place}": f"{HEAD}{OWN}" for place in range(9)}

    assert [len(twins.students) for twins in compare("layer_norm", few, GIVEN).twins] == [4]
    assert compare("layer_norm", many, GIVEN).twins == ()


def test_those_who_share_are_one_group() -> None:
    """Three with the same are not three pairs; a pair that shares more that is rare is counted."""
    answers = a_class(60) | {who: HEAD + OWN for who in ("ada", "ben", "cy")}
    answers |= {who: HEAD + OTHER for who in ("di", "ed")}
    three, two = compare("layer_norm", answers, GIVEN).twins

    assert (three.students, two.students) == (("ada", "ben", "cy"), ("di", "ed"))
    assert three.pairs == 65 * 64 // 2 - 3
    assert (three.others, two.others) == (1, 0)


def test_five_people_tell_little_about_what_is_rare() -> None:
    """Two of five who share ten lines are not named; a human can compare five by eye."""
    answers = a_class(3) | {"ada": HEAD + OWN, "ben": HEAD + disguised(OWN)}

    assert compare("layer_norm", answers, GIVEN).twins == ()


@pytest.mark.parametrize("lines", [5, 15, 40])
@pytest.mark.parametrize("fashion", [1.2, 2.0])
def test_chance_alone_names_nobody(lines: int, fashion: float) -> None:
    """200 who choose each line by themselves among 30 ways, the first the commonest."""
    draw = random.Random(lines)
    ways = [[f"    x = {expression(draw)}\n" for _ in range(30)] for _ in range(lines)]
    weights = [1 / place**fashion for place in range(1, 31)]
    answers = {
        f"{number}": "".join(draw.choices(way, weights)[0] for way in ways) for number in range(200)
    }

    assert compare("it", answers).twins == ()


def expression(draw: random.Random, depth: int = 0) -> str:
    """An invented expression."""
    if depth > 2 or draw.random() < 0.25:
        return draw.choice(["x", "0", "x[0]", "x.shape"])
    one, other = (expression(draw, depth + 1) for _ in range(2))
    name = draw.choice(["mean", "sum", "exp", "log", "view", "matmul", "pow", "clamp", "max"])
    return draw.choice(
        [f"({one} + {other})", f"({one} @ {other})", f"{one}.{name}({other})", f"{one}[:, {other}]"]
    )


def test_two_who_gave_back_the_stub_share_nothing() -> None:
    """Nor do empty files."""
    answers = {"ada": STUB, "ben": STUB, "cy": "", "di": ""}

    assert compare("layer_norm", answers, GIVEN).twins == ()


@pytest.mark.parametrize("answers", [{}, {"ada": HEAD + OWN}])
def test_there_must_be_two(answers: dict[str, str]) -> None:
    """Nothing is said of how alike answers are where there is no pair."""
    found = compare("layer_norm", answers)

    assert (found.usual, found.unusual, found.twins) == (None, None, ())


def test_it_says_how_alike_answers_are_by_chance() -> None:
    """The stub and the shortness of the exercise make everybody alike: that is measured."""
    found = compare("layer_norm", a_class(200), GIVEN)

    assert found.usual is not None
    assert found.unusual is not None
    assert 0.6 < found.usual < 0.95
    assert found.usual < found.unusual < 1


def test_the_order_of_students_does_not_matter() -> None:
    """Two runs say the same."""
    answers = a_class(40) | {"ada": HEAD + OWN, "ben": HEAD + disguised(OWN)}
    backwards = dict(reversed(answers.items()))

    assert compare("layer_norm", answers, GIVEN) == compare("layer_norm", backwards, GIVEN)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1\n", "longer_name  =  27.5e-3  # why\n"),
        ("import torch\nx = 1\n", "from torch import (\n    nn,\n    Tensor,\n)\nx = 1\n"),
        ('def f(x):\n    """Doc."""\n    return x\n', "def g(y):\n    return y\n"),
        (
            "def f():\n    pass\n\ndef g(x):\n    return x\n",
            "def g(x):\n    return x\n\ndef f():\n    pass\n",
        ),
        ("x = 'a'\n", 'x = """b\nc"""\n'),
        ("x = f'a' 'b'\n", "x = rb'c'\n"),
        ("y = x . mean ( )\r\n", "y = x.mean()\n"),
        ("a = b + \\\n    c\n", "a = b + c"),
        ("a = f(\n    b,\n    c)\n", "a = f(b, c)"),
        ("a = b; c = d", "a = b\nc = d"),
    ],
)
def test_what_is_easily_changed_makes_no_difference(one: str, other: str) -> None:
    """Names, numbers, texts, comments, docstrings, imports, spaces, the order of functions."""
    assert lines_of(one) == lines_of(other)
    assert lines_of(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x.mean()", "x.sum()"),
        ("a + b", "a - b"),
        ("a // b", "a / b"),
        ("for x in y: pass", "while y: pass"),
        ("x = True", "x = None"),
    ],
)
def test_what_a_program_does_makes_a_difference(one: str, other: str) -> None:
    """Operators, keywords, and what is asked of a library."""
    assert lines_of(one) != lines_of(other)


def test_prose_in_a_docstring_does_not_begin_a_function() -> None:
    """A line of it may well begin with ``class`` or ``def``."""
    text = '"""Lesson.\n\nclass labels are numbers,\ndef is a word.\n"""\nx = y.mean()\n'

    assert lines_of(text) == (("x", "=", "x", ".mean", "(", ")"),)


@pytest.mark.parametrize(
    "evil",
    [
        '"""' + '\\"""' * 25_000,
        "'\"" * 50_000,
        "(" * 100_000,
        "1e" * 50_000,
        "\\" * 100_000,
        "from x import (a,\n" * 6_000,
        "import (" * 12_500,
        'f"{' * 30_000,
        "@\n" * 50_000,
        "def\n" * 25_000,
        (" " * 300 + "\n") * 330,
        "\x00\ud800\u202e" * 30_000,
        "x=1;" * 250_000,
    ],
    ids=range(13),
)
def test_no_text_takes_long_or_much(evil: str) -> None:
    """Deep nesting, strings without an end, a megabyte on one line, letters that are none."""
    assert sum(map(len, lines_of(evil))) <= MOST_WORDS
    found = compare("layer_norm", {"ada": evil, "ben": evil[:-1], "cy": HEAD + OWN})
    assert found.answers == 3


def test_what_is_too_long_is_counted() -> None:
    """A minified megabyte is compared by its beginning, and the page can say so."""
    answers = {"ada": "x=y.a+1;" * (LONGEST // 4), "ben": "pass", "cy": "#" * (LONGEST + 1)}

    assert compare("layer_norm", answers).cut == 2


@given(st.text(max_size=400))
def test_any_text_has_words(text: str) -> None:
    """It need not be Python; nothing of a learner's own wording is left."""
    kept = lines_of(text)

    assert all(line and all(word.strip() for word in line) for line in kept)
    assert lines_of("# a comment\n" + text) == kept


@given(st.lists(st.text("ab=+().\n ", max_size=60), min_size=2, max_size=6))
def test_whoever_is_named_shares_enough(texts: list[str]) -> None:
    """Short texts never do, however alike."""
    found = compare("it", {f"{place}": text for place, text in enumerate(texts)})

    assert found.twins == ()
    assert MARGIN >= 20


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line."""
    monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    with pytest.raises(UsageError) as caught:
        likeness(("x",), ("x",))

    assert str(caught.value) == (
        "looking for near-duplicates needs rapidfuzz; install it: pip install 'dlgrade[cohort]'"
    )
