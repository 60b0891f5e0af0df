"""A judge in a process of its own, for those who do not want torch and references in theirs.

It stays warm between verdicts. A notebook's kernel runs the learner's code, an editor's test runner
lists cases a hundred times a day, a terminal shall be there at once: none of them imports torch.

The process forks its untrusted side before it has heard of a course, so that both share the memory
of one import of torch, and no answer is in a worker. Several services share that import as well if
a nursery forks their processes.
"""

from grader.service.client import Service
from grader.service.nursery import Nursery

__all__ = ["Nursery", "Service"]
