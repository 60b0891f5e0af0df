"""Any bytes at all: only this package's own errors, and bounded memory."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course import Course
from grader.errors import UsageError
from grader.submission import collect

PATH = "normalization/layer_norm"
CODE = b"def layer_norm(x, weight, bias, eps=1e-5):\n    return x\n"
MEMORY = 64 * 2**20

NAMES = ("w.zip", "w.tar", "w.tar.gz", "w.tar.bz2", "w.tar.xz", "w.ipynb", "w/layer_norm.py")

FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


@pytest.fixture(scope="module")
def seeds(
    zipped: Callable[..., bytes], tarred: Callable[..., bytes], notebook: Callable[..., bytes]
) -> dict[str, bytes]:
    """A good file of each kind."""
    book = notebook("%matplotlib inline", CODE.decode())
    files = {f"{PATH}.py": CODE, "initialization/kaiming.ipynb": book, "x/quiz.toml": b""}
    tars = {f"w.tar.{kind}": tarred(files, f"w:{kind}") for kind in ("gz", "bz2", "xz")}
    return {
        "w.zip": zipped(files),
        "w.tar": tarred(files),
        "w.ipynb": book,
        "w/layer_norm.py": CODE,
        **tars,
    }


def holds(course: Course, folder: Path, name: str, data: bytes) -> None:
    """Collecting raises nothing but `UsageError`; every fault is one printable line."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    tracemalloc.start()
    try:
        found = collect(course, [path])
    except UsageError as error:
        assert str(error).isprintable(), error
    else:
        for one in found:
            assert (one.source is None) == bool(one.fault)
            assert one.fault.isprintable(), one.fault
            one.file.encode()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MEMORY


@FUZZ
@given(data=st.data())
def test_mutated_files(
    course: Course, seeds: dict[str, bytes], tmp_path: Path, data: st.DataObject
) -> None:
    """Bytes changed, cut out, doubled and inserted, in every kind of file."""
    name = data.draw(st.sampled_from(NAMES))
    made = bytearray(seeds[name])
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    for _ in range(data.draw(st.integers(1, 12))):
        place, size = rng.randrange(len(made) + 1), rng.choice((1, 1, 1, 4, 12, 512))
        match rng.randrange(4):
            case 0:
                made[place : place + size] = rng.randbytes(len(made[place : place + size]))
            case 1:
                del made[place : place + size]
            case 2:
                made[place:place] = made[place : place + size]
            case _:
                made[place : place + 4] = rng.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"7777"))
    holds(course, tmp_path, name, bytes(made))


@FUZZ
@given(name=st.sampled_from(NAMES), data=st.binary(max_size=2000))
def test_anything(course: Course, tmp_path: Path, name: str, data: bytes) -> None:
    """Bytes that were never a file of that kind, with and without its first ones."""
    for start in (b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0"):
        holds(course, tmp_path, name, start + data)


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
def test_the_largest_archives_fit(
    course: Course,
    zipped: Callable[..., bytes],
    tarred: Callable[..., bytes],
    tmp_path: Path,
    kind: str,
) -> None:
    """As much as is let through, and a bomb behind it."""
    noise = random.Random(1).randbytes(600_000)
    files = {f"{PATH}{n}.py": noise for n in range(15)} | {"bomb.py": bytes(40_000_000)}
    mode = f"w:{kind[4:]}" if "." in kind else "w"
    if kind == "tar":
        files = {f"{PATH}{n}.py": noise for n in range(16)}
    holds(course, tmp_path, f"w.{kind}", zipped(files) if kind == "zip" else tarred(files, mode))
