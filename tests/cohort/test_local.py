"""The engine of this machine: every submission once, whatever becomes of the judges."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from living import gone

from grader.cohort.bench import Bench
from grader.cohort.engine import Work
from grader.cohort.grading import SUBMISSION
from grader.cohort.intake import take_in
from grader.cohort.local import LocalEngine
from grader.course import Course, find
from grader.errors import EngineError, IsolationError, Stopped
from grader.result import Result, from_json
from grader.service import Service
from grader.settings import Settings
from grader.submission import pack
from grader.worker.processes import children, descendants

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"
FILE = ("arithmetic", "double.py")
RIGHT = (FIXTURE / "solutions" / "arithmetic" / "double.py").read_bytes()
WRONG = b"def double(x, times=2.0):\n    return x + times\n"
SLEEPS = b"import time\ndef double(x, times=2.0):\n    time.sleep(60)\n"
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def work(source: bytes, **more: object) -> Work:
    """A submission of one file."""
    return bundled({FILE: source}, **more)


def bundled(files: dict[tuple[str, ...], bytes], **more: object) -> Work:
    """A submission of these files, as they come in."""
    with tempfile.TemporaryDirectory() as folder:
        for parts, data in files.items():
            file = Path(folder, "ann", *parts)
            file.parent.mkdir(parents=True)
            file.write_bytes(data)
        ((handed_in, bundle),) = take_in(Path(folder), find(FIXTURE))
    return Work(digest=handed_in.digest, name=SUBMISSION, bundle=pack(bundle), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def course() -> Course:
    """The small course."""
    return find(FIXTURE)


@pytest.fixture(scope="module")
def engine(course: Course) -> Iterator[LocalEngine]:
    """An engine of two judges that the tests share."""
    with LocalEngine(course, width=2) as engine:
        yield engine


def without_durations(result: Result | None) -> Result:
    """A record whose exercises took no time."""
    assert result is not None
    exercises = tuple(msgspec.structs.replace(e, duration_s=0.0) for e in result.exercises)
    return msgspec.structs.replace(result, exercises=exercises, duration_s=0.0)


def pid_of(bench: Bench) -> int:
    """The process of a bench's judge."""
    bench._service.held()
    process = bench._service._process
    assert process is not None
    return process._popen.pid


@pytest.mark.parametrize("source", [RIGHT, WRONG, b"def double(:\n"])
def test_verdicts_are_those_of_check(engine: LocalEngine, tmp_path: Path, source: bytes) -> None:
    """The same files give the same record, from the first byte to the last, durations aside."""
    file = tmp_path / SUBMISSION / "/".join(FILE)
    file.parent.mkdir(parents=True)
    file.write_bytes(source)
    command = [sys.executable, "-m", "grader", "check", SUBMISSION, "--course", str(FIXTURE)]
    subprocess.run(
        [*command, "--json", "result.json", "-q"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
        capture_output=True,
    )
    (done,) = engine.grade([work(source)])
    expected = without_durations(from_json((tmp_path / "result.json").read_bytes()))
    assert without_durations(done.result) == expected
    assert done.seconds > 0
    assert (done.problem, done.failure) == ("", "")


def test_each_is_graded_once_and_read_as_it_is_needed(engine: LocalEngine) -> None:
    """No more are in hand than judges can soon take: a class need not fit into memory."""
    read = itertools.count()
    last_read = 0
    ahead = []

    def works() -> Iterator[Work]:
        nonlocal last_read
        for number in range(12):
            last_read = next(read)
            yield work(WRONG + b"# %d\n" % number)

    digests = []
    for done in engine.grade(works()):
        ahead.append(last_read + 1 - len(digests))
        digests.append(done.digest)
    assert len(set(digests)) == len(digests) == 12
    assert max(ahead) <= 2 * engine.width


def test_nothing_to_grade_is_a_problem_of_the_submission(engine: LocalEngine) -> None:
    """It is no failure of the grader, and the others are graded."""
    odd = bundled({("poems", "ode.py"): b"o = 1\n"})
    done = {done.digest: done for done in engine.grade([odd, work(RIGHT)])}
    assert "submission has none of the course's topics (arithmetic)" in done[odd.digest].problem
    assert done[odd.digest].result is None
    assert done[odd.digest].failure == ""
    assert done[work(RIGHT).digest].result is not None


def test_a_damaged_bundle_is_a_failure(engine: LocalEngine) -> None:
    """Nobody's answer is blamed for it, and the others are graded."""
    torn = msgspec.structs.replace(work(WRONG), bundle=work(WRONG).bundle[:-9])
    done = {done.digest: done for done in engine.grade([torn, work(RIGHT)])}
    assert "damaged on the way: this is no bundle of files" in done[torn.digest].failure
    assert done[work(RIGHT).digest].failure == ""


def test_a_crash_costs_its_own_submission(engine: LocalEngine) -> None:
    """A worker that kills itself is the learner's; the judge lives on."""
    dies = b"import os\ndef double(x, times=2.0):\n    os.abort()\n"
    done = {done.digest: done for done in engine.grade([work(dies), work(RIGHT)])}
    crashed = done[work(dies).digest].result
    assert crashed is not None
    assert crashed.exercises[0].cases[0].status in ("crashed", "forbidden", "error")
    right = done[work(RIGHT).digest].result
    assert right is not None
    assert right.status == "passed"


def test_settings_are_each_submissions_own(engine: LocalEngine) -> None:
    """Seed and limits travel with the work."""
    (done,) = engine.grade([work(RIGHT, settings=Settings(seed=2**62 + 1))])
    assert done.result is not None
    assert done.result.environment.seed == 2**62 + 1


@LINUX
def test_all_judges_share_one_import(engine: LocalEngine) -> None:
    """They are forks of one process."""
    assert engine._nursery is not None
    assert engine._nursery.pid is not None
    judges = [pid_of(bench) for bench in engine._benches]
    assert sorted(judges) == sorted(children(engine._nursery.pid))


@LINUX
def test_a_dead_nursery_costs_no_submission(course: Course) -> None:
    """Judges that live grade on; one that dies as well is replaced from a new nursery."""
    with LocalEngine(course, width=2) as engine:
        first, second = map(pid_of, engine._benches)
        assert engine._nursery is not None
        assert engine._nursery.pid is not None
        os.kill(engine._nursery.pid, signal.SIGKILL)
        os.kill(first, signal.SIGKILL)
        done = list(engine.grade([work(RIGHT + b"# %d\n" % number) for number in range(6)]))
        assert [one.result.status for one in done if one.result] == ["passed"] * 6
        assert pid_of(engine._benches[1]) == second
        assert children(engine._nursery.pid) == [pid_of(engine._benches[0])]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_a_judge_that_dies_is_replaced(course: Course) -> None:
    """The submission under which it died once gets the verdict from the next."""
    with LocalEngine(course, width=1) as engine:
        first = pid_of(engine._benches[0])
        slow = SLEEPS.replace(b"sleep(60)", b"sleep(0.5)")
        threading.Timer(0.3, os.kill, (first, signal.SIGKILL)).start()
        (done,) = engine.grade([work(slow)])
        assert done.failure == ""
        assert done.result is not None
        assert pid_of(engine._benches[0]) != first


def test_a_submission_that_kills_judges_gets_a_failure(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the second death it is left alone, and the others are graded by a new judge."""
    poison = work(b"# poison\n" + RIGHT)
    asked = []
    grade = Service.grade

    def deadly(self: Service, submission, *arguments, **options):  # type: ignore[no-untyped-def]
        if b"# poison" in submission[0].source:
            asked.append(self)
            os.kill(self._process._popen.pid, signal.SIGTERM)  # type: ignore[union-attr]
        return grade(self, submission, *arguments, **options)

    monkeypatch.setattr(Service, "grade", deadly)
    others = [work(RIGHT + b"# %d\n" % number) for number in range(3)]
    with LocalEngine(course, width=1) as engine:
        done = {done.digest: done for done in engine.grade([poison, *others])}
    assert len(asked) == 2
    failed = done.pop(poison.digest)
    assert failed.result is None
    assert "failed over it 2 times: the judge's process has ended" in failed.failure
    assert [one.result.status for one in done.values() if one.result] == ["passed"] * 3


def test_a_judge_that_never_answers_is_replaced(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long a judge is silent, the batch goes on."""
    monkeypatch.setattr("grader.cohort.bench._PATIENCE_S", -9.0)
    with LocalEngine(course, width=1) as engine:
        settings = Settings()
        limits = msgspec.structs.replace(settings.limits, wall_s=4.6, cpu_s=4.6)
        slow = work(SLEEPS, settings=msgspec.structs.replace(settings, limits=limits))
        (done,) = engine.grade([slow])
        assert "no verdict came within 0.2 seconds" in done.failure


def test_without_any_judge_it_cannot_go_on(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has nothing to do with a submission is not blamed on a thousand of them."""

    def broken(*_: object) -> None:
        raise EngineError("the judge cannot be started: no memory")

    with LocalEngine(course, width=1) as engine:
        monkeypatch.setattr(Service, "held", broken)
        with pytest.raises(EngineError, match="no memory"):
            list(engine.grade([work(RIGHT), work(WRONG)]))


def test_strict_isolation_is_asked_of_every_judge(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where something is missing nothing is graded."""

    def lacking(_: object) -> None:
        raise IsolationError("--isolation strict grades nothing here")

    monkeypatch.setattr("grader.isolation.require", lacking)
    with (
        LocalEngine(course, width=1, mode="strict") as engine,
        pytest.raises(IsolationError, match="strict grades nothing"),
    ):
        list(engine.grade([work(RIGHT)]))


def test_it_stops_when_it_is_told(course: Course) -> None:
    """At once, with a submission under way that would take a minute."""
    asked = itertools.count()
    with LocalEngine(course, width=1) as engine:
        engine._benches[0]._service.held()
        with pytest.raises(Stopped):
            list(engine.grade([work(SLEEPS)], lambda: next(asked) > 20))


def test_closing_twice_is_closing_once(course: Course) -> None:
    """Also when it was never used."""
    before = set(descendants(os.getpid()))
    engine = LocalEngine(course, width=1)
    engine.close()
    engine.close()
    assert set(descendants(os.getpid())) <= before


@LINUX
@pytest.mark.parametrize("orphaned", [False, True])
@pytest.mark.parametrize("how", ["close", "kill"])
def test_nobody_is_left_behind(how: str, orphaned: bool) -> None:
    """Closed or killed in the middle: nursery, judges, warm processes and workers go.

    Also if the nursery was killed before.
    """
    script = (
        "import sys, time; from pathlib import Path\n"
        "from grader.cohort.engine import Work; from grader.cohort.local import LocalEngine\n"
        "from grader.course import find\n"
        f"course = find(Path({str(FIXTURE)!r}))\n"
        f"bundle = {work(SLEEPS).bundle!r}\n"
        "works = [Work(digest=str(n), name='s', bundle=bundle) for n in range(4)]\n"
        "engine = LocalEngine(course, width=2); engine.start()\n"
        "import threading\n"
        "graded = threading.Thread(target=lambda: list(engine.grade(works)), daemon=True)\n"
        "graded.start()\n"
        "while not all(bench._service.is_warm for bench in engine._benches): time.sleep(0.02)\n"
        "print('graded', flush=True); sys.stdin.readline(); engine.close()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"graded\n"
        started = descendants(process.pid)
        assert len(started) >= 5
        if orphaned:
            (nursery,) = children(process.pid)
            os.kill(nursery, signal.SIGKILL)
        if how == "kill":
            process.kill()
        else:
            process.stdin.write(b"\n")
            process.stdin.flush()
        process.wait(30)
    assert gone(started, patience_s=10.0)


def test_a_class_is_graded_without_torch_here() -> None:
    """The process that keeps the store never imports it."""
    script = (
        "import sys; from pathlib import Path\n"
        "from grader.cohort import grading, local, reports, store\n"
        "print('torch' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
