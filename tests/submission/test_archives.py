"""Archives: what is matched, and what is refused while the rest is graded."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import Course
from grader.errors import UsageError
from grader.submission import MAX_SOURCE_BYTES, Submitted, archive, collect, packed

GOOD = b"x = 1\n"
BAD, FINE = "normalization/layer_norm.py", "initialization/kaiming.py"

Collected = Callable[..., dict[str, Submitted]]
Packed = Callable[..., bytes]


def put(folder: Path, data: bytes, name: str = "work.zip") -> Path:
    """Writes an archive."""
    path = folder / name
    path.write_bytes(data)
    return path


# What is matched.


@pytest.mark.parametrize("around", ["", "./", "exercises/", "name-main/", "name-main/exercises/"])
def test_a_mirror_in_an_archive(
    collected: Collected, zipped: Packed, tmp_path: Path, around: str
) -> None:
    """A folder that wraps everything, as hosts and systems add it, is looked through."""
    path = put(tmp_path, zipped({f"{around}{BAD}": GOOD, f"{around}{FINE}": GOOD, "README.md": ""}))
    found = collected(path)
    assert found["layer_norm"].source == found["kaiming"].source == GOOD
    assert found["layer_norm"].file == f"{path}/{around.removeprefix('./')}{BAD}"
    assert found["minibatch_sgd"].missing


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("w.tar", "w"),
        ("w.tar.gz", "w:gz"),
        ("w.TGZ", "w:gz"),
        ("w.tar.bz2", "w:bz2"),
        ("w.tar.xz", "w:xz"),
        ("w.zip", "w"),
    ],
)
@pytest.mark.parametrize("format_", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_kind_of_tar(
    collected: Collected,
    tarred: Packed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    mode: str,
    format_: int,
) -> None:
    """Content decides, not the name; long names come in three ways."""
    monkeypatch.setattr(tarfile.TarFile, "format", format_)
    wrapper = "wrapped-" + "x" * 90
    found = collected(put(tmp_path, tarred({f"{wrapper}/{BAD}": GOOD}, mode), name))
    assert found["layer_norm"].source == GOOD


def test_a_topic_and_bare_files(collected: Collected, zipped: Packed, tmp_path: Path) -> None:
    """As with folders: an archive called like a topic, and files side by side."""
    topic = put(tmp_path, zipped({BAD: GOOD}), "normalization.zip")
    assert list(collected(topic)) == ["layer_norm"]
    inside = put(tmp_path, zipped({"layer_norm.py": GOOD}), "normalization.zip")
    assert list(collected(inside)) == ["layer_norm"]
    bare = put(tmp_path, zipped({"hw/layer_norm.py": GOOD, "hw/notes.txt": ""}))
    assert {name: s.source for name, s in collected(bare).items()} == {"layer_norm": GOOD}


def test_a_file_in_an_archive_can_be_named(
    collected: Collected, course: Course, zipped: Packed, tmp_path: Path
) -> None:
    """By the name that a report shows."""
    path = put(tmp_path, zipped({f"hw/{BAD}": GOOD, f"hw/{FINE}": GOOD}))
    shown = collected(path)["kaiming"].file
    assert list(collected(Path(shown))) == ["kaiming"]
    with pytest.raises(UsageError, match="does not exist"):
        collect(course, [path / "hw" / "nothing.py"])


def test_litter_is_left_out(collected: Collected, zipped: Packed, tmp_path: Path) -> None:
    """What systems add says nothing and is no second top folder."""
    litter = {
        "__MACOSX/hw/normalization/._layer_norm.py": b"\0",
        "hw/.DS_Store": b"\0",
        "hw/normalization/__pycache__/layer_norm.py": b"\0",
        ".git/x.py": b"",
    }
    found = collected(put(tmp_path, zipped({**litter, f"hw/{BAD}": GOOD})))
    assert found["layer_norm"].source == GOOD


def test_nothing_is_unpacked(
    collected: Collected, zipped: Packed, tarred: Packed, tmp_path: Path
) -> None:
    """The disk is as it was."""
    one, two = put(tmp_path, zipped({BAD: GOOD})), put(tmp_path, tarred({BAD: GOOD}), "w.tar")
    collected(one)
    collected(two)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["w.tar", "work.zip"]


# A wrong member costs its exercise.


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (f"/{BAD}", "the path is absolute"),
        (f"../{BAD}", "the path leads out of the archive"),
        (f"hw/../../{BAD}", "the path leads out"),
        (BAD.replace("/", "\\"), "the path has backslashes"),
        (f"C:/{BAD}", "the path names a drive"),
        (f"C:\\{BAD}", "the path names a drive"),
        (f"\\\\host\\{BAD}", "the path is absolute"),
        (f"{'./' * 20}{BAD}", "more than 16 folders deep"),
        (f"{'./' * 600}{BAD}", "longer than 1000 characters"),
    ],
)
def test_wrong_names(
    collected: Collected, zipped: Packed, tarred: Packed, tmp_path: Path, name: str, said: str
) -> None:
    """The exercise that it would answer says so; the other is read."""
    paths = [put(tmp_path, zipped({name: GOOD, FINE: GOOD}))]
    paths.append(put(tmp_path, tarred({name: GOOD, FINE: GOOD}), "w.tar"))
    for path in paths:
        fault = wrong(collected, path)
        assert said in fault
        assert "pack it again, from inside your folder" in fault


def wrong(collected: Collected, path: Path) -> str:
    """The fault of the one exercise; the other one is read."""
    found = collected(path)
    assert found["kaiming"].source == GOOD
    assert found["layer_norm"].source is None
    assert not found["layer_norm"].missing
    return found["layer_norm"].fault


def test_a_null_byte_in_a_name(collected: Collected, zipped: Packed, tmp_path: Path) -> None:
    """zipfile drops what follows it, so that the name looks right."""
    odd = BAD + "?.txt"
    data = zipped({odd: GOOD, FINE: GOOD}).replace(b"?.txt", b"\0.txt")
    assert "null byte" in wrong(collected, put(tmp_path, data))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (tarfile.SYMTYPE, "is a link; pack the file itself"),
        (tarfile.LNKTYPE, "is a hard link; pack the file itself"),
        (tarfile.CHRTYPE, "is a device"),
        (tarfile.BLKTYPE, "is a device"),
        (tarfile.FIFOTYPE, "is a named pipe"),
    ],
)
def test_special_files_in_a_tar(
    collected: Collected, tarred: Packed, tmp_path: Path, kind: bytes, said: str
) -> None:
    """They are not what an exercise is."""
    info = tarfile.TarInfo()
    info.type = kind
    info.linkname = "/etc/passwd"
    assert said in wrong(collected, put(tmp_path, tarred({BAD: info, FINE: GOOD}), "w.tar"))


@pytest.mark.parametrize(("mode", "said"), [(0o120777, "is a link"), (0o010644, "a pipe")])
def test_special_files_in_a_zip(collected: Collected, tmp_path: Path, mode: int, said: str) -> None:
    """Their kind is in the attributes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as work:
        info = zipfile.ZipInfo(BAD)
        info.external_attr = mode << 16
        work.writestr(info, "/etc/passwd")
        work.writestr(FINE, GOOD)
    assert said in wrong(collected, put(tmp_path, made.getvalue()))


def test_one_name_twice(
    collected: Collected, zipped: Packed, tarred: Packed, tmp_path: Path
) -> None:
    """Which one counts is not guessed, also where two names mean the same."""
    with pytest.warns(UserWarning, match="Duplicate name"):
        made = io.BytesIO(zipped({BAD: GOOD, FINE: GOOD}))
        with zipfile.ZipFile(made, "a") as work:
            work.writestr(BAD, "other")
    assert f"there is {BAD} twice" in wrong(collected, put(tmp_path, made.getvalue()))
    both = put(tmp_path, tarred({BAD: GOOD, f"./{BAD}": GOOD, FINE: GOOD}), "w.tar")
    assert f"there is {BAD} and ./{BAD}" in wrong(collected, both)


def test_an_encrypted_member(collected: Collected, zipped: Packed, tmp_path: Path) -> None:
    """The first flag of both headers says so."""
    data = bytearray(zipped({BAD: GOOD, FINE: GOOD}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "is encrypted; pack it without a password" in wrong(
        collected, put(tmp_path, bytes(data))
    )


@pytest.mark.parametrize("method", [12, 14, 98])
def test_an_odd_method(collected: Collected, zipped: Packed, tmp_path: Path, method: int) -> None:
    """bzip2, LZMA (whose memory is the archive's choice) and PPMd."""
    data = bytearray(zipped({BAD: GOOD, FINE: GOOD}))
    data[8] = method
    data[data.index(b"PK\x01\x02") + 10] = method
    assert f"is compressed by method {method}" in wrong(collected, put(tmp_path, bytes(data)))


def test_a_damaged_member(collected: Collected, tmp_path: Path) -> None:
    """The checksum is looked at."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as work:
        work.writestr(BAD, "damage me")
        work.writestr(FINE, GOOD)
    data = made.getvalue().replace(b"damage me", b"damaged!!")
    assert "it is damaged (Bad CRC-32" in wrong(collected, put(tmp_path, data))


def test_a_large_member(
    collected: Collected, zipped: Packed, tarred: Packed, tmp_path: Path
) -> None:
    """One that is too large for an exercise, packed well or not."""
    files = {BAD: random.Random(0).randbytes(MAX_SOURCE_BYTES + 1), FINE: GOOD}
    for data in (zipped(files), tarred(files), tarred(files, "w:gz")):
        assert "the file is larger than 1 MB" in wrong(collected, put(tmp_path, data))


def test_a_bomb_in_a_zip(collected: Collected, zipped: Packed, tmp_path: Path) -> None:
    """200 MB in 200 kB are not unpacked, whatever the headers say of their size."""
    data = zipped({BAD: bytes(200_000_000), FINE: GOOD})
    assert len(data) < 250_000
    lying = data.replace(struct.pack("<I", 200_000_000), struct.pack("<I", 100))
    for one in (data, lying):
        path = put(tmp_path, one)
        tracemalloc.start()
        assert wrong(collected, path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10_000_000


def test_the_ratio_counts_for_notebooks(
    collected: Collected, zipped: Packed, tmp_path: Path
) -> None:
    """A notebook may be large, but not out of nothing."""
    files = {BAD.replace(".py", ".ipynb"): b" " * 7_000_000, FINE: GOOD}
    assert "more than 200 times its size" in wrong(collected, put(tmp_path, zipped(files)))


def test_a_nested_archive(
    collected: Collected, course: Course, zipped: Packed, tmp_path: Path
) -> None:
    """It is not opened; the exercises that may be in it say so, or the whole if nothing else is."""
    inner = zipped({"layer_norm.py": GOOD})
    path = put(tmp_path, zipped({"normalization.zip": inner, FINE: GOOD}))
    assert "the archive normalization.zip, which is not opened" in wrong(collected, path)
    with pytest.raises(UsageError, match=r"holds the archive a/x\.tar\.gz, which is not opened"):
        collect(course, [put(tmp_path, zipped({"a/x.tar.gz": inner}))])


def test_a_folder_called_like_an_exercise(
    collected: Collected, zipped: Packed, tmp_path: Path
) -> None:
    """What lies in it answers nothing."""
    path = put(tmp_path, zipped({f"{BAD}/x.py": GOOD, FINE: GOOD}))
    assert "this is a folder; put the exercise's file there" in wrong(collected, path)


def test_a_tar_that_is_cut_short(collected: Collected, tarred: Packed, tmp_path: Path) -> None:
    """What came before the cut is graded; the rest was handed in, so it is not "not started"."""
    whole = tarred({FINE: GOOD, BAD: GOOD * 500})
    cut = put(tmp_path, whole[:2000], "w.tar")
    assert "could not be read to its end: it is cut short" in wrong(collected, cut)
    broken = put(tmp_path, whole[:1024] + b"?" * 512 + whole[1536:], "w.tar")
    assert "could not be read to its end: it is damaged" in wrong(collected, broken)
    packed_ = gzip.compress(whole, mtime=0)
    assert wrong(collected, put(tmp_path, packed_[:-40], "w.tar.gz"))


def test_names_that_are_no_text(collected: Collected, tarred: Packed, tmp_path: Path) -> None:
    """A stray name of any bytes disturbs nobody."""
    files = {"h\udcffw/x.py": GOOD, BAD: b"\xff", FINE: GOOD}
    assert "is not UTF-8" in wrong(collected, put(tmp_path, tarred(files), "w.tar"))


# A wrong archive costs the command.


def tar_bomb(tarred: Packed) -> bytes:
    """20 MB of zeros in a tar.gz, behind a good file."""
    return tarred({FINE: GOOD, "data.bin": bytes(20_000_000)}, "w:gz")


@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        ("w.zip", lambda z, t: b"", "no zip and no tar|holds no .py file"),
        ("w.zip", lambda z, t: b"hello", "it is no zip and no tar archive"),
        ("w.zip", lambda z, t: z({"a.txt": ""}), "holds no .py file, no notebook"),
        ("w.zip", lambda z, t: z({BAD: GOOD})[:-30], "it is damaged"),
        ("w.zip", lambda z, t: b"PK\x03\x04" + b"\0" * 40, "it is damaged"),
        ("w.tgz", lambda z, t: b"\x1f\x8bxxxxxxxxxxxx", "it is damaged"),
        ("w.tar.xz", lambda z, t: b"\xfd7zXZ\0xxxxxxxx", "it is damaged"),
        ("w.tar.gz", lambda z, t: tar_bomb(t), "more than 200 times its size"),
        ("w.tar.gz", lambda z, t: gzip.compress(GOOD), "no zip and no tar"),
        ("w.tgz", lambda z, t: gzip.compress(b"") * 70, "in more than 64 pieces"),
        ("w.tar", lambda z, t: bytes(packed.MAX_ARCHIVE_BYTES + 1), "larger than 10 MB"),
        ("w.zip", lambda z, t: z({"exercise.py": GOOD}), "has none of the course's topics"),
        ("w.rar", lambda z, t: b"Rar!", "pack it as one of .zip, .tar"),
        ("w.py.gz", lambda z, t: b"\x1f\x8b", "pack it as one of .zip, .tar"),
    ],
)
def test_wrong_archives(
    course: Course,
    zipped: Packed,
    tarred: Packed,
    tmp_path: Path,
    name: str,
    make: Callable[..., bytes],
    said: str,
) -> None:
    """The message says what to do."""
    with pytest.raises(UsageError, match=said) as raised:
        collect(course, [put(tmp_path, make(zipped, tarred), name)])
    assert name in str(raised.value)


def test_a_zip_whose_name_is_not_what_it_claims(
    course: Course, zipped: Packed, tmp_path: Path
) -> None:
    """The UTF-8 flag on a name that is none."""
    data = zipped({"é.py": GOOD, FINE: GOOD}).replace("é".encode(), b"\xff\xff")
    with pytest.raises(UsageError, match="is not the UTF-8 that it claims to be"):
        collect(course, [put(tmp_path, data)])


def test_a_zip_with_a_file_without_a_name(collected: Collected, tmp_path: Path) -> None:
    """It is left out; the rest is there."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as work:
        work.writestr("x", b"")
        work.writestr(FINE, GOOD)
    data = bytearray(made.getvalue())
    entry = data.index(b"PK\x01\x02")
    data[entry + 28] = 0
    del data[entry + 46]
    end = data.index(b"PK\x05\x06")
    data[end + 12 : end + 16] = struct.pack("<L", end - entry)
    assert collected(put(tmp_path, bytes(data)))["kaiming"].source == GOOD


def test_too_many_members(course: Course, tmp_path: Path) -> None:
    """A table of contents that would become a hundred thousand records is not read."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as work:
        for number in range(15_000):
            work.writestr(f"{number}.py", "")
    with pytest.raises(UsageError, match=r"more than 10000 files|has none of the course's topics"):
        collect(course, [put(tmp_path, made.getvalue())])
    with zipfile.ZipFile(made, "a") as work:
        for number in range(15_000, 30_000):
            work.writestr(f"{number}.py", "")
    path = put(tmp_path, made.getvalue())
    tracemalloc.start()
    with pytest.raises(UsageError, match="its table of contents is too large"):
        collect(course, [path])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_too_much_in_all(collected: Collected, zipped: Packed, tmp_path: Path) -> None:
    """Files that are each small enough; what was read before the limit is graded."""
    large = {f"{n}.py": bytes([n]) * 950_000 for n in range(20)}
    files = {FINE: GOOD, **large, BAD: GOOD}
    fault = wrong(collected, put(tmp_path, zipped(files)))
    assert "it unpacks to more than 16 MB" in fault


def test_a_zip64(collected: Collected, tmp_path: Path) -> None:
    """Some tools write its records for small files; its sizes are believed as little."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as work:
        for name in (BAD, FINE):
            with work.open(name, "w", force_zip64=True) as file:
                file.write(GOOD)
    found = collected(put(tmp_path, made.getvalue()))
    assert found["layer_norm"].source == found["kaiming"].source == GOOD


def test_negative_and_huge_sizes_in_a_tar(
    collected: Collected, tarred: Packed, tmp_path: Path
) -> None:
    """A size that leads backwards is a loop without end in some versions of tarfile."""
    for size in (b"-0000001000\0", b"\xff" * 12, b"\x80" + b"\x7f" * 11, b"77777777777\0"):
        data = bytearray(tarred({FINE: GOOD, BAD: GOOD}))
        header = data[1024:1536]
        header[124:136] = size
        header[148:156] = b" " * 8
        header[148:156] = f"{sum(header):06o}\0 ".encode()
        data[1024:1536] = header
        assert "could not be read to its end" in wrong(collected, put(tmp_path, bytes(data)))


def test_headers_that_take_long_elsewhere(
    collected: Collected, tarred: Packed, tmp_path: Path
) -> None:
    """A pax header of a million digits is looked at once."""
    info = tarfile.TarInfo("PaxHeaders/x")
    info.type, info.size = tarfile.XHDTYPE, 1_000_000
    header = info.tobuf(tarfile.USTAR_FORMAT) + b"1" * 1_000_000 + bytes(-1_000_000 % 512)
    data = header + tarred({BAD: b"\xff", FINE: GOOD})
    assert "is not UTF-8" in wrong(collected, put(tmp_path, data, "w.tar"))


def test_the_longest_suffix_counts() -> None:
    """What an archive is called without its suffix is the folder it would unpack to."""
    assert archive.stem("normalization.tar.gz") == "normalization"
    assert not archive.is_archive(Path(".zip"))
