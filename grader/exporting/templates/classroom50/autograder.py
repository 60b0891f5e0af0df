"""Grades a checkout for Classroom 50: writes result.json, release-body.md and dlgrade-report.html.

Students' code runs in processes of its own, with a clean environment: no token, no GITHUB_*, no
files but Python's, no network. But the bundle that this file is in is published on pages that need
no login, and grading runs in the student's own repository: a course beside this file, with its
solutions, can be read by whoever looks for it. Bring one along only if it may be.

Ends with 0 whatever the score is; anything else says that the grading itself failed.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
WORDS: Final = shlex.split("@WORDS@")
GRADED: Final = "exercises"
VERDICTS: Final = (0, 1)
"""What dlgrade ends with when it has graded: all passes, something fails."""


def main() -> int:
    """Installs dlgrade with pinned versions and grades the current folder."""
    programs = install(Path(os.environ.get("RUNNER_TEMP") or tempfile.mkdtemp()) / "dlgrade")
    course = HERE / "course"
    command = [
        str(programs / "dlgrade"),
        "check",
        *(["--course", str(course)] if course.is_dir() else []),
        *WORDS,
        "--whole",
        *("--format", "classroom50=result.json"),
        *("--format", "markdown=release-body.md"),
        *("--format", "github"),
        *("--html", "dlgrade-report.html"),
        "--",
        GRADED if Path(GRADED).is_dir() else ".",
    ]
    code = subprocess.run(command, check=False).returncode
    return 0 if code in VERDICTS else code


def install(folder: Path) -> Path:
    """An environment of its own with dlgrade; returns the folder of its programs."""
    programs = folder / "bin"
    if not (programs / "dlgrade").exists():
        venv.create(folder, with_pip=True)
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet"]
        pins = ["--constraint", "constraints.txt", "--requirement", "requirements.txt"]
        subprocess.run([*pip, *pins], cwd=HERE, check=True)
    return programs


if __name__ == "__main__":
    sys.exit(main())
