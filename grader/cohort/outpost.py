"""The side of a cluster's worker: judges that stay warm, and grade what they are sent.

Of this code only names travel, and bytes of records: what a worker runs is the dlgrade that is
installed there, over the course that lies there. Both must be those of whoever asks.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Final

import distributed
import msgspec
from distributed.diagnostics.plugin import WorkerPlugin
from distributed.utils import sync

from grader import isolation
from grader.cohort.bench import Bench
from grader.cohort.course_digest import course_digest, grader_version
from grader.cohort.engine import Done, Work
from grader.course import Course, find
from grader.errors import CourseError, DlgradeError, EngineError, Stopped, UsageError

_CARRIERS: Final = ("msgspec", "distributed")
"""What both ends must have in the same version to understand each other."""

_SETTLING: Final = threading.Lock()


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker must agree to before it grades.

    Attributes:
        run: tells this grading from every other; whoever starts again has another.
        course: the folder of the course as the worker sees it; empty for the bundled one.
        digest: of the course; see `grader.cohort.course_digest`.
        versions: of all that a verdict depends on, and of what carries it.
        mode: how well the learners' code shall be isolated.
        bubblewrap: whether that is wanted around it as well.
    """

    run: str
    course: str
    digest: str
    versions: tuple[str, ...]
    mode: isolation.Mode = "auto"
    bubblewrap: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker says to a `Work`.

    Attributes:
        done: what came of it; None if the worker does not grade on these terms.
        refusal: why not.
    """

    done: Done | None = None
    refusal: str = ""


_TERMS: Final = msgspec.msgpack.Decoder(Terms)
_WORK: Final = msgspec.msgpack.Decoder(Work)


def versions() -> tuple[str, ...]:
    """What is installed here, of all that must be the same everywhere."""
    carriers = (f"{name} {metadata.version(name)}" for name in _CARRIERS)
    return (*grader_version().split(", "), *carriers)


def carrier() -> str:
    """The version of dask here, for a scheduler: it grades nothing, but passes names on."""
    return metadata.version("distributed")


def dask_setup(worker: distributed.Worker) -> None:
    """Makes a worker that was started for this run alone deaf to interrupts.

    Dask calls it in workers that preload this module. An interrupt at the terminal reaches every
    process there, and is for whoever asks.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)


async def look(terms: bytes, dask_worker: distributed.Worker) -> str:
    """Why this worker cannot grade on these terms; empty if it can.

    Judges of other runs that have nothing to do are ended: whoever started them may have been
    killed, and who has not gets new ones.
    """
    asked = _TERMS.decode(terms)
    for plugin in list(dask_worker.plugins.values()):
        if isinstance(plugin, Outpost):
            await asyncio.to_thread(plugin.rest)
    try:
        await asyncio.to_thread(_agreed, asked)
    except DlgradeError as error:
        return str(error)
    return ""


async def leave(run: str, dask_worker: distributed.Worker) -> None:
    """Ends the judges of a run, and what they have under way."""
    if run in dask_worker.plugins:
        await dask_worker.plugin_remove(run)


def graded(terms: bytes, work: bytes) -> bytes:
    """Grades a submission on a worker: the task that dask runs.

    Raises:
        EngineError: if no judge can be had here now; dask tries again.
        Reschedule: if the worker goes; dask has it graded elsewhere.
    """
    worker = distributed.get_worker()
    try:
        done = _outpost(worker, _TERMS.decode(terms)).grade(_WORK.decode(work))
        answer = Answer(done=msgspec.structs.replace(done, where=worker.address))
    except Stopped:
        raise distributed.Reschedule from None
    except EngineError as error:
        raise EngineError(f"the worker {worker.address} has no judge: {error}") from None
    except DlgradeError as error:
        answer = Answer(refusal=f"the worker {worker.address} refuses: {error}")
    except Exception as error:  # dask cannot send every traceback, and then nobody hears of it
        said = f"{type(error).__name__}: {error}"[:500]
        answer = Answer(refusal=f"the worker {worker.address} fails: {said}")
    return msgspec.msgpack.encode(answer)


class Outpost(WorkerPlugin):
    """The judges that a worker keeps for one run, as many as it has ever had threads at work."""

    def __init__(self, course: Course, terms: Terms) -> None:
        self._course = course
        self._terms = terms
        self._idle: list[Bench] = []
        self._ending = threading.Event()

    def grade(self, work: Work) -> Done:
        """Grades a submission; see `grader.cohort.bench.Bench.grade`."""
        try:
            bench = self._idle.pop()
        except IndexError:
            bench = Bench(self._course, mode=self._terms.mode, bubblewrap=self._terms.bubblewrap)
        try:
            return bench.grade(work, self._ending.is_set)
        finally:
            self._idle.append(bench)
            if self._ending.is_set():
                self.rest()

    def rest(self) -> None:
        """Ends the judges that have nothing to do."""
        while self._idle:
            try:
                bench = self._idle.pop()
            except IndexError:  # another thread was quicker
                return
            bench.close()

    async def teardown(self, worker: distributed.Worker) -> None:
        """Ends all judges; dask calls it when the worker ends."""
        self._ending.set()
        await asyncio.to_thread(self.rest)


def _outpost(worker: distributed.Worker, terms: Terms) -> Outpost:
    """The worker's judges for a run; those who come first settle down."""
    with _SETTLING:
        outpost = worker.plugins.get(terms.run)
        if not isinstance(outpost, Outpost):
            outpost = Outpost(_agreed(terms), terms)
            sync(worker.loop, worker.plugin_add, outpost, terms.run)
    return outpost


def _agreed(terms: Terms) -> Course:
    """The course that lies here, if all is as the terms want it.

    Raises:
        UsageError: names what is installed in another version, or that there is no course.
        CourseError: if the course has other files, or is wrong.
    """
    here = versions()
    if here != terms.versions:
        raise UsageError(
            f"it has {_without(here, terms.versions)}, and whoever asks has "
            f"{_without(terms.versions, here)}; install the same versions there"
        )
    course = find(Path(terms.course) if terms.course else None)
    digest = course_digest(course)
    if digest != terms.digest:
        raise CourseError(
            f"the course has other files there ({digest[:12]}, not {terms.digest[:12]}); copy "
            "yours there, or keep it in a folder that all machines share",
            course.exercises.parent,
        )
    return course


def _without(versions: Iterable[str], others: tuple[str, ...]) -> str:
    return ", ".join(each for each in versions if each not in others) or "nothing else"
