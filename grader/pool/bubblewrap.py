"""bubblewrap around the warm process: an outer wall, where it is wanted and installed.

Inside there are Python, its packages and this one, with processes and a network of their own. Other
files are not only closed: they are not there, so that not even their names and sizes can be learnt.
The layers of a worker do not depend on it.
"""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import grader

_PROGRAM: Final = "bwrap"
_TRIAL_S: Final = 10.0
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives")
_APART: Final = ("--unshare-ipc", "--unshare-net", "--unshare-pid", "--unshare-uts")


def unavailable(hidden: Sequence[str] = ()) -> str:
    """Why it cannot be used here, as a clause; empty if it can. It is tried.

    Args:
        hidden: see `wrapped`.
    """
    if shutil.which(_PROGRAM) is None:
        return f"there is no program {_PROGRAM}; install bubblewrap"
    try:
        subprocess.run(
            wrapped([sys.executable, "-c", ""], hidden),
            check=True,
            capture_output=True,
            timeout=_TRIAL_S,
        )
    except subprocess.CalledProcessError as error:
        return f"{_PROGRAM} says: {error.stderr.decode('utf-8', 'replace').strip()}"
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{_PROGRAM} does not run: {error}"
    return ""


def wrapped(command: Sequence[str], hidden: Sequence[str] = ()) -> list[str]:
    """The command line that runs a command inside.

    Args:
        command: what to run.
        hidden: folders that must not be there, though one that contains them is.
    """
    seen = dict.fromkeys(path for path in _seen() if Path(path).exists())
    inside = [path for path in hidden if any(Path(path).is_relative_to(each) for each in seen)]
    return [
        _PROGRAM,
        *_APART,
        *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/"),
        *(word for path in seen for word in ("--ro-bind", path, path)),
        *(word for path in inside for word in ("--tmpfs", path)),
        "--",
        *command,
    ]


def _seen() -> list[str]:
    """The folders of Python and its packages, as they are called and as they really are."""
    package = Path(grader.__file__).parent
    paths = [sys.base_prefix, sys.prefix, sys.exec_prefix, *site.getsitepackages(), str(package)]
    paths += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    real = [str(Path(path).resolve()) for path in [*paths, str(Path(sys.executable).parent)]]
    return [*_SYSTEM, *sorted({*paths, *real})]
