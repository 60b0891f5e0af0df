"""dlgrade: grades deep-learning exercises beside reference implementations, and says why.

The names below are what an author of exercises needs, and `check`, which is for learners in a
notebook; they are imported when first used, so that ``import grader`` (and ``dlgrade --help``) does
not import torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader import pictures
    from grader.compare import statistics
    from grader.compare.statistics import Statistic
    from grader.exercise import Exercise, Trajectory, View
    from grader.inputs import Inputs
    from grader.notebook import check

__version__ = "0.1.0"
__all__ = [
    "Exercise",
    "Inputs",
    "Statistic",
    "Trajectory",
    "View",
    "check",
    "pictures",
    "statistics",
]

_HOMES = {
    "Exercise": "grader.exercise",
    "Trajectory": "grader.exercise",
    "View": "grader.exercise",
    "Inputs": "grader.inputs",
    "Statistic": "grader.compare.statistics",
    "check": "grader.notebook",
    "statistics": "grader.compare.statistics",
    "pictures": "grader.pictures",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    module = import_module(_HOMES[name])
    return module if _HOMES[name].endswith(f".{name}") else getattr(module, name)
