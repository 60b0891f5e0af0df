"""Grades a class on the workers of a dask cluster, or on a small cluster started for it here.

Submissions travel as bytes, and so do verdicts. Whoever is lost on the way, dask has the submission
graded elsewhere; this side sees to it that each is told of once. Every key is new, so that nothing
that a scheduler still knows of an earlier run is taken for a verdict of this one.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import time
import uuid
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import msgspec

from grader import isolation
from grader.cohort.course_digest import course_digest
from grader.cohort.engine import Done, Work
from grader.cohort.local import cores
from grader.course import Course, find
from grader.errors import EngineError, Stopped, UsageError
from grader.pool.interface import STOP_POLL_S, Stop, never

try:
    import dask
    from distributed import CancelledError, Client, Future, KilledWorker, LocalCluster, as_completed
    from distributed.utils import silence_logging_cmgr
    from distributed.versions import VersionMismatchWarning

    from grader.cohort import outpost
except ModuleNotFoundError as error:
    raise UsageError(
        f"--engine dask needs {error.name}, which is not installed; "
        "run: pip install 'dlgrade[cluster]'"
    ) from error

Tell = Callable[[str], None]
_Answers = list[tuple[Future[bytes], object]]

_AHEAD: Final = 2
"""Submissions in hand for each thread: one under way, and the next, so that none waits for us."""

_RETRIES: Final = 2
"""How often dask tries again where a worker could have no judge: a process may have been killed."""

_CONNECT_S: Final = 20.0
_PATIENCE_S: Final = 600.0
_LOOK_S: Final = 1.0
"""How often the workers are counted."""

_KEPT: Final = "what is graded is kept; go on with --resume"
_SAME: Final = "install the same dlgrade there: pip install 'dlgrade[cluster]'"

_CONFIG: Final = {
    # A submission has its own bounds; dask warns about the graphs of analysts.
    "distributed.admin.large-graph-warning-threshold": "1 GB",
    # Whoever is started here shows nothing of the class over HTTP.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    # Nobody reads these; a worker that does nothing takes 6 % of a core with them, 1 % without.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
}
_LOGS: Final = ("distributed", "distributed.client")
"""What dask tells by itself; what matters of it comes as an exception."""

_ANSWER: Final = msgspec.msgpack.Decoder(outpost.Answer)


class ClusterEngine:
    """An `grader.cohort.engine.Engine` of the workers of a dask cluster.

    The scheduler and the workers are trusted: dask runs whatever it is sent by whoever can reach
    it, and their verdicts are believed.

    Args:
        course: what is judged. Where it is not the bundled one, each worker must find it in the
            same folder.
        address: of a scheduler; without it, workers are started on this machine.
        width: how many submissions to grade at a time; by default as many as the workers have
            threads, which is the number of cores on this machine.
        mode: how well the learners' code shall be isolated.
        bubblewrap: whether that is wanted around it as well.
        tell: is told what whoever waits should know.
        patience_s: how long to wait while there is no worker, seconds.
    """

    name = "dask"

    def __init__(
        self,
        course: Course,
        address: str | None = None,
        *,
        width: int | None = None,
        mode: isolation.Mode = "auto",
        bubblewrap: bool = False,
        tell: Tell = lambda _: None,
        patience_s: float = _PATIENCE_S,
    ) -> None:
        folder, bundled = course.exercises.resolve().parent, find().exercises.resolve().parent
        self._terms = outpost.Terms(
            run=f"dlgrade-{uuid.uuid4().hex}",
            course="" if folder == bundled else str(folder),
            digest=course_digest(course),
            versions=outpost.versions(),
            mode=mode,
            bubblewrap=bubblewrap,
        )
        self._packed = msgspec.msgpack.encode(self._terms)
        self._address = address
        self._most = width
        self._tell = tell
        self._patience_s = patience_s
        self._numbers = itertools.count()
        self._opened = contextlib.ExitStack()
        self._client: Client | None = None

    @property
    def width(self) -> int:
        """How many submissions it grades at a time, as the cluster is now."""
        return min(self._threads(), self._most or self._threads())

    def start(self) -> None:
        """Joins the cluster, and looks whether its workers have the same course and versions.

        Workers that come later are looked at as they get their first submission.

        Raises:
            EngineError: if there is no such cluster, or a worker differs; says which and how.
        """
        self._opened.enter_context(dask.config.set(_CONFIG))
        for name in _LOGS:
            self._opened.enter_context(silence_logging_cmgr(logging.CRITICAL + 1, name))
        try:
            where = self._address or self._opened.enter_context(self._cluster())
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", VersionMismatchWarning)  # see `_look`
                self._client = _client(where)
        except Exception as error:  # dask raises what its transports raise
            raise EngineError(self._no_cluster(error)) from error
        self._opened.callback(self._client.close)
        self._look()

    def grade(self, works: Iterable[Work], stop: Stop = never) -> Iterator[Done]:
        """Grades all; see `grader.cohort.engine.Engine.grade`.

        A submission whose workers died is tried once more when all others are done, alone, so that
        none is blamed for what another did to the worker that both were waiting on.
        """
        client = self._joined()
        ahead = iter(works)
        under_way: dict[Future[bytes], Work] = {}
        suspects: list[Work] = []
        alone = False
        answers = as_completed(loop=client.loop, with_results=True, raise_errors=False)
        watch = _Watch(self._threads, self._tell, self._patience_s)
        try:
            while True:
                room = self._room(watch.threads) - len(under_way)
                wanted = list(islice(ahead, max(0, room)))
                if not wanted and not under_way and suspects:
                    wanted, alone = [suspects.pop()], True
                for work in wanted:
                    future = self._submit(work)
                    under_way[future] = work
                    answers.add(future)
                if not under_way:
                    return
                for future, answer in _answered(answers, watch, stop):
                    work = under_way.pop(future)
                    future.release()  # or it is graded again if the worker that keeps it goes
                    if _is_killed(answer) and not alone:
                        suspects.append(work)
                    else:
                        yield self._done(work, answer)
        finally:
            if under_way and client.status == "running":
                with contextlib.suppress(Exception):  # its reason to go is told, not this one
                    client.cancel(list(under_way))

    def close(self) -> None:
        """Leaves the cluster, and ends what was started for it; may be called twice."""
        if self._client is not None and self._client.status == "running":
            with contextlib.suppress(Exception):  # whoever does not answer needs no farewell
                self._client.run(outpost.leave, self._terms.run, on_error="ignore")
        self._client = None
        self._opened.close()

    def __enter__(self) -> ClusterEngine:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _cluster(self) -> LocalCluster:
        """Workers on this machine, whom nobody else on it can talk to."""
        return LocalCluster(
            n_workers=self._most or cores(),
            threads_per_worker=1,
            security=True,
            memory_limit=0,
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            preload=[outpost.__name__],
            silence_logs=logging.CRITICAL + 1,
        )

    def _no_cluster(self, error: Exception) -> str:
        if self._address is None:
            return f"dask cannot start workers here: {_said(error)}; --engine local needs none"
        return (
            f"the scheduler at {self._address} cannot be joined: {_said(error)}; see whether it "
            "runs, and whether its address and certificates are right"
        )

    def _joined(self) -> Client:
        if self._client is None:
            raise EngineError("the engine is not started, or closed")
        return self._client

    def _look(self) -> None:
        client = self._joined()
        try:
            theirs = client.run_on_scheduler(outpost.carrier)
        except Exception as error:
            raise EngineError(
                f"the scheduler cannot pass on what is sent: {_said(error)}; {_SAME}"
            ) from error
        if theirs != outpost.carrier():
            raise EngineError(
                f"the scheduler has distributed {theirs}, and here is {outpost.carrier()}; "
                "install the same version there"
            )
        said: Mapping[str, Any] = client.run(outpost.look, self._packed, on_error="return")
        for worker, objection in said.items():
            if isinstance(objection, OSError):
                continue  # it is gone; if it comes back, it is looked at then
            if isinstance(objection, Exception):
                raise EngineError(
                    f"the worker {worker} cannot grade: {_said(objection)}; {_SAME}"
                ) from objection
            if objection:
                raise EngineError(f"the worker {worker} refuses: {objection}")

    def _threads(self) -> int:
        """How many threads the workers have.

        Raises:
            EngineError: if the scheduler does not answer.
        """
        try:
            return sum(self._joined().nthreads().values())
        except OSError as error:
            raise self._lost() from error

    def _room(self, threads: int) -> int:
        """How many submissions to have in hand; where others' workers are, no more than asked."""
        ahead = max(1, _AHEAD * threads)
        return min(ahead, self._most) if self._most and self._address else ahead

    def _submit(self, work: Work) -> Future[bytes]:
        return self._joined().submit(
            outpost.graded,
            self._packed,
            msgspec.msgpack.encode(work),
            key=f"{self._terms.run}-{next(self._numbers)}",
            retries=_RETRIES,
            pure=False,
        )

    def _done(self, work: Work, answer: object) -> Done:
        """What an answer says.

        Raises:
            EngineError: if it says that the cluster cannot go on.
        """
        if _is_killed(answer):
            return Done(
                digest=work.digest,
                failure=f"every worker that it was given to died over it: {_exception(answer)}",
            )
        if isinstance(answer, CancelledError):
            raise self._lost()
        error = _exception(answer)
        if error is not None:
            said = str(error) if isinstance(error, EngineError) else _said(error)
            raise EngineError(f"{said}; {_KEPT}") from error
        assert isinstance(answer, bytes)
        record = _ANSWER.decode(answer)
        if record.done is None:
            raise EngineError(f"{record.refusal}; {_KEPT}")
        return record.done

    def _lost(self) -> EngineError:
        where = f" at {self._address}" if self._address else ""
        return EngineError(
            f"the scheduler{where} is gone, or has dropped what it was given; {_KEPT}"
        )


class _Watch:
    """Counts the workers every so often, and loses patience when there are none for long."""

    def __init__(self, count: Callable[[], int], tell: Tell, patience_s: float) -> None:
        self._count = count
        self._tell = tell
        self._patience_s = patience_s
        self._next = 0.0
        self._alone_since: float | None = None
        self.threads = count()

    def look(self) -> None:
        """Counts, if it is time to.

        Raises:
            EngineError: if there has been no worker for too long.
        """
        now = time.monotonic()
        if now < self._next:
            return
        self.threads, self._next = self._count(), now + _LOOK_S
        if self.threads:
            if self._alone_since is not None:
                self._tell("a worker has come; grading goes on")
            self._alone_since = None
        elif self._alone_since is None:
            self._alone_since = now
            self._tell(
                "the cluster has no worker; waiting for one for up to "
                f"{self._patience_s:g} seconds (dask worker ADDRESS starts one)"
            )
        elif now - self._alone_since > self._patience_s:
            raise EngineError(
                f"the cluster has had no worker for {self._patience_s:g} seconds; start one "
                f"(dask worker ADDRESS); {_KEPT}"
            )


def _client(where: str | LocalCluster) -> Client:
    """A client that has joined; one that cannot is closed here: as garbage it waits for itself."""
    client = Client.__new__(Client)
    try:
        client.__init__(where, timeout=_CONNECT_S, set_as_default=False)  # type: ignore[misc]
    except BaseException:
        with contextlib.suppress(Exception):
            client.close(timeout=_CONNECT_S)
        raise
    return client


def _answered(answers: as_completed, watch: _Watch, stop: Stop) -> _Answers:
    """Waits for answers; there are some at the end.

    Raises:
        EngineError: if there is nobody to wait for.
        Stopped: if ``stop`` said so.
    """
    while not answers.has_ready():
        if stop():
            raise Stopped("the class is not graded to its end")
        watch.look()
        time.sleep(STOP_POLL_S)
    batch: _Answers = answers.next_batch(block=False)
    return batch


def _exception(answer: object) -> BaseException | None:
    """The exception that dask hands over as its type, itself and where it was raised."""
    return answer[1] if isinstance(answer, tuple) else None


def _is_killed(answer: object) -> bool:
    return isinstance(_exception(answer), KilledWorker)


def _said(error: BaseException) -> str:
    """An exception of others in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]
