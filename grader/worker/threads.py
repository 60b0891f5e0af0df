"""Has the threads of a learner's code watched too: torch's modes hold for one thread only."""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

from grader.worker.forbidden import Words
from grader.worker.watch import Delegate, learners_line

# Whatever starts a thread of Python's ends here; which of them there are depends on its version.
_STARTERS: Final = (
    (_thread, "start_new_thread"),
    (_thread, "start_new"),
    (_thread, "start_joinable_thread"),
    (threading, "_start_new_thread"),
    (threading, "_start_joinable_thread"),
)


def watch_threads(filename: str, words: Words) -> None:
    """From now on every new thread reports its operations to the watch of the running task.

    Args:
        filename: what the learner's code objects are called.
        words: the forbidden words.
    """
    for module, name in _STARTERS:
        start = getattr(module, name, None)
        if start is not None:
            setattr(module, name, _watching(start, filename, words))


def _watching(start: Callable[..., Any], filename: str, words: Words) -> Callable[..., Any]:
    def start_watched(function: Callable[..., object], *rest: Any, **options: Any) -> Any:
        delegate = Delegate(words, learners_line(sys._getframe(1), filename))

        def watched(*arguments: Any, **named: Any) -> object:
            with delegate.looking():
                return function(*arguments, **named)

        return start(watched, *rest, **options)

    return start_watched
