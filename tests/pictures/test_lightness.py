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


def test_a_built_in_picture_needs_no_drawing_library(tmp_path: Path) -> None:
    """The first failing case of a check does not wait for matplotlib."""
    code = (
        "import sys; from grader.pictures import *\n"
        "curve([0, 1], [0.0, 1.0], [0.0, 2.0], tolerance=1e-9, title='', marks={'end': 1})\n"
        "histogram([0.5, -0.5], density=lambda x: 1 + 0 * x, marks={'±1': 1.0}, title='')\n"
        "descent([[1.0]], [[2.0]], tolerance=1e-9, title='', loss_yours=[1.0])\n"
        "heat_map([[0.1, 2.0]], normalised='rows', title='')\n"
        "tokens([1.0, 2.0], counted=[1, 0], title='', yours=3.0)\n"
        "scatter([1.0], [2.0], title='')\n"
        "print(sorted({'matplotlib', 'torch'} & sys.modules.keys()))"
    )
    assert run(code, tmp_path) == "[]"


OWN_FIGURE = (
    "import sys; from grader.pictures import figure_to_picture, sheet\n"
    "with sheet(100) as figure:\n"
    "    figure.add_axes((0.1, 0.1, 0.8, 0.8)).plot([1, 2], [2, 1])\n"
    "    picture = figure_to_picture(figure, title='', description='')\n"
)
"""An author's figure."""


def test_an_authors_figure_never_imports_pyplot(tmp_path: Path) -> None:
    """Pyplot would double the time to the first figure."""
    code = (
        f"{OWN_FIGURE}print('matplotlib.figure' in sys.modules, 'matplotlib.pyplot' in sys.modules)"
    )
    assert run(code, tmp_path) == "True False"


def test_settings_in_the_learners_folder_change_nothing(tmp_path: Path) -> None:
    """A matplotlibrc beside the submission has no influence on the figure."""
    code = f"{OWN_FIGURE}print(picture.svg)"
    plain = run(code, tmp_path)
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nsvg.fonttype: path\n")
    assert (
        run("import matplotlib; print(matplotlib.rcParams['lines.linewidth'])", tmp_path) == "9.0"
    )
    assert run(code, tmp_path) == plain
