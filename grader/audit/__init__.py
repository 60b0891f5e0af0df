"""The course proves itself: see `grader.audit.proof` and `grader.audit.quizzes`."""

from grader.audit.proof import ACCEPTED, CAUGHT, CAUGHT_STATISTIC, Margin, Proof, merge, prove
from grader.audit.quizzes import prove_quizzes
from grader.audit.sides import through_both_sides

__all__ = [
    "ACCEPTED",
    "CAUGHT",
    "CAUGHT_STATISTIC",
    "Margin",
    "Proof",
    "merge",
    "prove",
    "prove_quizzes",
    "through_both_sides",
]
