"""The engine of a cluster: a real scheduler, workers that are processes, and their deaths."""

from __future__ import annotations

import contextlib
import gc
import importlib
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from living import alive, gone

from grader.cohort.cluster import ClusterEngine
from grader.cohort.engine import Done, Work
from grader.cohort.local import LocalEngine
from grader.course import Course, find
from grader.errors import EngineError, Stopped
from grader.result import Result
from grader.settings import Settings
from grader.submission import Bundle, pack
from grader.submission.bundle import Member
from grader.worker.processes import children, descendants

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="looks into /proc, and kills"
)

REPOSITORY = Path(__file__).parents[2]
FIXTURE = REPOSITORY / "tests" / "fixtures" / "course"
RIGHT = (FIXTURE / "solutions" / "arithmetic" / "double.py").read_bytes()
WRONG = b"def double(x, times=2.0):\n    return x + times\n"
SLEEPS = b"import time\ndef double(x, times=2.0):\n    time.sleep(60)\n"


def work(source: bytes, **more: object) -> Work:
    """A submission of one file."""
    bundle = Bundle("submission", {("arithmetic", "double.py"): Member(source)})
    return Work(digest=bundle.digest, name="submission", bundle=pack(bundle), **more)  # type: ignore[arg-type]


def many(number: int) -> list[Work]:
    """Submissions that are right and wrong in turn, each another."""
    sources = itertools.cycle([RIGHT, WRONG, b"def double(:\n", SLEEPS.replace(b"60", b"0.05")])
    return [work(next(sources) + b"# %d\n" % place) for place in range(number)]


def without_durations(result: Result | None) -> Result:
    """A record whose exercises took no time."""
    assert result is not None
    exercises = tuple(msgspec.structs.replace(e, duration_s=0.0) for e in result.exercises)
    return msgspec.structs.replace(result, exercises=exercises, duration_s=0.0)


class Cluster:
    """A scheduler and workers, as somebody would start them by hand."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._started: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", *options)
        while not self.file.is_file():
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        found: dict[str, str] = msgspec.json.decode(self.file.read_bytes())
        self.address = found["address"]

    def add(self, *options: str) -> None:
        """Starts a worker."""
        name = str(len(self.workers))
        self.workers.append(self._start("worker", "--nthreads", "1", "--name", name, *options))

    def close(self) -> None:
        """Ends all."""
        everybody = [each.pid for each in self._started]
        everybody += [below for pid in everybody for below in descendants(pid)]
        for process in self._started:
            process.kill()
            process.wait()
        assert gone(everybody)

    def _start(self, what: str, *options: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self.file)]
        process = subprocess.Popen(
            [*command, "--no-dashboard", *options],
            cwd=self.folder,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join((str(REPOSITORY), str(self.folder))),
                "DASK_TEMPORARY_DIRECTORY": str(self.folder),
                # The first death counts, so that the tests need not wait for four.
                "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._started.append(process)
        return process


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler that has no worker yet."""
    with contextlib.closing(Cluster(tmp_path)) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers that dask starts again when they die."""
    with contextlib.closing(Cluster(tmp_path_factory.mktemp("cluster"))) as cluster:
        cluster.add()
        cluster.add()
        with ClusterEngine(find(FIXTURE), cluster.address) as engine:
            engine._joined().wait_for_workers(2, timeout=60)
        yield cluster


@pytest.fixture(scope="module")
def course() -> Course:
    """The small course."""
    return find(FIXTURE)


@pytest.fixture
def own(tmp_path: Path) -> Course:
    """The small course, to be changed."""
    shutil.copytree(FIXTURE, tmp_path / "course")
    return find(tmp_path / "course")


def test_a_worker_that_is_killed_costs_nothing(scheduler: Cluster, course: Course) -> None:
    """Each submission has one verdict, that of the local engine, and nobody is left behind."""
    works = many(40)
    with LocalEngine(course, width=2) as local:
        expected = {done.digest: without_durations(done.result) for done in local.grade(works)}
    scheduler.add("--no-nanny", "--nthreads", "2")
    scheduler.add("--no-nanny")
    scheduler.add("--no-nanny")
    victim: list[int] = []
    done: list[Done] = []
    with ClusterEngine(course, scheduler.address) as engine:
        engine._joined().wait_for_workers(3, timeout=60)
        assert engine.width == 4
        pids = engine._joined().run(os.getpid)
        for each in engine.grade(works):
            done.append(each)
            if len(done) == 5:
                victim = [pids[each.where], *descendants(pids[each.where])]
                os.kill(victim[0], signal.SIGKILL)
        assert len(engine._joined().nthreads()) == 2
    assert len(victim) > 1
    assert gone(victim)
    assert sorted(each.digest for each in done) == sorted(expected)
    assert {each.digest: without_durations(each.result) for each in done} == expected
    assert {each.where for each in done} <= set(pids)
    assert all(each.seconds > 0 and not each.failure and not each.problem for each in done)


DEADLY = """
import os, signal
from grader.cohort import outpost

def graded(terms, work):
    if b"poison" in work:
        os.kill(os.getpid(), signal.SIGKILL)
    return outpost.graded(terms, work)
"""
"""What workers do, but that one submission kills them."""


def test_a_poison_is_told_apart_from_who_waited_behind_it(
    scheduler: Cluster, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever kills workers gets a failure; those who were on them get their verdicts."""
    (scheduler.folder / "deadly.py").write_text(DEADLY)
    monkeypatch.syspath_prepend(scheduler.folder)
    monkeypatch.setattr("grader.cohort.outpost.graded", importlib.import_module("deadly").graded)
    scheduler.add()
    scheduler.add()
    works = [msgspec.structs.replace(work(b"# first" + RIGHT), name="poison"), *many(8)]
    with ClusterEngine(course, scheduler.address) as engine:
        engine._joined().wait_for_workers(2, timeout=60)
        done = {each.digest: each for each in engine.grade(works)}
    assert len(done) == len(works)
    failed = done.pop(works[0].digest)
    assert failed.result is None
    assert "every worker that it was given to died over it" in failed.failure
    assert not any(each.failure for each in done.values())
    assert all(each.result for each in done.values())


def test_a_worker_that_leaves_hands_back_what_it_has(scheduler: Cluster, course: Course) -> None:
    """A job of a cluster that comes to its end stops its judges in the middle; others grade on."""
    works = [work(SLEEPS.replace(b"60", b"0.1") + b"# %d\n" % place) for place in range(8)]
    scheduler.add("--no-nanny")
    with ClusterEngine(course, scheduler.address) as engine:
        verdicts = engine.grade(works)
        done = [next(verdicts)]
        judges = descendants(scheduler.workers[0].pid)
        scheduler.add("--no-nanny")
        scheduler.workers[0].terminate()
        done += verdicts
    assert scheduler.workers[0].wait(60) == 0
    assert gone(judges)
    assert sorted(each.digest for each in done) == sorted(each.digest for each in works)
    assert all(each.result for each in done)
    assert len({each.where for each in done}) == 2


def test_an_earlier_run_is_not_taken_for_this_one(cluster: Cluster, course: Course) -> None:
    """Neither by its keys nor by its judges: other settings give other verdicts."""
    for seed in (3, 4):
        with ClusterEngine(course, cluster.address) as engine:
            (done,) = engine.grade([work(RIGHT, settings=Settings(seed=seed))])
            assert done.result is not None
            assert done.result.environment.seed == seed


def test_it_reads_ahead_no_more_than_it_needs(cluster: Cluster, course: Course) -> None:
    """A class need not fit into memory; one that asks for less has less in hand."""
    for width, most in ((None, 4), (1, 1)):
        read = 0
        done = 0
        in_hand = []

        def works() -> Iterator[Work]:
            nonlocal read
            for one in many(12):
                read += 1
                in_hand.append(read - done)  # noqa: B023 - it is used within the turn
                yield one

        with ClusterEngine(course, cluster.address, width=width) as engine:
            assert engine.width == (width or 2)
            for _ in engine.grade(works()):
                done += 1
        assert done == 12
        assert max(in_hand) <= most


def test_it_stops_when_it_is_told(cluster: Cluster, course: Course) -> None:
    """With submissions under way that would take a minute; then it leaves nothing behind."""
    asked = itertools.count()
    with ClusterEngine(course, cluster.address) as engine:
        pids = list(engine._joined().run(os.getpid).values())
        with pytest.raises(Stopped):
            list(engine.grade([work(SLEEPS)] * 2, lambda: next(asked) > 100))
        judges = [below for pid in pids for below in children(pid)]
    assert judges
    assert gone(judges)


def test_what_is_no_submission_is_said(cluster: Cluster, course: Course) -> None:
    """It is a problem of the submission, and the others are graded."""
    bundle = Bundle("submission", {("poems", "ode.py"): Member(b"o = 1\n")})
    odd = Work(digest="odd", name="submission", bundle=pack(bundle))
    with ClusterEngine(course, cluster.address) as engine:
        done = {each.digest: each for each in engine.grade([odd, work(RIGHT)])}
    assert "submission has none of the course's topics (arithmetic)" in done["odd"].problem
    assert done[work(RIGHT).digest].result is not None


def test_a_large_submission_travels_without_a_warning(cluster: Cluster, course: Course) -> None:
    """Dask warns of what is large for a graph; here it is only a submission."""
    odd = Work(digest="odd", name="submission", bundle=os.urandom(12_000_000))
    with ClusterEngine(course, cluster.address) as engine:
        (done,) = engine.grade([odd])
    assert "damaged on the way" in done.failure
    assert done.where


def test_a_worker_with_another_course_refuses(cluster: Cluster, own: Course) -> None:
    """It is named, and so is the folder; nothing is graded."""
    engine = ClusterEngine(own, cluster.address)
    own.entries[0].solution.write_text("# other\n" + own.entries[0].solution.read_text())
    with pytest.raises(EngineError) as caught, engine:
        pass
    said = str(caught.value)
    assert said.startswith("the worker tcp://127.0.0.1:")
    assert f"refuses: {own.exercises.parent}: the course has other files there (" in said
    assert "copy yours there" in said


def test_a_worker_that_comes_later_is_looked_at_too(cluster: Cluster, own: Course) -> None:
    """Before it grades its first submission."""
    with ClusterEngine(own, cluster.address) as engine:
        own.entries[0].solution.write_text("# other\n" + own.entries[0].solution.read_text())
        with pytest.raises(EngineError, match=r"has other files there .* go on with --resume"):
            list(engine.grade([work(RIGHT)]))


def test_a_course_that_a_worker_does_not_have_is_named(cluster: Cluster, own: Course) -> None:
    """A folder of this machine need not be there on another."""
    engine = ClusterEngine(own, cluster.address)
    shutil.rmtree(own.exercises.parent)
    with pytest.raises(EngineError, match=r"worker tcp.* refuses: .* is not a course"), engine:
        pass


PRETENDS = """
from importlib import metadata

def pretended(name, version=metadata.version):
    return "0.1" if name in ("torch", "distributed") else version(name)

metadata.version = pretended
"""
"""What makes a process of dask believe that it has other versions, before it begins."""


def test_a_worker_with_other_versions_is_named(scheduler: Cluster, course: Course) -> None:
    """What differs, on both sides, and what to do."""
    scheduler.add("--no-nanny", "--preload", PRETENDS)
    engine = ClusterEngine(course, scheduler.address)
    here = [each for each in engine._terms.versions if each.startswith(("torch ", "distributed "))]
    with pytest.raises(EngineError) as caught, engine:
        list(engine.grade([work(RIGHT)]))
    assert (
        "refuses: it has torch 0.1, distributed 0.1, and whoever asks has "
        f"{', '.join(here)}; install the same versions there"
    ) in str(caught.value)


def test_a_worker_that_fails_is_named(scheduler: Cluster, course: Course) -> None:
    """Also by an exception whose traceback dask cannot send: its client would wait for ever."""
    recursive = "from importlib import metadata; metadata.version = lambda n: metadata.version(n)"
    scheduler.add("--no-nanny", "--preload", recursive)
    with (
        ClusterEngine(course, scheduler.address) as engine,
        pytest.raises(EngineError, match=r"the worker tcp:.* fails: RecursionError: .*--resume"),
    ):
        list(engine.grade([work(RIGHT)]))


def test_a_scheduler_of_another_version_is_named(
    tmp_path: Path, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an error of ours: dask's own warning, a table, is not shown."""
    monkeypatch.setattr("distributed.versions._version_cached", lambda _: "0.2")
    with (
        contextlib.closing(Cluster(tmp_path, "--preload", PRETENDS)) as cluster,
        pytest.raises(EngineError, match=r"the scheduler has distributed 0\.1, and here is 20"),
        ClusterEngine(course, cluster.address),
    ):
        pass


def test_judges_of_a_run_that_was_killed_end_with_the_next(
    cluster: Cluster, course: Course
) -> None:
    """They stay warm on the workers until somebody looks."""
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from grader.cohort.cluster import ClusterEngine\n"
        "from grader.cohort.engine import Work\n"
        "from grader.course import find\n"
        f"engine = ClusterEngine(find(Path({str(FIXTURE)!r})), {cluster.address!r})\n"
        "engine.start()\n"
        f"list(engine.grade([Work(digest='1', name='s', bundle={work(RIGHT).bundle!r})]))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=REPOSITORY)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    with ClusterEngine(course, cluster.address) as engine:
        workers = list(engine._joined().run(os.getpid).values())
        assert not [
            pid
            for worker in workers
            for pid in children(worker)
            if b"grader.service" in Path(f"/proc/{pid}/cmdline").read_bytes() and alive(pid)
        ]


def test_it_waits_for_a_worker_and_says_so(scheduler: Cluster, course: Course) -> None:
    """A cluster's queue may be long; whoever waits is told why."""
    told: list[str] = []

    def tell(said: str) -> None:
        told.append(said)
        if len(told) == 1:
            scheduler.add("--no-nanny")

    with ClusterEngine(course, scheduler.address, tell=tell) as engine:
        (done,) = engine.grade([work(RIGHT)])
    assert done.result is not None
    assert told == [
        "the cluster has no worker; waiting for one for up to 600 seconds "
        "(dask worker ADDRESS starts one)",
        "a worker has come; grading goes on",
    ]


def test_it_does_not_wait_for_ever(scheduler: Cluster, course: Course) -> None:
    """Without a worker there is no verdict."""
    with (
        ClusterEngine(course, scheduler.address, patience_s=0.0) as engine,
        pytest.raises(EngineError, match=r"no worker for 0 seconds; start one .*--resume"),
    ):
        list(engine.grade([work(RIGHT)]))


def test_a_scheduler_that_goes_is_said(scheduler: Cluster, course: Course) -> None:
    """What is graded is kept, and can be gone on from."""
    scheduler.add("--no-nanny")
    with ClusterEngine(course, scheduler.address) as engine:
        verdicts = engine.grade(many(30))
        assert next(verdicts).result is not None
        scheduler.scheduler.kill()
        with pytest.raises(EngineError, match=r"tcp://.* is gone, or has .*--resume"):
            list(verdicts)


def test_a_scheduler_that_is_not_there_is_said(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its address, and what to look at."""
    monkeypatch.setattr("grader.cohort.cluster._CONNECT_S", 0.2)
    for address in ("tcp://127.0.0.1:9", "tls://127.0.0.1:9", "carrier-pigeon://loft"):
        engine = ClusterEngine(course, address)
        with pytest.raises(EngineError, match=f"the scheduler at {address} cannot be joined: "):
            engine.start()
        engine.close()
        gc.collect()  # what dask has left of it must not complain


def test_without_an_address_workers_are_started_here(course: Course) -> None:
    """Over an encrypted connection, and they end with the engine."""
    before = set(descendants(os.getpid()))
    works = many(6)
    with ClusterEngine(course, width=2) as engine:
        assert engine.width == 2
        done = list(engine.grade(works))
        started = [pid for pid in descendants(os.getpid()) if pid not in before]
        assert len(started) > 4
    assert sorted(each.digest for each in done) == sorted(each.digest for each in works)
    assert all(each.where.startswith("tls://127.0.0.1:") for each in done)
    assert [pid for pid in started if is_ours(pid)] == []


def is_ours(pid: int) -> bool:
    """Whether a process is a worker or a judge: multiprocessing keeps a tracker of its own."""
    with contextlib.suppress(OSError):
        said = Path(f"/proc/{pid}/cmdline").read_bytes()
        return alive(pid) and b"resource_tracker" not in said
    return False


def test_nobody_is_left_behind_by_a_kill() -> None:
    """Workers that were started here, and their judges, go with whoever started them."""
    script = (
        "import sys; from pathlib import Path\n"
        "from grader.cohort.cluster import ClusterEngine\n"
        "from grader.cohort.engine import Work\n"
        "from grader.course import find\n"
        f"bundles = {[each.bundle for each in (work(RIGHT), work(SLEEPS))]!r}\n"
        "works = [Work(digest=str(n), name='s', bundle=b) for n, b in enumerate(bundles)]\n"
        "def main():\n"
        f"    with ClusterEngine(find(Path({str(FIXTURE)!r})), width=2) as engine:\n"
        "        for done in engine.grade(works): print('graded', flush=True)\n"
        "if __name__ == '__main__': main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=REPOSITORY,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"graded\n"
        started = descendants(process.pid)
        assert len(started) >= 6
        process.kill()
    assert gone(started)


def test_closing_twice_is_closing_once(course: Course) -> None:
    """Also when it was never used."""
    engine = ClusterEngine(course)
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="not started, or closed"):
        list(engine.grade([work(RIGHT)]))


def test_without_dask_it_is_said_what_to_install() -> None:
    """One line, whichever part of it is missing."""
    script = (
        "import sys\n"
        "sys.modules['distributed'] = None\n"
        "from grader.errors import UsageError\n"
        "try:\n"
        "    import grader.cohort.cluster\n"
        "except UsageError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert done.stdout == (
        "--engine dask needs distributed, which is not installed; "
        "run: pip install 'dlgrade[cluster]'\n"
    )


def test_a_cluster_is_asked_without_torch_here() -> None:
    """Neither the process that asks nor the workers import it: their judges do."""
    script = (
        "import sys, grader.cohort.cluster, grader.cohort.outpost\n"
        "print(sorted({'torch', 'numpy'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert "torch" not in done.stdout
