"""Ways to lay out a class: as a folder, or as the zip of a platform's download."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import Course, find

Lay = Callable[[Mapping[str, bytes]], Path]


@pytest.fixture(scope="session")
def course() -> Course:
    """The bundled course, cut down to two exercises and a quiz."""
    whole = find()
    kept = ("normalization/layer_norm", "language_models/perplexity")
    return replace(
        whole,
        entries=tuple(entry for entry in whole.entries if entry.label in kept),
        quizzes=tuple(entry for entry in whole.quizzes if entry.topic == "normalization"),
    )


@pytest.fixture(scope="session")
def zipped() -> Callable[[Mapping[str, bytes]], bytes]:
    """A zip of some files."""

    def zipped(files: Mapping[str, bytes]) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return made.getvalue()

    return zipped


@pytest.fixture(scope="session")
def tarred_short() -> bytes:
    """A tar of two exercises that ends in the second."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name in ("layer_norm.py", "perplexity.py"):
            data = b"def layer_norm(x): ...\n"
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return made.getvalue()[: 3 * 512 + 10]


@pytest.fixture(params=["folder", "zip", "wrapped zip"])
def lay(
    request: pytest.FixtureRequest, tmp_path: Path, zipped: Callable[[Mapping[str, bytes]], bytes]
) -> Lay:
    """The files of a class, as they come: unpacked, packed, and packed with a folder around."""

    def lay(files: Mapping[str, bytes]) -> Path:
        if request.param == "folder":
            root = tmp_path / "class"
            root.mkdir(exist_ok=True)
            for name, data in files.items():
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            return root
        around = "class/" if "wrapped" in request.param else ""
        path = tmp_path / "class.zip"
        path.write_bytes(zipped({f"{around}{name}": data for name, data in files.items()}))
        return path

    return lay
