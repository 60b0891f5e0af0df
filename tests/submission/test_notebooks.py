"""Notebooks: which exercises they answer, their text, and how their lines are called."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import Course
from grader.errors import UsageError
from grader.submission import MAX_NOTEBOOK_BYTES, Submitted, collect, place, place_in
from grader.submission import notebook as notebooks
from grader.submission.files import Refused

LAYER = "def layer_norm(x, weight, bias, eps=1e-5):\n    return x\n"
KAIMING = "a = 1\n\ndef gain(kind):\n    return 1.0"

Collected = Callable[..., dict[str, Submitted]]
Made = Callable[..., bytes]


def put(path: Path, data: bytes) -> Path:
    """Writes a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


# Which exercises it answers.


def test_a_notebook_answers_what_it_defines(
    collected: Collected, notebook: Made, tmp_path: Path
) -> None:
    """Several exercises in one file; text that is no code defines nothing."""
    path = put(tmp_path / "work.ipynb", notebook("import torch", LAYER, "", KAIMING))
    found = collected(path)
    assert list(found) == ["layer_norm", "kaiming"]
    expected = f"import torch\n{LAYER}{KAIMING}\n".encode()
    assert {(s.file, s.source, s.cells) for s in found.values()} == {
        (str(path), expected, (1, 2, 4))
    }


def test_a_notebook_that_answers_nothing(
    course: Course, collected: Collected, notebook: Made, tmp_path: Path
) -> None:
    """Unless its name says what it is for."""
    nothing = notebook("# def layer_norm(\nclass A:\n    def gain(self): pass\nlayer_norm = 3")
    with pytest.raises(
        UsageError, match=r"defines no function of this course .* def \w+\(\.\.\.\)"
    ):
        collect(course, [put(tmp_path / "work.ipynb", nothing)])
    assert list(collected(put(tmp_path / "kaiming.ipynb", nothing))) == ["kaiming"]


def test_notebooks_in_folders_and_archives(
    collected: Collected, notebook: Made, zipped: Callable[..., bytes], tmp_path: Path
) -> None:
    """By topic and name; side by side also by what they define."""
    book = notebook(LAYER)
    put(tmp_path / "a" / "normalization" / "layer_norm.ipynb", book)
    put(tmp_path / "b" / "homework.ipynb", book)
    packed = put(tmp_path / "c.zip", zipped({"hw/normalization/layer_norm.ipynb": book}))
    loose = put(tmp_path / "d.zip", zipped({"hw/homework.ipynb": book, "hw/bad.ipynb": "{"}))
    for path in (tmp_path / "a", tmp_path / "b", packed, loose):
        assert collected(path)["layer_norm"].source == LAYER.encode()


def test_a_notebook_in_a_topic_under_another_name(
    collected: Collected, notebook: Made, tmp_path: Path
) -> None:
    """It is not passed over in silence."""
    path = put(tmp_path / "normalization" / "mine.ipynb", notebook(LAYER))
    assert collected(tmp_path)["layer_norm"].fault.endswith(f"if {path} answers it, name that")


def test_a_notebook_beside_a_file(
    course: Course, collected: Collected, notebook: Made, tmp_path: Path
) -> None:
    """An untouched stub does not count; of two answers none is chosen."""
    stub = next(e for e in course.entries if e.name == "layer_norm").stub.read_bytes()
    file = put(tmp_path / "normalization" / "layer_norm.py", stub.replace(b"\n", b"\r\n"))
    book = put(file.with_suffix(".ipynb"), notebook(LAYER))
    put(tmp_path / "initialization" / "kaiming.py", b"x = 1\n")
    graded = collected(tmp_path)["layer_norm"]
    assert graded.file == str(book)
    assert graded.notes == (f"{file} is still the course's stub, so {book} was graded",)
    file.write_bytes(stub + b"y = 2")
    found = collected(tmp_path)
    assert found["layer_norm"].source is None
    assert found["layer_norm"].fault.startswith(f"{file} and {book} both answer this exercise")
    assert found["kaiming"].source == b"x = 1\n"
    put(book, stub)
    assert collected(tmp_path)["layer_norm"].source is None


def test_a_notebook_beside_a_folder_of_stubs(
    course: Course, collected: Collected, notebook: Made, tmp_path: Path
) -> None:
    """`dlgrade check exercises work.ipynb` grades what was done in either."""
    for entry in course.entries:
        put(tmp_path / f"{entry.label}.py", entry.stub.read_bytes())
    put(tmp_path / "initialization/kaiming.py", b"x = 1\n")
    book = put(tmp_path / "work.ipynb", notebook(LAYER))
    for paths in ((tmp_path, book), (book, tmp_path)):
        found = collected(*paths)
        assert found["layer_norm"].file == str(book)
        assert found["kaiming"].source == b"x = 1\n"
    put(tmp_path / "normalization/layer_norm.py", b"x = 2\n")
    with pytest.raises(UsageError, match="both answer normalization/layer_norm; name one"):
        collect(course, [tmp_path, book])


def test_two_notebooks_side_by_side(collected: Collected, notebook: Made, tmp_path: Path) -> None:
    """What both answer is not graded, what one answers is."""
    put(tmp_path / "one.ipynb", notebook(LAYER))
    put(tmp_path / "two.ipynb", notebook(LAYER, KAIMING))
    found = collected(tmp_path)
    assert "both answer this exercise; keep one of them" in found["layer_norm"].fault
    assert found["kaiming"].source is not None


# Its text.


def read(data: bytes | object) -> notebooks.Notebook:
    """Reads a notebook, or what is to be written as JSON first."""
    return notebooks.read(data if isinstance(data, bytes) else json.dumps(data).encode())


def book(*sources: object, **more: object) -> dict[str, object]:
    """A notebook as short as it can be."""
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return {"nbformat": 4, "cells": cells, **more}


def test_line_ends_in_cells() -> None:
    """A source is a text or a list of lines; lines end as in Python's files."""
    made = read(book("a\r\nb\rc\n", ["d\n", "e"], " \n", [], "f\x0cg\u2028h"))
    assert made.source.decode() == "a\nb\nc\nd\ne\nf\x0cg\u2028h\n"
    assert made.cells == (1, 4, 6)
    assert read(b"\xef\xbb\xbf" + json.dumps(book("x")).encode()).source == b"x\n"


@pytest.mark.parametrize(
    ("line", "inside"), [(1, (1, 1)), (3, (1, 3)), (4, (2, 1)), (5, (2, 2)), (6, (3, 1))]
)
def test_lines_are_counted_in_cells(line: int, inside: tuple[int, int]) -> None:
    """Cells and their lines count from 1."""
    assert place_in((1, 4, 6), line) == inside
    assert place((1, 4, 6), line) == f"cell {inside[0]}, line {inside[1]}"
    assert place((), line) == f"line {line}"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a notebook that Jupyter wrote"),
        (b"x = 1", "not a notebook that Jupyter wrote"),
        (b'{"nbformat": 4, "cells": [', "not a notebook that Jupyter wrote"),
        ({"cells": []}, "missing required field `nbformat`"),
        ([1], "not a notebook that Jupyter wrote"),
        (book(3), "not a notebook that Jupyter wrote"),
        (book([["x"]]), "not a notebook that Jupyter wrote"),
        ({"nbformat": 4, "cells": 3}, "not a notebook that Jupyter wrote"),
        ({"nbformat": 3, "worksheets": []}, "of format 3, not 4; open it in Jupyter and save it"),
        ({"nbformat": 5}, "of format 5, not 4"),
        (b"[" * 100_000, "not a notebook that Jupyter wrote"),
        (b'{"nbformat":4,"metadata":' + b"[" * 100_000, "not a notebook that Jupyter wrote"),
        (json.dumps(book("x")).encode("utf-16"), "not a notebook that Jupyter wrote"),
        (json.dumps(book("é"), ensure_ascii=False).encode("latin-1"), "not a notebook"),
        (book("a", "b\nc = '\ud800'"), "not a notebook that Jupyter wrote"),
        (book("a", "b\x00"), "cell 2, line 1 holds a null byte"),
        (book("a\nb\n# \u202e"), "cell 1, line 3 holds U+202E"),
        (book(*["x"] * 2001), "more than 2000 code cells"),
        (book("x" * 1_000_001), "more than 1 MB of code"),
        (book(["x" * 900] * 2000, ["y" * 900] * 2000), "more than 1 MB of code"),
    ],
)
def test_what_is_refused(data: object, said: str) -> None:
    """With the cell, where it is one's."""
    with pytest.raises(Refused) as raised:
        read(data)
    assert said in str(raised.value)


def test_a_notebook_that_is_small_as_json_only() -> None:
    """Millions of empty strings and lists do not become objects."""
    many = b'{"nbformat":4,"cells":[{"cell_type":"code","source":[' + b'"",' * 2_000_000 + b'""]}]}'
    cells = b'{"nbformat":4,"cells":[' + b"{}," * 2_000_000 + b"{}]}"
    junk = b'{"nbformat":4,"metadata":[' + b"[]," * 2_000_000 + b"[]]}"
    tracemalloc.start()
    with pytest.raises(Refused, match="more than 1 MB of code"):
        read(many)
    with pytest.raises(Refused, match="missing required field `cell_type`"):
        read(cells)
    assert read(junk).cells == ()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_large_notebook(collected: Collected, notebook: Made, tmp_path: Path) -> None:
    """Pictures may make it large; without end it may not be."""
    large = json.loads(notebook(LAYER))
    large["cells"][1]["outputs"] = ["x" * 5_000_000]
    path = put(tmp_path / "work.ipynb", json.dumps(large).encode())
    assert collected(path)["layer_norm"].source == LAYER.encode()
    put(tmp_path / "m/normalization/layer_norm.ipynb", b" " * (MAX_NOTEBOOK_BYTES + 1))
    put(tmp_path / "m/initialization/kaiming.py", b"x = 1\n")
    found = collected(tmp_path / "m")
    assert "larger than 8 MB; clear its outputs" in found["layer_norm"].fault
    assert found["kaiming"].source == b"x = 1\n"
