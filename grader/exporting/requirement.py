"""How dlgrade gets to where it grades: from an index, from a repository, or as a wheel."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader import __version__
from grader.errors import UsageError

DEFAULT: Final = f"dlgrade=={__version__}"

_WHEEL: Final = re.compile(r"dlgrade-[\w.+!]+-[\w.]+-[\w.]+-[\w.]+\.whl")
_BUILD: Final = "make one with: pip wheel --no-deps --wheel-dir . FOLDER"


@dataclass(frozen=True)
class Requirement:
    """What pip is asked for.

    Attributes:
        line: as it stands in requirements.txt, seen from that file's folder.
        index: where pip looks for packages as well; empty for its usual place alone.
        wheel: the wheel that lies beside it, if it is one.
    """

    line: str
    index: str = ""
    wheel: Path | None = None

    @property
    def text(self) -> str:
        """What requirements.txt holds."""
        return f"--extra-index-url {self.index}\n{self.line}\n" if self.index else f"{self.line}\n"


def required(words: str = DEFAULT, index: str = "") -> Requirement:
    """Reads what somebody wants installed.

    Args:
        words: a requirement, an address, or a wheel on this machine.
        index: where pip looks for packages as well.

    Raises:
        UsageError: if it is a folder, a wheel of something else, or no requirement, or the index
            is no address.
    """
    if index and not re.fullmatch(r"https?://[\x21-\x7e]+", index):
        raise UsageError(f"{index!r} is no address of an index; it begins with https://")
    path = Path(words).expanduser()
    if path.is_dir():
        raise UsageError(f"{words} is a folder, which cannot be copied along; {_BUILD}")
    if path.suffix == ".whl" and "://" not in words:
        return _wheel(path, index)
    if not words.isprintable() or not re.match(r"(dlgrade\b|git\+|https://)", words):
        raise UsageError(
            f"{words!r} does not name dlgrade; write a requirement such as {DEFAULT}, an address "
            "that begins with git+ or https://, or a wheel on this machine"
        )
    return Requirement(words, index)


def _wheel(path: Path, index: str) -> Requirement:
    if not path.is_file():
        raise UsageError(f"there is no wheel {path}; {_BUILD}")
    if not _WHEEL.fullmatch(path.name) or not zipfile.is_zipfile(path):
        raise UsageError(f"{path} is not a wheel of dlgrade; {_BUILD}")
    return Requirement(f"./{path.name}", index, path)
