"""What a class hands in, as each platform exports it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from grader.cohort.intake import take_in
from grader.cohort.records import HandedIn
from grader.cohort.store import Store
from grader.course import Course
from grader.errors import UsageError
from grader.submission import Bundle, collect_files, pack, unpack
from grader.submission.packed import MAX_ARCHIVE_BYTES

Lay = Callable[[Mapping[str, bytes]], Path]
Zipped = Callable[[Mapping[str, bytes]], bytes]

CODE = b"def layer_norm(x): ...\n"
OTHER = b"def perplexity(x): ...\n"
BOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{"cell_type": "code", "metadata": {}, "source": CODE.decode(), "outputs": []}],
    }
).encode()


def taken(path: Path, course: Course) -> dict[str, tuple[HandedIn, Bundle]]:
    """What came in by who, each once."""
    found = list(take_in(path, course))
    by_who = {one.who: (one, bundle) for one, bundle in found}
    assert len(by_who) == len(found)
    return by_who


def answers(bundle: Bundle, course: Course) -> dict[str, bytes | None]:
    """What is graded of a bundle, by the label of the exercise."""
    found = collect_files(course, bundle)
    return {one.entry.label: one.source for one in found if not one.missing}


def test_a_folder_an_archive_and_a_notebook_per_student(
    lay: Lay, zipped: Zipped, course: Course
) -> None:
    """Called like the students; litter is nobody."""
    found = taken(
        lay(
            {
                "ada/normalization/layer_norm.py": CODE,
                "bob.zip": zipped({"bob-main/exercises/normalization/layer_norm.py": CODE}),
                "cy/hw.zip": zipped({"layer_norm.py": CODE}),
                "cy/perplexity.py": OTHER,
                "dan.ipynb": BOOK,
                "eve/normalization.zip": zipped({"layer_norm.py": CODE}),
                "__MACOSX/ada/._x": b"",
                ".DS_Store": b"",
                "Thumbs.db": b"",
            }
        ),
        course,
    )
    assert list(found) == ["ada", "bob", "cy", "dan", "eve"]
    label = "normalization/layer_norm"
    graded = {who: answers(bundle, course) for who, (_, bundle) in found.items()}
    assert graded["ada"] == graded["bob"] == graded["dan"] == graded["eve"] == {label: CODE}
    assert graded["cy"] == {label: CODE, "language_models/perplexity": OTHER}
    assert all(one.digest == bundle.digest for one, bundle in found.values())
    assert all(one.submitted is None and one.attempt == 1 for one, _ in found.values())
    assert found["ada"][0].digest == found["eve"][0].digest


def test_files_beside_an_archive(lay: Lay, zipped: Zipped, course: Course) -> None:
    """One exercise packed with folders around it, the other as it is; both count, or neither."""
    whole = zipped({"__MACOSX/._x": b"", "hw/normalization/layer_norm.py": CODE})
    found = taken(
        lay(
            {
                "ada/hw.zip": whole,
                "ada/perplexity.py": OTHER,
                "bob/1.zip": whole,
                "bob/2.zip": zipped({"x/y/perplexity.py": b"", "x/perplexity.py": OTHER}),
                "cy/hw.zip": whole,
                "cy/layer_norm.py": CODE,
            }
        ),
        course,
    )
    both = {"normalization/layer_norm": CODE, "language_models/perplexity": OTHER}
    assert answers(found["ada"][1], course) == answers(found["bob"][1], course) == both
    faults = {s.entry.name: s.fault for s in collect_files(course, found["cy"][1])}
    assert faults["layer_norm"] == (
        "there is layer_norm.py and normalization/layer_norm.py; hand in one file for an exercise"
    )


def test_reports_name_files_by_who(lay: Lay, course: Course) -> None:
    """Not by where the class lies on this machine."""
    _, bundle = taken(lay({f"{who}/normalization/layer_norm.py": CODE for who in "ab"}), course)[
        "a"
    ]
    assert collect_files(course, bundle)[0].file == "a/normalization/layer_norm.py"


def test_an_archive_that_is_cut_short(lay: Lay, tarred_short: bytes, course: Course) -> None:
    """What came before the cut is graded; what may be missed is not called absent."""
    found = taken(lay({"ada/hw.tar": tarred_short, "bob/layer_norm.py": CODE}), course)
    one, bundle = found["ada"]
    graded = {s.entry.name: s for s in collect_files(course, bundle)}
    assert one.fault == ""
    assert graded["layer_norm"].source == CODE
    assert "hw.tar: it is cut short" in graded["perplexity"].fault
    assert not graded["perplexity"].missing


def test_attempts_in_folders(lay: Lay, course: Course) -> None:
    """Their numbers are the order, not their names."""
    files = {f"ada/attempt-{n}/layer_norm.py": CODE + b"#" * n for n in (10, 9, 2)}
    found = list(take_in(lay({**files, "bob/layer_norm.py": CODE}), course))
    assert [(one.who, one.attempt) for one, _ in found] == [
        ("ada", 2),
        ("ada", 9),
        ("ada", 10),
        ("bob", 1),
    ]
    assert len({one.digest for one, _ in found}) == 4


def test_canvas(lay: Lay, zipped: Zipped, course: Course) -> None:
    """Loose files by student, archives among them, LATE, and names that Canvas numbered."""
    found = list(
        take_in(
            lay(
                {
                    "lovelaceada_101_9001_layer_norm-1.py": CODE,
                    "lovelaceada_101_9002_perplexity.py": OTHER,
                    "de_la_cruzjose_LATE_102_9003_homework-2.zip": zipped({"layer_norm.py": CODE}),
                    "王芳_103_9004_normalization-3.zip": zipped({"layer_norm.py": CODE}),
                    "LATE_anon_aB3xY_9005_layer_norm (1).py": CODE,
                    "writerwill_104_text.html": b"<p>",
                    "rareray_105_9006_hw.rar": b"Rar!",
                }
            ),
            course,
        )
    )
    by_who = {one.who: one for one, _ in found}
    graded = {one.who: answers(bundle, course) for one, bundle in found if not one.fault}
    label = "normalization/layer_norm"
    assert by_who["lovelaceada"].ids == {"canvas": "101"}
    assert graded["lovelaceada"] == {label: CODE, "language_models/perplexity": OTHER}
    assert by_who["de_la_cruzjose"].late
    assert not by_who["lovelaceada"].late
    assert graded["de_la_cruzjose"] == graded["王芳"] == graded["anon aB3xY"] == {label: CODE}
    assert by_who["anon aB3xY"].late
    assert by_who["anon aB3xY"].ids == {}
    assert by_who["writerwill"].fault.startswith("only text was handed in online")
    assert by_who["rareray"].fault.startswith("hw.rar: it is packed in a way that is not read")
    assert all(one.submitted is None for one in by_who.values())


def test_two_files_for_one_exercise(lay: Lay, course: Course) -> None:
    """Which of two that Canvas numbered is meant is not guessed."""
    names = ("lovelaceada_101_9001_layer_norm.py", "lovelaceada_101_9002_layer_norm-1.py")
    ((_, bundle),) = take_in(lay({name: name.encode() for name in names}), course)
    (one,) = (s for s in collect_files(course, bundle) if s.entry.name == "layer_norm")
    assert one.source is None
    assert "there is layer_norm.py twice" in one.fault


@pytest.mark.parametrize("ending", ["_", ""])
def test_moodle_folders(lay: Lay, course: Course, ending: str) -> None:
    """A folder per student; online text alone is nothing to grade."""
    found = taken(
        lay(
            {
                f"Ada Lovelace_17_assignsubmission_file{ending}/layer_norm.py": CODE,
                f"Ada Lovelace_17_assignsubmission_onlinetext{ending}/onlinetext.html": b"<p>",
                f"Bob_18_assignsubmission_onlinetext{ending}/onlinetext.html": b"<p>",
                f"Default group_assignsubmission_file{ending}/layer_norm.py": CODE,
            }
        ),
        course,
    )
    ada, bundle = found["Ada Lovelace"]
    assert (ada.ids, ada.name, ada.fault) == ({"moodle": "17"}, "Ada Lovelace", "")
    assert answers(bundle, course) == {"normalization/layer_norm": CODE}
    assert found["Bob"][0].fault.startswith("only text was handed in online")
    assert found["Default group"][0].ids == {}


@pytest.mark.parametrize("word", ["Participant", "Teilnehmerin"])
def test_moodle_that_hides_names(lay: Lay, course: Course, word: str) -> None:
    """Everybody is called the same, in the site's language; the numbers tell them apart."""
    found = taken(
        lay({f"{word}_{n}_assignsubmission_file_/layer_norm.py": CODE for n in (19, 20)}), course
    )
    assert list(found) == [f"{word} 19", f"{word} 20"]
    assert [(one.ids, one.name) for one, _ in found.values()] == [
        ({"moodle": "19"}, ""),
        ({"moodle": "20"}, ""),
    ]


def test_moodle_files(lay: Lay, zipped: Zipped, course: Course) -> None:
    """Without folders, the same stands before each file's name."""
    found = taken(
        lay(
            {
                "Ada Lovelace_17_assignsubmission_file_layer_norm.py": CODE,
                "Ada Lovelace_17_assignsubmission_file_perplexity.py": OTHER,
                "Bob B_18_assignsubmission_file_all.zip": zipped({"layer_norm.py": CODE}),
                "Bob B_18_assignsubmission_onlinetext_onlinetext.html": b"<p>",
            }
        ),
        course,
    )
    assert len(answers(found["Ada Lovelace"][1], course)) == 2
    assert answers(found["Bob B"][1], course) == {"normalization/layer_norm": CODE}


RECORD = b"""\
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: '007'
    :email: ada@x.edu
  :created_at: 2026-11-06 07:13:47.644186000 Z
  :history:
  - :id: 5
    :created_at: 2026-11-05 07:13:47.644186000 Z
  - :id: 6
    :created_at: 2026-11-07 07:13:47.644186000 Z
submission_2:
  :submitters: &pair
  - :name: Bob
    :sid:
    :email: bob@x.edu
  - :name: Cy
    :sid: 0123
    :email: ~
  :created_at: 2026-11-06T07:13:47-08:00
submission_3:
  :submitters: []
  :created_at: yesterday
submission_4:
  :submitters:
  - :name: Gone
"""


def test_gradescope(lay: Lay, course: Course) -> None:
    """Its record says whose a folder is and when it came; a pair hands in one for both."""
    notes: list[str] = []
    path = lay(
        {
            "submission_metadata.yml": RECORD,
            "submission_1/layer_norm.py": CODE,
            "submission_2/layer_norm.py": CODE,
            "submission_3/layer_norm.py": CODE,
            "submission_9/layer_norm.py": CODE,
        }
    )
    found = {one.who: one for one, _ in take_in(path, course, notes.append)}
    ada = found["Ada Lovelace"]
    assert ada.ids == {"gradescope": "007", "email": "ada@x.edu"}
    assert ada.submitted == datetime(2026, 11, 6, 7, 13, 47, 644186, tzinfo=UTC)
    assert (ada.attempt, ada.source) == (2, "submission_1")
    assert found["Bob"].ids == {"email": "bob@x.edu"}
    assert found["Cy"].ids == {"gradescope": "0123"}
    assert found["Bob"].submitted == datetime(
        2026, 11, 6, 7, 13, 47, tzinfo=timezone(timedelta(hours=-8))
    )
    assert found["Bob"].digest == found["Cy"].digest
    assert found["submission_3"].submitted is None
    assert found["Gone"].fault == "the export names it, but does not hold its files"
    assert [note.partition(" ")[0] for note in notes] == ["submission_3", "submission_9"]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (b"[" * 100_000, "deep in one another"),
        (b"a: *b: c", "cannot be read"),
        (b"\xff\xff", "cannot be read"),
        (b"- 1\n- 2\n", "names no submission"),
        (b"", "names no submission"),
    ],
)
def test_a_record_that_is_none(tmp_path: Path, course: Course, record: bytes, said: str) -> None:
    """Nobody would know whose the submissions are; no nesting ends this process."""
    (tmp_path / "submission_metadata.yml").write_bytes(record)
    (tmp_path / "submission_1").mkdir()
    with pytest.raises(UsageError, match=said):
        list(take_in(tmp_path, course))


def test_a_record_cannot_act(tmp_path: Path, course: Course) -> None:
    """Tags of other languages, aliases of aliases and types are texts here."""
    bombs = b"".join(b"  k%d: &k%d [*k%d, *k%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 90))
    (tmp_path / "submission_metadata.yml").write_bytes(
        b"submission_1: !!python/object/apply:os.system\n  :submitters:\n  - :sid: 0o17\n"
        b"x:\n  k0: &k0 [1]\n" + bombs
    )
    (tmp_path / "submission_1").mkdir()
    (tmp_path / "submission_1" / "layer_norm.py").write_bytes(CODE)
    found = [one for one, _ in take_in(tmp_path, course)]
    assert found[0].ids == {"gradescope": "0o17"}


# Clones.


def cloned(folder: Path, when: str) -> Path:
    """A repository with one commit of that time."""
    folder.mkdir(parents=True)
    (folder / "layer_norm.py").write_bytes(CODE)
    surroundings = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_COMMITTER_DATE": when,
        "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z",
    }
    me = ("-c", "user.name=a", "-c", "user.email=a@x.edu")
    for words in (("init", "-q"), ("add", "."), (*me, "commit", "-qm", "x")):
        subprocess.run(["git", *words], cwd=folder, env=surroundings, check=True)
    return folder


def test_clones_of_github_classroom(tmp_path: Path, course: Course) -> None:
    """The folder says the user, the last commit the time, packed or not."""
    root = tmp_path / "hw1-submissions"
    cloned(root / "hw1-ada-l", "2026-11-06T07:13:47+02:00")
    packed = cloned(root / "hw1-bob", "2026-11-07T07:13:47Z")
    subprocess.run(["git", "gc", "-q"], cwd=packed, check=True)
    found = taken(root, course)
    assert found["ada-l"][0].ids == {"github": "ada-l"}
    assert found["ada-l"][0].submitted == datetime.fromisoformat("2026-11-06T07:13:47+02:00")
    assert found["bob"][0].submitted == datetime(2026, 11, 7, 7, 13, 47, tzinfo=UTC)
    assert answers(found["bob"][1], course) == {"normalization/layer_norm": CODE}


def test_a_commit_at_the_end_of_the_calendar(tmp_path: Path, course: Course) -> None:
    """Whoever commits can write any time; one that has no equal in UTC is nobody's."""
    # Five hours after the last second of the year 9999, in a zone where that is still to come.
    clone = cloned(tmp_path / "class" / "ada", "@253402318799 -1200")
    cloned(tmp_path / "class" / "bob", "2026-11-07T07:13:47Z")
    found = taken(clone.parent, course)
    assert found["ada"][0].submitted is None
    assert found["bob"][0].submitted == datetime(2026, 11, 7, 7, 13, 47, tzinfo=UTC)
    with Store(tmp_path / "store.sqlite") as store:
        store.replace_handed_in([one for one, _ in found.values()])
        assert len(store.handed_in()) == 2


def test_a_clone_is_not_obeyed(tmp_path: Path, course: Course) -> None:
    """Programs that its configuration names, by every way that git log would take, do not run."""
    clone = cloned(tmp_path / "class" / "ada", "2026-11-06T07:13:47Z")
    canary = tmp_path / "canary"
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {canary}\n")
    evil.chmod(0o755)
    with open(clone / ".git" / "config", "a") as config:
        config.write(
            f"[core]\n fsmonitor = {evil}\n pager = {evil}\n sshCommand = {evil}\n"
            f" hooksPath = {tmp_path}\n repositoryformatversion = 1\n"
            f"[log]\n showSignature = true\n[gpg]\n program = {evil}\n"
            f"[extensions]\n partialClone = origin\n"
            f'[remote "origin"]\n url = ext::{evil}\n promisor = true\n'
            f"[alias]\n log = !{evil}\n[include]\n path = {evil}\n"
        )
    ((one, _),) = taken(clone.parent, course).values()
    assert one.submitted == datetime(2026, 11, 6, 7, 13, 47, tzinfo=UTC)
    for stored in (clone / ".git" / "objects").glob("??/*"):
        stored.unlink()
    ((one, _),) = taken(clone.parent, course).values()
    assert one.submitted is None
    assert not canary.exists()


@pytest.mark.parametrize(
    "head", [b"", b"ref: refs/../../../x", b"ref: refs/heads/none", b"--help", b"\xff" * 100]
)
def test_a_head_that_names_nothing(tmp_path: Path, course: Course, head: bytes) -> None:
    """Then nothing says when it was handed in, and that is all."""
    folder = tmp_path / "ada"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_bytes(head)
    (folder / "layer_norm.py").write_bytes(CODE)
    ((one, _),) = taken(tmp_path, course).values()
    assert one.submitted is None
    assert one.fault == ""


# What is wrong.


def test_one_bad_submission_stops_no_other(lay: Lay, zipped: Zipped, course: Course) -> None:
    """Each has its fault, said in words; the good ones are all there."""
    bomb = zipped({"layer_norm.py": b"#" * 900_000, "x.ipynb": b"#" * 7_900_000})
    locked = bytearray(zipped({"layer_norm.py": CODE}))
    for start in (locked.index(b"PK\x03\x04") + 6, locked.index(b"PK\x01\x02") + 8):
        locked[start] |= 1
    found = taken(
        lay(
            {
                "ada/layer_norm.py": CODE,
                "bad.zip": b"PK\x03\x04 nothing",
                "bomb.zip": bomb,
                "empty/notes.txt": b"",
                "foreign.7z": b"7z",
                "large.zip": b"PK" + bytes(MAX_ARCHIVE_BYTES),
                "locked.zip": bytes(locked),
                "nested.zip": zipped({"all.zip": b""}),
                "zed/layer_norm.py": CODE,
            }
        ),
        course,
    )
    faults = {who: one.fault for who, (one, _) in found.items()}
    assert faults["ada"] == faults["zed"] == ""
    assert "it is damaged" in faults["bad"]
    assert faults["empty"].startswith("it holds no .py file, no notebook and no quiz.toml")
    assert "is packed in a way that is not read" in faults["foreign"]
    assert "it is larger than 10 MB" in faults["large"]
    assert "it holds the archive all.zip, which is not opened" in faults["nested"]
    graded = {s.entry.name: s for s in collect_files(course, found["locked"][1])}
    assert "is encrypted" in graded["layer_norm"].fault
    unzipped = {s.entry.name: s for s in collect_files(course, found["bomb"][1])}
    assert len(unzipped["layer_norm"].source or b"") == 900_000
    assert not any(
        parts[-1] == "x.ipynb" and m.data for parts, m in found["bomb"][1].members.items()
    )


def test_a_folder_that_may_not_be_read(
    tmp_path: Path, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is one student's fault, not the end."""
    for who in ("ada", "bob"):
        (tmp_path / who).mkdir()
        (tmp_path / who / "layer_norm.py").write_bytes(CODE)
    scandir, closed = os.scandir, (tmp_path / "ada").stat().st_ino

    def refusing(path: str | Path | int) -> object:
        if os.stat(path).st_ino == closed:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    stat = os.stat

    def blind(path: str | Path | int, **how: Any) -> os.stat_result:
        if Path(str(path)).parent == tmp_path / "ada":
            raise PermissionError(13, "Permission denied")
        return stat(path, **how)

    # A folder without any rights: not even what is said to lie in it can be asked for.
    monkeypatch.setattr(os, "stat", blind)
    monkeypatch.setattr(os, "scandir", refusing)
    monkeypatch.setattr(os, "supports_fd", {*os.supports_fd, refusing})
    found = taken(tmp_path, course)
    assert found["ada"][0].fault == "ada cannot be read: Permission denied"
    assert found["bob"][0].fault == ""
    closed = tmp_path.stat().st_ino
    with pytest.raises(UsageError, match="holds no class: it cannot be read: Permission denied"):
        taken(tmp_path, course)


def test_hostile_names(tmp_path: Path, course: Course) -> None:
    """Names lead nowhere, show nothing that is not there, and stay apart and short."""
    long = "x" * 300
    whos = [
        "=cmd|calc!A0",
        "a\u202eb",
        "\x1b[31mred",
        long,
        long + "y",
        "e\u0301",
        "é",
        "a/b",
    ]
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as work:
        for who in whos[:-1]:
            work.writestr(f"{who}/layer_norm.py", CODE)
        work.writestr("../../up/layer_norm.py", CODE)
        work.writestr("/etc/layer_norm.py", CODE)
        work.writestr("C:\\windows\\layer_norm.py", CODE)
    found = taken(path, course)
    assert {"=cmd|calc!A0", "a\\u202eb", "\\x1b[31mred", "up", "etc", "windows"} <= set(found)
    assert all(who.isprintable() and len(who) <= 210 for who in found)
    assert len([who for who in found if who.startswith("xxx")]) == 2
    assert all(answers(bundle, course) for _, bundle in found.values())
    assert all(unpack_of(bundle) == bundle for _, bundle in found.values())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["class.zip"]


def unpack_of(bundle: Bundle) -> Bundle:
    """A bundle after its travels."""
    return unpack(pack(bundle), bundle.place)


def test_two_names_that_look_alike_are_two(tmp_path: Path, course: Course) -> None:
    """A folder with one é and one with e and an accent are not taken for attempts of one."""
    for number, who in enumerate(("Jos\u00e9", "Jose\u0301")):
        (tmp_path / who).mkdir()
        (tmp_path / who / "layer_norm.py").write_bytes(CODE + b"#" * number)
    assert sorted(taken(tmp_path, course)) == ["José", "José (2)"]


def test_links_lead_nowhere(tmp_path: Path, course: Course) -> None:
    """A link in place of a student, a file or an archive."""
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "layer_norm.py").write_bytes(b"secret")
    (secret / "x.zip").write_bytes(b"secret")
    root = tmp_path / "class"
    (root / "ada").mkdir(parents=True)
    (root / "ada" / "layer_norm.py").symlink_to(secret / "layer_norm.py")
    (root / "bob").symlink_to(secret, target_is_directory=True)
    (root / "cy.zip").symlink_to(secret / "x.zip")
    os.mkfifo(root / "dan.zip")
    notes: list[str] = []
    found = {one.who: (one, bundle) for one, bundle in take_in(root, course, notes.append)}
    assert [s.fault for s in collect_files(course, found["ada"][1]) if not s.missing] == [
        "the file is a link; put the file itself there"
    ]
    assert found["cy"][0].fault == "cy.zip: the file is a link; put the file itself there"
    assert "not a regular file" in found["dan"][0].fault
    assert notes == ["bob was passed over: it is no folder, archive or notebook of a student"]


def test_what_is_passed_over_is_said(lay: Lay, zipped: Zipped, course: Course) -> None:
    """An instructor's own files, and an archive beside the folder that it was unpacked to."""
    notes: list[str] = []
    path = lay(
        {
            "ada/layer_norm.py": CODE,
            "ada.zip": zipped({"layer_norm.py": CODE}),
            "bob/layer_norm.py": CODE,
            "grades.csv": b"",
            "solution.py": b"",
        }
    )
    found = [one.who for one, _ in take_in(path, course, notes.append)]
    assert found == ["ada", "bob"]
    assert notes == [
        "ada.zip was passed over: the folder ada is beside it",
        "grades.csv was passed over: it is no folder, archive or notebook of a student",
        "solution.py was passed over: put it into a folder that is called like the student",
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"normalization/layer_norm.py": CODE}, "is the submission of one learner, not of a class"),
        ({"layer_norm.py": CODE, "x.py": CODE}, "it holds layer_norm.py; grade it with dlgrade ch"),
        ({"notes.txt": b""}, "holds no submission"),
        ({}, "holds no submission"),
    ],
)
def test_what_is_no_class(
    tmp_path: Path, zipped: Zipped, course: Course, files: dict[str, bytes], said: str
) -> None:
    """The message says what was expected."""
    path = tmp_path / "class.zip"
    path.write_bytes(zipped(files))
    with pytest.raises(UsageError, match=said):
        list(take_in(path, course))


def test_what_cannot_be_opened(tmp_path: Path, course: Course) -> None:
    """The message says what to do."""
    (tmp_path / "x.tar").write_bytes(b"")
    (tmp_path / "x.zip").write_bytes(b"PK")
    for name, said in (
        ("none", "does not exist"),
        ("x.tar", "neither a folder nor a zip; unpack it and name the folder"),
        ("x.zip", "it is damaged"),
    ):
        with pytest.raises(UsageError, match=said):
            list(take_in(tmp_path / name, course))


def test_a_damaged_export(tmp_path: Path, zipped: Zipped, course: Course) -> None:
    """Whatever is wrong with its bytes: submissions that travel, or one error in words."""
    inner = zipped({"hw/normalization/layer_norm.py": CODE * 9, "hw/x.ipynb": BOOK})
    whole = zipped(
        {
            "ada_1_2_layer_norm-1.py": CODE * 9,
            "ada_1_3_x.zip": inner,
            "Bo B_7_assignsubmission_file_/perplexity.py": OTHER,
            "cy/attempt-1/x.py": OTHER,
            "dan.zip": inner,
        }
    )
    path = tmp_path / "class.zip"
    chance = random.Random(1)
    ends = Counter[str]()
    for _ in range(200):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 3, 20))):
            place = chance.randrange(len(data))
            data[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        path.write_bytes(data)
        try:
            found = list(take_in(path, course))
        except UsageError:
            ends["refused"] += 1
            continue
        assert all(unpack_of(bundle) == bundle for _, bundle in found)
        ends["read"] += 1
    assert min(ends["refused"], ends["read"]) > 10


def test_a_class_of_thousands(tmp_path: Path, course: Course) -> None:
    """All of them are read, one after the other."""
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as work:
        for number in range(5_000):
            work.writestr(f"name{number}_{number}_{number}_layer_norm.py", CODE + b"#" * number)
            work.writestr(f"name{number}_{number}_1{number}_perplexity.py", OTHER)
    found = [(one.ids["canvas"], one.digest) for one, bundle in take_in(path, course)]
    assert len(found) == len(set(found)) == 5_000
