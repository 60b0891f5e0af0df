"""A small part of the course, and ways to hand something in."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course import Course, find
from grader.submission import Submitted, collect

KEPT = ("normalization/layer_norm", "initialization/kaiming", "optimization/minibatch_sgd")


@pytest.fixture(scope="session")
def course() -> Course:
    """The bundled course, cut down to three exercises and the quizzes of two topics."""
    whole = find()
    return replace(
        whole,
        entries=tuple(entry for entry in whole.entries if entry.label in KEPT),
        quizzes=tuple(
            entry for entry in whole.quizzes if entry.topic in ("initialization", "optimization")
        ),
    )


@pytest.fixture(scope="session")
def collected(course: Course) -> Callable[..., dict[str, Submitted]]:
    """What paths answer, by the name of the exercise; quizzes are left out."""

    def collected(*paths: Path) -> dict[str, Submitted]:
        return {s.entry.name: s for s in collect(course, paths) if not s.entry.is_quiz}

    return collected


@pytest.fixture(scope="session")
def zipped() -> Callable[[Mapping[str, bytes | str]], bytes]:
    """A zip of some files."""

    def zipped(files: Mapping[str, bytes | str]) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return made.getvalue()

    return zipped


@pytest.fixture(scope="session")
def tarred() -> Callable[..., bytes]:
    """A tar of some files; a `tarfile.TarInfo` in place of bytes is taken as it is."""

    def tarred(files: Mapping[str, bytes | tarfile.TarInfo], mode: str = "w") -> bytes:
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]
            for name, data in files.items():
                if isinstance(data, tarfile.TarInfo):
                    data.name = name
                    archive.addfile(data)
                    continue
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return made.getvalue()

    return tarred


@pytest.fixture(scope="session")
def notebook() -> Callable[..., bytes]:
    """A notebook of code cells, with a title above and some output."""

    def notebook(*cells: str) -> bytes:
        output = {"output_type": "stream", "name": "stdout", "text": ["x" * 100]}
        code = [
            {
                "cell_type": "code",
                "metadata": {},
                "execution_count": None,
                "outputs": [output],
                "source": text.splitlines(keepends=True),
            }
            for text in cells
        ]
        title = {"cell_type": "markdown", "metadata": {}, "source": "# def layer_norm(x)"}
        book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [title, *code]}
        return json.dumps(book).encode()

    return notebook
