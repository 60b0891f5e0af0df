"""What a format may need to know beside the record: the surroundings, which writers never read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath


@dataclass(frozen=True)
class Occasion:
    """The surroundings of a grading; ``grader/cli`` fills it in.

    Attributes:
        environment: the variables that the format lists in its ``wants``, those that are set.
        now: when the output is written, with its zone.
        folder: the current folder, absolute; what paths of the record are relative to.
    """

    environment: Mapping[str, str]
    now: datetime
    folder: str = ""


def path_from(root: str, file: str, folder: str) -> str:
    """A file as it is named from a folder, with forward slashes; as it was if it is not below.

    Args:
        root: the folder to name it from; the current one if empty, or if the file is not below.
        file: as the record has it.
        folder: the current folder, absolute.
    """
    whole = PurePath(os.path.normpath(os.path.join(folder, file)))
    for above in (root, folder):
        if above and whole.is_relative_to(above):
            return whole.relative_to(above).as_posix()
    return PurePath(file).as_posix()
