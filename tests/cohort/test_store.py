"""What a class handed in and what came of it is kept, whatever happens to the process."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from grader import __version__
from grader.cohort.course_digest import course_digest, grader_version
from grader.cohort.engine import Done
from grader.cohort.records import HandedIn, Student
from grader.cohort.store import FILE, VERSION, Conditions, Store, packed, unpacked
from grader.cohort.summary import summary_of
from grader.course import find
from grader.errors import DlgradeError, UsageError
from grader.result import Environment, Result, result_of
from grader.settings import Settings

FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"
CONDITIONS = Conditions(course="c" * 64, grader="dlgrade 0")
RESULT = result_of(
    Environment(
        dlgrade="0",
        python="3",
        torch="2",
        numpy="2",
        platform="Linux",
        seed=0,
        threads=1,
        isolation=(),
    ),
    [],
    [],
)


def handed(who: str, digest: str = "", **more: object) -> HandedIn:
    """What somebody handed in."""
    return HandedIn(source=who, digest=digest or who, who=who, **more)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may be."""
    return tmp_path / FILE


def test_what_is_kept_is_there_again(path: Path) -> None:
    """Bundles, hand-ins, verdicts and records by name, after the store was closed."""
    ann, ben = handed("ann"), handed("ben", late=True)
    with Store(path) as store:
        store.add_bundles([("ann", b"1"), ("ben", b"2")])
        store.replace_handed_in([ben, ann])
        store.keep(CONDITIONS, Done(digest="ann", result=RESULT, seconds=1.5, where="here"))
        store.remember("student", Student(id="7", name="Ann"))
        store.report("ann.html", "stamp")
    with Store(path) as store:
        assert store.handed_in() == (ben, ann)
        assert store.digests() == ("ben", "ann")
        assert store.bundle("ben") == b"2"
        assert store.summaries(CONDITIONS) == {"ann": summary_of(RESULT)}
        record = store.record(CONDITIONS, "ann")
        assert record is not None
        assert unpacked(record) == RESULT
        assert store.settled(CONDITIONS) == {"ann"}
        assert store.recall("student", Student) == Student(id="7", name="Ann")
        assert store.recall("nobody", Student) is None
        assert store.reported() == {"ann.html": "stamp"}


def test_identical_submissions_are_to_be_graded_once(path: Path) -> None:
    """Two students, one digest; what could not be read has no bundle, and is not graded."""
    with Store(path) as store:
        store.add_bundles([("same", b"1"), ("same", b"1")])
        store.replace_handed_in(
            [handed("ann", "same"), handed("ben", "same"), handed("cleo", fault="is a bomb")]
        )
        assert store.digests() == ("same",)


def test_what_is_gone_is_said(path: Path) -> None:
    """The class is what was handed in last."""
    with Store(path) as store:
        assert store.replace_handed_in([handed("ann"), handed("ben")]) == ()
        assert store.replace_handed_in([handed("ben"), handed("cleo")]) == (handed("ann"),)
        assert [one.who for one in store.handed_in()] == ["ben", "cleo"]


@pytest.mark.parametrize(
    "other",
    [
        {"course": "d" * 64},
        {"grader": "dlgrade 1"},
        {"settings": Settings(seed=1)},
        {"only": ("arithmetic/double",)},
    ],
)
def test_under_other_conditions_there_is_no_verdict(path: Path, other: dict[str, object]) -> None:
    """A verdict holds for one course, grader, seed and choice of exercises; both are kept."""
    changed = msgspec.structs.replace(CONDITIONS, **other)
    with Store(path) as store:
        store.keep(CONDITIONS, Done(digest="ann", result=RESULT))
        assert store.settled(changed) == frozenset()
        assert store.record(changed, "ann") is None
        store.keep(changed, Done(digest="ann", problem="holds nothing"))
        assert store.summaries(CONDITIONS)["ann"].problem == ""
        assert store.summaries(changed)["ann"].problem == "holds nothing"


def test_only_a_failure_of_the_grader_is_replaced(path: Path) -> None:
    """A verdict that is there stays, however often a cluster sends it."""
    other = msgspec.structs.replace(RESULT, duration_s=7.0)
    with Store(path) as store:
        store.keep(CONDITIONS, Done(digest="ann", failure="the judge died"))
        assert store.settled(CONDITIONS) == frozenset()
        assert store.summaries(CONDITIONS)["ann"].status == "grader_error"
        store.keep(CONDITIONS, Done(digest="ann", result=RESULT))
        store.keep(CONDITIONS, Done(digest="ann", result=other))
        store.keep(CONDITIONS, Done(digest="ann", failure="the judge died"))
        assert store.summaries(CONDITIONS) == {"ann": summary_of(RESULT)}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_what_was_kept_survives_kill_9(path: Path) -> None:
    """Every verdict that `keep` returned from is there, and the lock is not."""
    script = (
        "import os; from pathlib import Path; from grader.cohort.engine import Done\n"
        "from grader.cohort.store import Conditions, Store\n"
        f"store = Store(Path({str(path)!r}))\n"
        "conditions = Conditions(course='c' * 64, grader='dlgrade 0')\n"
        "for number in range(50):\n"
        "    store.keep(conditions, Done(digest=str(number), problem='holds nothing'))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == -signal.SIGKILL
    with Store(path) as store:
        assert store.settled(CONDITIONS) == {str(number) for number in range(50)}


def test_two_at_once_are_refused(path: Path) -> None:
    """The second is told, at once; when the first has ended it may."""
    with Store(path), pytest.raises(UsageError, match=r"another dlgrade works in .*; wait until"):
        Store(path)
    script = (
        "import sys; from pathlib import Path; from grader.cohort.store import Store\n"
        f"store = Store(Path({str(path)!r})); print('open', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(UsageError, match="another dlgrade works in"):
            Store(path)
        other.kill()
    Store(path).close()


def test_an_unknown_version_is_refused(path: Path) -> None:
    """Older or newer: it says which, and touches nothing."""
    Store(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version = {VERSION + 1}")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match=rf"version {VERSION + 1}.* reads version {VERSION}; use"):
        Store(path)
    assert path.read_bytes() == before


def test_a_file_of_another_programme_is_refused(path: Path) -> None:
    """A database that is not ours gets no tables of ours."""
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TABLE songs (title)")
    raw.close()
    with pytest.raises(UsageError, match="is not a store of dlgrade"):
        Store(path)
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]
    raw.close()


@pytest.mark.parametrize("damage", ["no database", "overwritten"])
def test_a_damaged_file_is_said(path: Path, damage: str) -> None:
    """A text in its place, or pages that were overwritten."""
    if damage == "no database":
        path.write_text("dear diary, " * 1000)
    else:
        with Store(path) as store:
            store.add_bundles((str(number), bytes(5000)) for number in range(50))
        data = path.read_bytes()
        path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with pytest.raises(DlgradeError, match="is damaged: restore a copy"), Store(path) as store:
        store.bundle("7")


@pytest.mark.parametrize("damage", ["a name that is no text", "another column"])
def test_damaged_tables_are_said(path: Path, damage: str) -> None:
    """Even where SQLite's own message is no text, or it takes the file for a good one."""
    Store(path).close()
    if damage == "another column":
        with contextlib.closing(sqlite3.connect(path)) as raw:
            raw.execute("ALTER TABLE conditions RENAME COLUMN words TO songs")
    else:
        data = path.read_bytes()
        path.write_bytes(data.replace(b"CREATE TABLE report (", b"CREATE TABLE \x9eeport ("))
    with pytest.raises(DlgradeError, match="is damaged: restore a copy"), Store(path) as store:
        store.summaries(CONDITIONS)


def test_a_record_that_cannot_be_read_is_said(path: Path) -> None:
    """Bytes that are no verdict, or are no record of what is asked for."""
    with pytest.raises(DlgradeError, match="stored verdict cannot be read"):
        unpacked(packed(RESULT)[:-10])
    with Store(path) as store:
        store.remember("student", Student(id="7", name="Ann"))
        with pytest.raises(DlgradeError, match="is damaged"):
            store.recall("student", HandedIn)


def test_a_full_disk_costs_what_did_not_fit(path: Path) -> None:
    """It is said with what to do, and what was kept before is there."""
    with Store(path) as store:
        store.keep(CONDITIONS, Done(digest="ann", result=RESULT))
        store._connection.execute("PRAGMA max_page_count = 16")
        with pytest.raises(DlgradeError, match=r"the disk is full\. What was graded is kept"):
            store.add_bundles([("first", b"1"), ("second", os.urandom(200_000))])
        assert store.settled(CONDITIONS) == {"ann"}
        with pytest.raises(DlgradeError, match="has lost the submission"):
            store.bundle("first")  # what is written together is written whole or not at all
        store._connection.execute("PRAGMA max_page_count = 1000000")
        store.add_bundles([("first", b"1")])
    with Store(path) as store:
        assert store.bundle("first") == b"1"


def test_a_place_that_cannot_be_written_is_said(path: Path, tmp_path: Path) -> None:
    """No folder, or a file that may only be read."""
    with pytest.raises(UsageError, match="cannot be opened for writing"):
        Store(tmp_path / "nowhere" / FILE)
    Store(path).close()
    with pytest.raises(UsageError, match=r"cannot be opened for writing: .*readonly.*mend its rig"):
        _read_only(path)


def _read_only(path: Path) -> None:
    """As it is in a file system that is mounted for reading: root may write any other file."""
    with Store(path) as store:
        store._connection.execute("PRAGMA query_only = ON")
        store.report("ann.html", "stamp")


def test_a_record_is_packed_whole(sample: ModuleType) -> None:
    """One of everything comes back as it was, a tenth of its size."""
    result: Result = sample.result()
    assert unpacked(packed(result)) == result


def course_with(folder: Path, name: str, text: str | None) -> str:
    """The digest of a copy of the small course in which one file is another, or there at all."""
    copy = folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(FIXTURE, copy)
    if text is not None:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(text)
    return course_digest(find(copy))


@pytest.mark.parametrize(
    "name",
    [
        "exercises/arithmetic/double.py",
        "solutions/arithmetic/double.py",
        "solutions/arithmetic/_supplied.py",
        "solutions/arithmetic/table.csv",
    ],
)
def test_what_a_verdict_may_depend_on_changes_the_digest(tmp_path: Path, name: str) -> None:
    """One character of a stub, a solution, or a file beside them."""
    assert course_with(tmp_path, name, "\n") != course_with(tmp_path, name, None)


@pytest.mark.parametrize(
    "name",
    [
        "exercises/arithmetic/README.md",
        "exercises/arithmetic/figure.svg",
        "solutions/_demo/arithmetic/double.py",
        "solutions/arithmetic/__pycache__/double.cpython-311.pyc",
        "solutions/arithmetic/.double.py.swp",
        "solutions/.git/config",
    ],
)
def test_lessons_and_litter_do_not_change_the_digest(tmp_path: Path, name: str) -> None:
    """No class is graded again because a lesson was mended."""
    assert course_with(tmp_path, name, "text\n") == course_with(tmp_path, name, None)


def test_a_course_is_the_same_wherever_it_lies(tmp_path: Path) -> None:
    """Its place does not count, the names in it do."""
    there = course_with(tmp_path, "", None)
    assert there == course_digest(find(FIXTURE))
    moved = tmp_path / "copy"
    for side in ("exercises", "solutions"):
        (moved / side / "arithmetic").rename(moved / side / "algebra")
    assert course_digest(find(moved)) != there


def test_the_grader_is_known_by_its_versions() -> None:
    """Without torch, for whoever asks may not want to wait for it."""
    script = (
        "import sys; from grader.cohort.course_digest import grader_version\n"
        "print(grader_version(), 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{grader_version()} False\n"
    assert grader_version().startswith(f"dlgrade {__version__}, Python 3.")
    assert ", torch 2." in grader_version()
