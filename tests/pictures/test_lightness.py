"""What importing and drawing cost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run(code: str, folder: Path) -> str:
    """Runs Python code in a fresh process and returns what it prints."""
    root = Path(__file__).parents[2]
    finished = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return finished.stdout.strip()


def test_importing_pictures_imports_neither_matplotlib_nor_torch(tmp_path: Path) -> None:
    """Grading a right answer never pays for a drawing library."""
    code = (
        "import sys, grader.pictures; print(sorted({'matplotlib', 'torch'} & sys.modules.keys()))"
    )
    assert run(code, tmp_path) == "[]"


def test_drawing_never_imports_pyplot(tmp_path: Path) -> None:
    """Pyplot would double the time to the first picture."""
    code = (
        "import sys; from grader.pictures import scatter; scatter([1.0], [2.0], title='');"
        "print('matplotlib.figure' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    )
    assert run(code, tmp_path) == "True False"


def test_settings_in_the_learners_folder_change_nothing(tmp_path: Path) -> None:
    """A matplotlibrc beside the submission has no influence on the picture."""
    code = (
        "from grader.pictures import scatter; print(scatter([1.0, 2.0], [2.0, 1.0], title='').svg)"
    )
    plain = run(code, tmp_path)
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nsvg.fonttype: path\n")
    assert run(code, tmp_path) == plain
