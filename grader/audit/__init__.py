"""The course proves itself: see `grader.audit.proof` for what is proved."""

from grader.audit.proof import ACCEPTED, CAUGHT, CAUGHT_STATISTIC, Margin, Proof, merge, prove
from grader.audit.sides import through_both_sides

__all__ = [
    "ACCEPTED",
    "CAUGHT",
    "CAUGHT_STATISTIC",
    "Margin",
    "Proof",
    "merge",
    "prove",
    "through_both_sides",
]
