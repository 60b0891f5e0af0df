"""Whether an answer is right: values, randomness, trajectories.

Interface: `compare` judges an answer and says what is wrong with it, `follow` does so for the
states of an optimiser, `kind_of` looks at kinds and dtypes only, `agrees` tells whether an answer
is the output of a certain mistake, and `grader.compare.statistics` judges samples.
"""

from grader.compare.records import Comparison, Finding, Float32Reference, Rule
from grader.compare.statistics import Statistic
from grader.compare.structure import kind_of
from grader.compare.trajectories import follow
from grader.compare.values import agrees, compare

__all__ = [
    "Comparison",
    "Finding",
    "Float32Reference",
    "Rule",
    "Statistic",
    "agrees",
    "compare",
    "follow",
    "kind_of",
]
