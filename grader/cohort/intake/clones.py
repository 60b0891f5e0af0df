"""When the last commit of a clone was made, without obeying anything that the clone says.

A repository's own configuration names programs (pagers, monitors, signature checkers, ways to fetch
what is missing). So git is asked in an empty repository of ours that only borrows the objects.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from grader.submission.files import Refused
from grader.submission.folder import read_below

_SECONDS: Final = 20
_MAX_BYTES: Final = 1_000_000
_COMMIT: Final = re.compile(rb"[0-9a-f]{40}")
_NAME: Final = re.compile(rb"ref: (refs/[\w./-]{1,500})\s*")


def committed(clone: Path) -> datetime | None:
    """The time of a clone's last commit, as the one who made it set it; None if git cannot say."""
    git = shutil.which("git")
    commit = _head(clone / ".git")
    if git is None or commit is None:
        return None
    with tempfile.TemporaryDirectory(prefix="dlgrade-git-") as empty:
        for folder in ("objects", "refs"):
            (Path(empty) / folder).mkdir()
        (Path(empty) / "HEAD").write_text("ref: refs/heads/none\n")
        surroundings = {
            "PATH": os.defpath,
            "GIT_DIR": empty,
            "GIT_OBJECT_DIRECTORY": str((clone / ".git" / "objects").absolute()),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_ALLOC_LIMIT": "64m",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
        }
        command = [git, "--no-pager", "log", "-1", "--format=%cI", commit, "--"]
        try:
            done = subprocess.run(
                command,
                cwd=empty,
                env=surroundings,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
            )
            return datetime.fromisoformat(done.stdout.decode("ascii").strip())
        except (OSError, subprocess.SubprocessError, ValueError):
            return None


def _head(git: Path) -> str | None:
    """The commit that a repository is at: HEAD names it, or the branch that does."""
    try:
        said = read_below(git, ("HEAD",), _MAX_BYTES)
        branch = _NAME.fullmatch(said)
        if branch is not None:
            said = _branch(git, branch[1])
    except Refused:
        return None
    commit = _COMMIT.match(said)
    return commit[0].decode() if commit else None


def _branch(git: Path, name: bytes) -> bytes:
    parts = tuple(name.decode("ascii").split("/"))
    if ".." in parts:
        return b""
    try:
        return read_below(git, parts, _MAX_BYTES)
    except Refused:
        packed = read_below(git, ("packed-refs",), _MAX_BYTES)
        found = (line for line in packed.splitlines() if line.endswith(b" " + name))
        return next(found, b"")
