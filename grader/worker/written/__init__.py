"""Reads the learner's file for what it must not use, before any of it runs.

`index` walks once over the file, `follow` tells what a name may stand for, `dangers` lists what the
text cannot decide, and `searching` brings them together.
"""

from grader.worker.written.index import top_level_functions
from grader.worker.written.searching import search

__all__ = ["search", "top_level_functions"]
