"""Watching a learner's files: what happens, and what is known while they work.

Nothing here prints or reads keys; `grader.cli.watching` does.
"""

from grader.watch.desk import Desk, Hints
from grader.watch.files import Files
from grader.watch.inbox import Inbox, Key, Left, Redraw, Saved

__all__ = ["Desk", "Files", "Hints", "Inbox", "Key", "Left", "Redraw", "Saved"]
