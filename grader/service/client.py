"""The side of a service that asks: standard library and records, no torch."""

from __future__ import annotations

import contextlib
import itertools
import queue
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from typing import IO, BinaryIO, Final

import msgspec

from grader import isolation
from grader.course import Course
from grader.errors import EngineError, Stopped, UsageError
from grader.pool import Policy, never
from grader.pool import Stop as StopAsked
from grader.pool.interface import STOP_POLL_S, default_jobs
from grader.pool.launch import command, environment
from grader.result import Exercise, Quiz, Result
from grader.service.messages import (
    Failed,
    FromService,
    Grade,
    Graded,
    Handed,
    Judged,
    Ready,
    Sit,
    Stop,
    ToService,
    answered,
    send,
)
from grader.service.nursery import Forked, Nursery
from grader.settings import Settings
from grader.submission import Submitted
from grader.wire.layers import Held

Progress = Callable[[Exercise | Quiz], None]

_CLOSE_S: Final = 5.0
_LAST_WORDS: Final = 2_000


class Service:
    """A judge in a process of its own. Use it as a context manager, or call `close`.

    If the process dies, the verdict under way fails, and the next one is asked of a new process.

    Args:
        course: what is judged.
        jobs: how many workers may run at the same time; by default one per core, at most 4.
        mode: how well they shall be isolated.
        bubblewrap: whether that is wanted around them as well.
        nursery: forks its process, where several services share the import of torch.
    """

    def __init__(
        self,
        course: Course,
        *,
        jobs: int | None = None,
        mode: isolation.Mode = "auto",
        bubblewrap: bool = False,
        nursery: Nursery | None = None,
    ) -> None:
        self._course = course.exercises.resolve().parent
        self._jobs = jobs or default_jobs()
        self._mode = mode
        self._policy = isolation.policy(mode, [course.solutions], bubblewrap)
        self._nursery = nursery
        self._numbers = itertools.count()
        self._process: _Process | None = None

    def start(self) -> None:
        """Begins to warm up; returns at once.

        Raises:
            EngineError: if no process can be started.
        """
        if self._process is None:
            self._process = _Process(self._jobs, self._policy, self._nursery)
            self._process.tell(Sit(str(self._course)))

    @property
    def is_warm(self) -> bool:
        """Whether a verdict could begin at once."""
        return self._process is not None and self._process.held is not None

    def held(self, stop: StopAsked = never) -> Held:
        """What holds the workers; waits until the service is warm.

        Raises:
            EngineError: if it does not start.
            IsolationError: if less holds them than ``strict`` asks for.
            Stopped: if ``stop`` said so.
        """
        self.start()
        while (process := self._started()).held is None:
            self._take(process.next(stop))
        if self._mode == "strict":
            isolation.require(process.held)
        return process.held

    def grade(
        self,
        submission: Sequence[Submitted],
        settings: Settings = Settings(),  # noqa: B008 - it is frozen
        progress: Progress = lambda _: None,
        stop: StopAsked = never,
    ) -> Result:
        """Grades a submission; see `grader.judge.Judge.grade`.

        Raises:
            EngineError: if the service died, or cannot keep its untrusted side alive.
            IsolationError: if less holds the workers than ``strict`` asks for.
            Stopped: if ``stop`` said so.
        """
        self.held(stop)
        number = next(self._numbers)
        handed = tuple(_handed(submitted) for submitted in submission)
        process = self._started()
        process.tell(Grade(number, handed, msgspec.structs.replace(settings, isolation=self._mode)))
        try:
            while True:
                message = self._take(process.next(stop))
                if getattr(message, "number", None) != number:
                    continue  # the end of one that was stopped
                if isinstance(message, Judged):
                    record = message.exercise or message.quiz
                    assert record is not None
                    progress(record)
                elif isinstance(message, Graded):
                    return message.result
        except (Stopped, KeyboardInterrupt):
            process.tell(Stop())
            raise

    def close(self) -> None:
        """Ends the process and everything that it started; may be called twice."""
        if self._process is not None:
            self._process.close()
            self._process = None

    def __enter__(self) -> Service:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self) -> _Process:
        if self._process is None:
            raise EngineError("the service is closed")
        return self._process

    def _take(self, message: FromService | None) -> FromService:
        """What a message means for everybody.

        Raises:
            EngineError: if it is the last one.
        """
        process = self._started()
        if isinstance(message, Ready):
            process.held = message.held
        elif message is None:
            self.close()
            raise EngineError(f"the judge's process has ended; try again. {process.said}".strip())
        elif isinstance(message, Failed) and not message.stopped:
            if message.number < 0:
                self.close()
            raise (UsageError if message.usage else EngineError)(message.why)
        return message


class _Process:
    """The process, and a thread that listens to it: a pipe cannot be waited for everywhere."""

    def __init__(self, jobs: int, policy: Policy, nursery: Nursery | None) -> None:
        self.held: Held | None = None
        self.said = ""
        self._nursery = nursery
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this
        try:
            self._popen = (
                _executed(jobs, policy, self._errors)
                if nursery is None
                else nursery.fork(jobs, policy, self._errors.fileno())
            )
        except OSError as error:
            self._errors.close()
            raise EngineError(f"the judge cannot be started: {error}") from error
        assert self._popen.stdin is not None and self._popen.stdout is not None
        self._writing: IO[bytes] = self._popen.stdin
        self._heard: queue.SimpleQueue[FromService | None] = queue.SimpleQueue()
        self._listener = threading.Thread(
            target=_listen, args=(self._popen.stdout, self._heard), daemon=True
        )
        self._listener.start()

    def tell(self, message: ToService) -> None:
        """Says something; if the process is dead, `next` will say so."""
        with contextlib.suppress(OSError, ValueError):
            send(self._writing, message)  # type: ignore[arg-type]  # a pipe is a BinaryIO

    def next(self, stop: StopAsked) -> FromService | None:
        """The next message; None if the process is dead.

        Raises:
            Stopped: if ``stop`` said so.
        """
        while not stop():
            with contextlib.suppress(queue.Empty):
                return self._heard.get(timeout=None if stop is never else STOP_POLL_S)
        raise Stopped("nobody waits for the verdict any more")

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._writing.close()
        try:
            self._popen.wait(_CLOSE_S if self.held is not None else 0)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        self._listener.join(_CLOSE_S)
        assert self._popen.stdout is not None
        self._popen.stdout.close()
        self._errors.seek(0)
        self.said = self._errors.read()[-_LAST_WORDS:].decode("utf-8", "replace").strip()
        self._errors.close()
        if isinstance(self._popen, Forked):
            self._popen.let_go()
        if self._nursery is not None:
            self.said = self.said or self._nursery.said


def _executed(jobs: int, policy: Policy, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command(
            "grader.service.process",
            f"process.main({jobs}, sys.argv[2])",
            msgspec.json.encode(policy).decode(),
        ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment(),
        # An interrupt at the terminal is for whoever asks; the service goes when they do.
        start_new_session=True,
    )


def _listen(reading: BinaryIO, heard: queue.SimpleQueue[FromService | None]) -> None:
    with contextlib.suppress(OSError, ValueError, msgspec.MsgspecError):
        while (message := answered(reading)) is not None:
            heard.put(message)
    heard.put(None)


def _handed(submitted: Submitted) -> Handed:
    return Handed(
        label=submitted.entry.label,
        file=submitted.file,
        source=submitted.source,
        fault=submitted.fault,
        missing=submitted.missing,
        cells=submitted.cells,
        notes=submitted.notes,
    )
