"""Reads the learner's file for what it must not use, before any of it runs.

`outline` lists what it mentions, `meanings` what names stand for, `dangers` what cannot be decided.
"""

from grader.worker.written.outline import top_level_functions
from grader.worker.written.searching import search

__all__ = ["search", "top_level_functions"]
