"""Bundles: the same files are the same bundle, whatever they came in, and travel as bytes."""

from __future__ import annotations

import io
import os
import random
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course import Course
from grader.errors import UsageError, WireError
from grader.submission import Bundle, collect, collect_files, could_ask, gather, pack, unpack
from grader.submission.archive import open_archive
from grader.submission.bundle import Member
from grader.submission.folder import Folder
from grader.submission.packed import contents

GOOD = b"x = 1\n"
FILES = {
    "normalization/layer_norm.py": GOOD,
    "initialization/kaiming.py": b"\xff",
    "initialization/quiz.toml": b"answer = 1\n",
    "optimization/minibatch.py": b"y = 2\n",
}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    """A folder with these files."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def bundled(folder: Path, course: Course) -> Bundle:
    """A folder as a bundle that is called like it."""
    wanted = could_ask(course)
    return gather(Folder(folder).contents(wanted), str(folder), wanted=wanted)


def test_what_is_collected_is_the_same(course: Course, tmp_path: Path) -> None:
    """Sources, faults, absences and advice, whether from the folder or from its bundle."""
    folder = written(tmp_path / "ada", FILES)
    long = folder / "optimization" / "minibatch_sgd.py"
    for only in ((), ("initialization",), ("layer_norm", "optimization/quiz")):
        long.write_bytes(b"#" * 1_000_001)
        there = collect(course, [folder], only)
        assert there == collect_files(course, bundled(folder, course), only)
        long.unlink()
        there = collect(course, [folder], only)
        assert there == collect_files(course, bundled(folder, course), only)


def test_it_is_the_same_again_when_it_has_travelled(course: Course, tmp_path: Path) -> None:
    """Packed and unpacked elsewhere, under another name."""
    bundle = bundled(written(tmp_path / "ada", FILES), course)
    elsewhere = unpack(pack(bundle), "ada")
    assert elsewhere == replace(bundle, place="ada")
    assert elsewhere.digest == bundle.digest
    found = {s.entry.name: s for s in collect_files(course, elsewhere) if not s.entry.is_quiz}
    assert found["layer_norm"].file == "ada/normalization/layer_norm.py"
    assert found["layer_norm"].source == GOOD
    assert found["kaiming"].fault == "line 1 is not UTF-8 (byte 0xff); save the file as UTF-8"
    assert found["minibatch_sgd"].fault.endswith("there is minibatch.py: rename it")


def test_links_are_not_followed(course: Course, tmp_path: Path) -> None:
    """What they lead to is not in the bundle; the reason is, without the way on this machine."""
    secret = written(tmp_path / "secret", {"layer_norm.py": b"secret", "kaiming.py": b"secret"})
    folder = written(tmp_path / "ada", {"normalization/notes.txt": b""})
    (folder / "normalization" / "layer_norm.py").symlink_to(secret / "layer_norm.py")
    (folder / "initialization").symlink_to(secret, target_is_directory=True)
    (folder / "optimization").mkdir()
    os.link(secret / "kaiming.py", folder / "optimization" / "minibatch_sgd.py")
    wanted = could_ask(course)
    bundle = gather(Folder(folder, called="ada").contents(wanted), "ada", wanted=wanted)
    assert b"secret" not in zlib.decompress(pack(bundle))
    assert str(tmp_path).encode() not in zlib.decompress(pack(bundle))
    found = {s.entry.name: s for s in collect_files(course, bundle) if not s.entry.is_quiz}
    assert found["layer_norm"].fault == "the file is a link; put the file itself there"
    assert found["kaiming"].fault == "ada/initialization is a link; put the files there"
    assert "has 2 names on the disk" in found["minibatch_sgd"].fault
    assert not any(submitted.missing for submitted in found.values())


def test_a_folder_and_its_archive_are_one(
    course: Course, zipped: Callable[..., bytes], tmp_path: Path
) -> None:
    """The digest depends on names and bytes only: not on place, order, times or packing."""
    digests = set()
    for number in range(4):
        names = list(FILES)
        random.Random(number).shuffle(names)
        files = {name: FILES[name] for name in names}
        folder = written(tmp_path / str(number), files)
        for path in folder.rglob("*.py"):
            os.utime(path, (number, number))
        archive = tmp_path / f"{number}.zip"
        archive.write_bytes(zipped(files))
        digests |= {bundled(folder, course).digest, open_archive(archive).digest}
        assert pack(open_archive(archive)) == pack(bundled(folder, course))
    assert len(digests) == 1
    for name in FILES:
        changed = {**FILES, name: FILES[name] + b" "}
        assert bundled(written(tmp_path / "changed", changed), course).digest not in digests


def test_a_virtual_environment_is_left_out(course: Course, tmp_path: Path) -> None:
    """A course asks for files in known places; what else lies there does not fill the bundle."""
    folder = written(tmp_path / "ada", FILES)
    plain = bundled(folder, course).digest
    library = folder / "venv" / "lib" / "python" / "site-packages"
    written(library, {f"{number}.py": b"#" * 9_000 for number in range(3_000)})
    written(folder, {".git/hooks/x.py": b"", "normalization/__pycache__/x.py": b""})
    assert bundled(folder, course).digest == plain


def test_everybody_is_marked_out_of_the_same(course: Course, tmp_path: Path) -> None:
    """One bare file is an answer to one exercise; the others are missing, not left out."""
    bundle = bundled(written(tmp_path / "ada", {"layer_norm.py": GOOD}), course)
    found = collect_files(course, bundle)
    assert [submitted.entry for submitted in found] == list(course.whole)
    assert [s.entry.name for s in found if not s.missing] == ["layer_norm"]
    (other,) = collect_files(course, bundle, ["kaiming"])
    assert other.missing
    assert other.fault == "there is no file initialization/kaiming.py"
    with pytest.raises(UsageError, match="has none of the course's topics"):
        collect_files(course, bundled(written(tmp_path / "bob", {"x.py": GOOD}), course))


def test_what_was_cut_off_is_said(course: Course, tmp_path: Path) -> None:
    """Files beyond the bounds were handed in, so they are no absences."""
    folder = written(
        tmp_path / "ada", {f"normalization/{n:02}.py": b"#" * 950_000 for n in range(20)}
    )
    written(folder, {"normalization/layer_norm.py": GOOD})
    found = {s.entry.name: s for s in collect_files(course, bundled(folder, course))}
    assert (
        "could not be read to its end: it unpacks to more than 16 MB" in found["layer_norm"].fault
    )
    assert not found["layer_norm"].missing


def test_names_that_are_written_in_two_ways(course: Course) -> None:
    """macOS takes letters apart from their accents, and zips say no encoding."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as work:
        work.writestr("é.py", GOOD)
    data = made.getvalue()
    apart = io.BytesIO()
    with zipfile.ZipFile(apart, "w") as work:
        work.writestr("e\u0301.py", GOOD)
    unsaid = bytearray(data)
    for start in (data.index(b"PK\x03\x04") + 6, data.index(b"PK\x01\x02") + 8):
        unsaid[start + 1] &= ~0x08
    names = {
        tuple(gather(contents(bytes(one)), "x").members) for one in (data, apart.getvalue(), unsaid)
    }
    assert names == {(("é.py",),)}


def test_a_name_that_is_no_text_travels(course: Course, tmp_path: Path) -> None:
    """Bytes in names that are no UTF-8 are written out."""
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / os.fsdecode(b"\xff.py")).write_bytes(GOOD)
    bundle = unpack(pack(bundled(folder, course)), "ada")
    assert list(bundle.members) == [("\\xff.py",)]


# What is no bundle.


def packed(*fields: object) -> bytes:
    """Bytes that look like a bundle's."""
    return zlib.compress(msgspec.msgpack.encode(fields))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no bundle",
        zlib.compress(b""),
        zlib.compress(b"\xc1"),
        zlib.compress(b"[" * 100_000),
        zlib.compress(b"\x91" * 1_000_000),
        packed(2, [], [], ""),
        packed(1, [], []),
        packed(1, [], [], "", 0),
        packed(1, [[["..", "x.py"], [b"", ""]]], [], ""),
        packed(1, [[["a/b.py"], [b"", ""]]], [], ""),
        packed(1, [[[], [b"", ""]]], [], ""),
        packed(1, [[["x.py"], [b"", "", 1]]], [], ""),
        packed(1, [[["x.py"], [b"#" * 1_000_001, ""]]], [], ""),
        packed(1, [[["x.exe"], [b"MZ", ""]]], [], ""),
        packed(1, [[["x.py"], ["text", ""]]], [], ""),
        packed(1, [[[str(n)], [b"", ""]] for n in range(10_001)], [], ""),
        packed(1, [], [], "")[:-1],
        packed(1, [], [], "") + b"x",
        packed(1, [], [], "x" * 10_000),
    ],
)
def test_what_is_no_bundle(data: bytes) -> None:
    """It is refused, in words."""
    with pytest.raises(WireError, match=r"no bundle"):
        unpack(data, "ada")


def test_a_bomb_stays_small() -> None:
    """A gigabyte of zeros, packed, is not unpacked."""
    stream = zlib.compressobj(9)
    bomb = b"".join(stream.compress(bytes(10_000_000)) for _ in range(100)) + stream.flush()
    tracemalloc.start()
    with pytest.raises(WireError, match="no bundle"):
        unpack(bomb, "ada")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150_000_000


@given(st.binary(max_size=200))
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_bytes(data: bytes) -> None:
    """Nothing but the one error."""
    for one in (data, zlib.compress(data)):
        with pytest.raises(WireError):
            unpack(one, "ada")


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["a", "ä", "b c"]), st.sampled_from(["x.py", "y.ipynb"])),
        st.builds(Member, data=st.binary(max_size=50), fault=st.text(max_size=20).map(ascii)),
    )
)
@settings(deadline=None)
def test_a_round_trip(members: dict[tuple[str, ...], Member]) -> None:
    """Whatever is packed comes back."""
    bundle = Bundle("ada", members, ("x.zip",), "cut short")
    assert unpack(pack(bundle), "ada") == bundle
