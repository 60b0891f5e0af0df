"""Removes the course with everything in it.

stopped by: named files
points: none
says: PermissionError at line .* (Permission denied|Operation not permitted)
"""

import shutil
from pathlib import Path


def square(x):
    shutil.rmtree(Path("@SOLUTIONS@").parent)
    return x * x
