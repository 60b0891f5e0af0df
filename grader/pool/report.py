"""Reads what a dead worker left behind."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import Final

from grader.errors import WireError
from grader.pool.interface import End, Report
from grader.wire.control import Ended, Entered, Limits, read_entered
from grader.wire.frames import Answer, Finished, Loaded, read_frames

LOG_PART: Final = 32_768
"""How much of the head and of the tail of the printed text is kept, bytes."""

_FAULTS: Final = ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT", "SIGTRAP", "SIGSYS")


@dataclass(frozen=True)
class _Frames:
    loaded: Loaded | None
    answers: tuple[Answer, ...]
    finished: bool
    broken: str


def build(ended: Ended, limits: Limits, answers: int, printed: int) -> Report:
    """The report on a worker that is dead and reaped.

    Args:
        ended: how it ended.
        limits: what it was given.
        answers: descriptor of its frames.
        printed: descriptor of what it printed.
    """
    size = os.fstat(answers).st_size
    frames = _read(os.pread(answers, min(size, limits.output_bytes), 0))
    head, tail, log_size = _log(printed)
    entered, unsearched = _entered(ended.entered)
    return Report(
        id=ended.id,
        loaded=frames.loaded,
        answers=frames.answers,
        finished=frames.finished,
        end=_end(ended, limits, frames, size),
        exit_code=ended.exit_code,
        signal=ended.signal,
        broken=frames.broken,
        log_head=head,
        log_tail=tail,
        log_size=log_size,
        cpu_s=ended.cpu_s,
        wall_s=ended.wall_s,
        max_rss=ended.max_rss,
        layers=entered.layers if entered else (),
        scan=entered.scan if entered else None,
        unsearched=unsearched,
    )


def under_which_it_died(id: int) -> Report:
    """The report on a worker that took the process down that it ran under."""
    return Report(
        id=id,
        loaded=None,
        answers=(),
        finished=False,
        end="killed",
        exit_code=None,
        signal=None,
        broken="",
        log_head="",
        log_tail="",
        log_size=0,
        cpu_s=0.0,
        wall_s=0.0,
        max_rss=0,
        layers=(),
        scan=None,
        unsearched="the worker took the process down that it ran under",
    )


def _entered(data: bytes) -> tuple[Entered | None, str]:
    """What the worker said before the learner's code, or why that cannot be read."""
    try:
        return read_entered(data), ""
    except WireError as error:
        return None, str(error)


def _read(data: bytes) -> _Frames:
    """The messages up to the first that is malformed or out of order."""
    loaded: Loaded | None = None
    answers: list[Answer] = []
    try:
        for message in read_frames(data):
            if isinstance(message, Loaded) and loaded is None and not answers:
                loaded = message
            elif isinstance(message, Answer) and loaded is not None:
                answers.append(message)
            elif isinstance(message, Finished) and loaded is not None:
                return _Frames(loaded, tuple(answers), finished=True, broken="")
            else:
                raise WireError("the messages are out of order")
    except WireError as error:
        return _Frames(loaded, tuple(answers), finished=False, broken=str(error))
    return _Frames(loaded, tuple(answers), finished=False, broken="")


def _end(ended: Ended, limits: Limits, frames: _Frames, size: int) -> End:
    if ended.why != "itself":
        return ended.why
    if ended.signal is not None:
        return _ended_by(ended, limits)
    if frames.finished:
        return "finished"
    if size >= limits.output_bytes:
        return "output"
    return "broken" if frames.broken else "exited"


def _ended_by(ended: Ended, limits: Limits) -> End:
    name = signal.Signals(ended.signal).name if ended.signal in set(signal.Signals) else ""
    if name == "SIGXCPU" or (name == "SIGKILL" and ended.cpu_s >= limits.cpu_s):
        return "cpu"
    if name == "SIGXFSZ":
        return "output"
    return "crashed" if name in _FAULTS else "killed"


def _log(printed: int) -> tuple[str, str, int]:
    size = os.fstat(printed).st_size
    if size <= 2 * LOG_PART:
        return _text(os.pread(printed, size, 0)), "", size
    head = os.pread(printed, LOG_PART, 0)
    return _text(head), _text(os.pread(printed, LOG_PART, size - LOG_PART)), size


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
