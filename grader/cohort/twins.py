"""Near-duplicates: answers to an exercise that are built alike, for a human to look at.

No verdict is made here. Two answers are named if they share much that the rest of the class has
not written, and are nearly identical once names, literals, comments, imports and the order of
functions are taken away. What the course itself says (stub, reference, known mistakes) counts for
nothing, and neither does what more than a tenth of the class wrote.

Learners' text is only cut into words here, by one regular expression that takes linear time.
Python's own parser and tokenizer never see it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, islice
from keyword import kwlist
from typing import TYPE_CHECKING, Final

import msgspec

from grader.errors import UsageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ALIKE: Final = 0.85
"""How alike two answers must be to be named, as a share of their words that stand in order."""

MARGIN: Final = 30.0
"""Bits that two answers must share beyond what chance gives the luckiest pair of the class.

A line that only these two of 200 wrote weighs log2(201) = 7.7 bits. If everybody chose each line by
themselves, then of 19 900 pairs (14.3 bits) the luckiest would share 14.3 bits; 30 more come up
once in a thousand million classes. So two of 200 must share six such lines, two of 1000 five, two
of 20 nine: fewer people tell less about what is rare. Lines are not chosen quite independently,
which is what the margin is for; see `Twins.others` for what the class itself says.
"""

LONGEST: Final = 100_000
"""Characters of an answer that are looked at; the longest answer of the course has 20 000."""

MOST_WORDS: Final = 2_000
"""Words of an answer that are compared, docstrings and comments aside."""

_SHORTEST: Final = 4
"""Words of a line that is looked at: ``return x`` says nothing."""

_COMMON: Final = 0.1
_FEW: Final = 3
"""A line is common if more than a tenth of the class wrote it, in a small class more than three."""

_SAMPLE: Final = 2_000
"""Pairs from which the usual likeness is taken."""

_COLUMNS: Final = 4_096
"""Lines that are weighed at a time: a block of a class of 1000 takes 16 MB."""

_IMPORT: Final = re.compile(r"^[ \t]*(?:import|from)[ \t][^\n(]*(?:\([^)]{0,2000}\))?[^\n]*$", re.M)
# Every alternative that has begun to match goes on to a match, a string without an end to the end
# of its line or of the text: nothing is read twice, however a text is made.
_WORD: Final = re.compile(
    r"""
    (?P<skip>\#[^\n]*+|\\\n|\s++)
    |(?P<text>[rRbBuUfFtT]{0,2}+(?:
        \"\"\"(?:[^\\"]++|\\.|"(?!\"\"))*+(?:\"\"\"|\\?\Z)
        |'''(?:[^\\']++|\\.|'(?!''))*+(?:'''|\\?\Z)
        |"(?:[^"\\\n]++|\\.)*+"?
        |'(?:[^'\\\n]++|\\.)*+'?))
    |(?P<number>\.?\d(?:[eE][+-]|[\w.])*+)
    |(?P<member>\.\s*+[^\W\d]\w*+)
    |(?P<name>[^\W\d]\w*+)
    |(?P<sign>[-+*/%@&|^<>=!:]=|\*\*=?|//=?|<<=?|>>=?|->|.)
    """,
    re.X | re.S,
)
_KEPT: Final = frozenset(kwlist)
_OPENING: Final = frozenset({"def", "class", "async", "@"})
_NAMELESS: Final = {"text": "''", "number": "0", "name": "x"}

Words = tuple[str, ...]
Lines = tuple[Words, ...]


class Twins(msgspec.Struct, frozen=True, kw_only=True):
    """Answers to one exercise that are nearly identical.

    Attributes:
        label: of the exercise.
        students: whose they are, by id, sorted; two or more.
        alike: how alike the least alike two are that were found alike, from 0 to 1.
        rare: lines that the least tied two share and not more than a tenth of the class has.
        others: of the pairs outside of this group, how many share as much that is rare.
        pairs: how many pairs there are outside of this group.
    """

    label: str
    students: tuple[str, ...]
    alike: float
    rare: int
    others: int
    pairs: int


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What came of comparing all answers to one exercise.

    Attributes:
        label: of the exercise.
        answers: how many were compared.
        usual: how alike two answers are in the middle, taken over a sample of pairs; None if
            there are fewer than two.
        unusual: what only one pair in a hundred exceeds; likewise.
        twins: groups of near-duplicates.
        cut: how many answers were too long to be looked at whole.
    """

    label: str
    answers: int
    usual: float | None = None
    unusual: float | None = None
    twins: tuple[Twins, ...] = ()
    cut: int = 0


def compare(label: str, answers: Mapping[str, str], given: Iterable[str] = ()) -> Compared:
    """Looks for near-duplicates among the answers to one exercise.

    Args:
        label: of the exercise.
        answers: the student's id → the text of their file (of a notebook, its code cells one
            after the other).
        given: what the course says itself, as texts: the stub, the reference with its mistakes.

    Raises:
        UsageError: if what compares is not installed.
    """
    ids = sorted(answers)
    lines = {who: lines_of(answers[who]) for who in ids}
    words = {who: tuple(word for line in lines[who] for word in line) for who in ids}
    known = {line for text in given for line in lines_of(text)}
    own = [{line for line in lines[who] if len(line) >= _SHORTEST} - known for who in ids]
    return Compared(
        label=label,
        answers=len(ids),
        cut=sum(_is_cut(answers[who], words[who]) for who in ids),
        **_usual(list(words.values())),
        twins=tuple(_twins(label, words, own)),
    )


def lines_of(text: str) -> Lines:
    """The lines of a program without what is easily changed, each as its words.

    Names, literals, comments, docstrings and imports are taken away; functions are put in an order
    of their own. The names of attributes stay (``x.mean``): a library's cannot be changed. A line
    goes on to where its brackets are closed.

    Args:
        text: anything; it need not be Python.
    """
    text = _IMPORT.sub("", text[:LONGEST].replace("\r\n", "\n"))
    blocks: list[list[list[str]]] = [[[]]]
    depth = 0
    for found in _WORD.finditer(text):
        kind, word, line = str(found.lastgroup), found[0], blocks[-1][-1]
        if kind == "skip" or word == ";":
            if depth <= 0 and line and ("\n" in word or word == ";") and word != "\\\n":
                blocks[-1].append([])
        elif word in _OPENING and text[found.start() - 1 : found.start()] in ("", "\n"):
            depth = 0
            blocks.append([[word]])
        elif kind != "text" or (line and line[-1] != "''"):
            # A string where a line begins is a docstring; two in a row are one.
            depth += (word in "([{") - (word in ")]}")
            line.append(_plain(kind, word))
    return _first([*blocks[0], *(line for block in sorted(blocks[1:]) for line in block)])


def _first(lines: Iterable[Sequence[str]]) -> Lines:
    """As many lines as hold `MOST_WORDS` words, the last cut."""
    kept: list[Words] = []
    room = MOST_WORDS
    for line in lines:
        if line and room > 0:
            kept.append(tuple(line[:room]))
            room -= len(line)
    return tuple(kept)


def _plain(kind: str, word: str) -> str:
    if kind == "member":
        return "." + word[1:].strip()
    return word if word in _KEPT else _NAMELESS.get(kind, word)


def _is_cut(text: str, words: Words) -> bool:
    return len(text) > LONGEST or len(words) >= MOST_WORDS


def _usual(all_words: Sequence[Words]) -> dict[str, float]:
    """How alike two answers of this class are, in the middle and at the top hundredth."""
    number = len(all_words)
    if number < 2:
        return {}
    pairs = number * (number - 1) // 2
    step = max(1, pairs // _SAMPLE)
    sample = islice(combinations(all_words, 2), 0, None, step)
    seen = sorted(likeness(one, other) for one, other in sample)
    return {"usual": seen[len(seen) // 2], "unusual": seen[len(seen) * 99 // 100]}


def likeness(one: Words, other: Words, least: float = 0.0) -> float:
    """How alike two sequences of words are: 1 if they are equal; 0 if it is below ``least``.

    Raises:
        UsageError: if what compares is not installed.
    """
    try:
        from rapidfuzz.distance import Indel
    except ModuleNotFoundError as error:
        raise UsageError(
            "looking for near-duplicates needs rapidfuzz; install it: pip install 'dlgrade[cohort]'"
        ) from error
    return float(Indel.normalized_similarity(one, other, score_cutoff=least))


def _twins(label: str, words: Mapping[str, Words], own: Sequence[set[Words]]) -> Iterable[Twins]:
    """The groups: answers that are tied by what is rare and by how alike they are."""
    ids = list(words)
    class_size = len(ids)
    spread = Counter(line for lines in own for line in lines)
    most = max(_FEW, int(_COMMON * class_size))
    rare = {line: times for line, times in spread.items() if 2 <= times <= most}
    if not rare:
        return
    shared = _shared_bits([lines & rare.keys() for lines in own], rare)
    tied = {
        (one, other): found
        for one, other in _places(shared)
        if (found := likeness(words[ids[one]], words[ids[other]], ALIKE))
    }
    upper = _upper(shared)
    for group in _groups(tied):
        inside = [pair for pair in tied if pair[0] in group]
        least = min(float(shared[pair]) for pair in inside)
        among = [float(shared[pair]) for pair in combinations(sorted(group), 2)]
        pairs = class_size * (class_size - 1) // 2 - len(among)
        # A pair that shares exactly as much must not be lost to the rounding of a sum.
        others = int((upper >= least * 0.9999).sum()) - sum(
            bits >= least * 0.9999 for bits in among
        )
        yield Twins(
            label=label,
            students=tuple(ids[place] for place in sorted(group)),
            alike=min(tied[pair] for pair in inside),
            rare=min(len(own[one] & own[other] & rare.keys()) for one, other in inside),
            others=others,
            pairs=pairs,
        )


def _shared_bits(own: Sequence[set[Words]], rare: Mapping[Words, int]) -> NDArray[np.float32]:
    """How many bits of rarity every two answers share.

    A line that ``times`` of ``n`` students wrote was written by ``times - 2`` of the others. With
    one more for and against (Laplace), sharing it tells log2((n + 1) / (times - 1)) bits.
    """
    import numpy as np

    number = len(own)
    order = {line: place for place, line in enumerate(rare)}
    weight = np.sqrt(
        np.log2((number + 1) / (np.fromiter(rare.values(), np.float32, len(rare)) - 1))
    )
    shared = np.zeros((number, number), np.float32)
    where = [np.sort(np.array([order[line] for line in lines], np.int64)) for lines in own]
    for start in range(0, len(rare), _COLUMNS):
        stop = min(start + _COLUMNS, len(rare))
        block = np.zeros((number, stop - start), np.float32)
        for row, places in enumerate(where):
            columns = places[slice(*np.searchsorted(places, [start, stop]))]
            block[row, columns - start] = weight[columns]
        shared += block @ block.T
    return shared


def _upper(shared: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every pair once."""
    import numpy as np

    upper: NDArray[np.float32] = shared[np.triu_indices(len(shared), 1)]
    return upper


def _places(shared: NDArray[np.float32]) -> list[tuple[int, int]]:
    """The pairs that share enough to be looked at closer."""
    import numpy as np

    number = len(shared)
    least = MARGIN + np.log2(number * (number - 1) / 2)
    ones, others = np.nonzero(np.triu(shared, 1) >= least)
    return list(zip(ones.tolist(), others.tolist(), strict=True))


def _groups(pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """What hangs together."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(pair).union(*touched))
    return groups
