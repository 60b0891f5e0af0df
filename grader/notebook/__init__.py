"""The door for notebooks and scripts: ``from grader import check``, then ``check(a_function)``.

Like the command line, it stands above everything else and may know where it runs. Nothing of torch
is imported here: answers are judged in a process of its own, so that a kernel's threads, seeds and
default dtype stay what they are.
"""

from grader.notebook.checking import check
from grader.notebook.verdicts import Checked

__all__ = ["Checked", "check"]
