"""How a process of the untrusted side is started: what it may import, and its environment."""

from __future__ import annotations

import json
import os
import site
import sys
import sysconfig
from pathlib import Path
from typing import Final

import grader

# The folder that holds this package comes first, so that no other installed version takes its
# place, and goes again when it is imported, also where an editable install has put it there: it is
# the repository, whose files are no business of a worker.
_BOOT: Final = """
import json, sys
sites, home = json.loads(sys.argv[1])
sys.path += [path for path in sites if path not in sys.path]
sys.path.insert(0, home)
from grader.uncollected import uncollected
with uncollected():
    from {room} import {module}
del sys.path[0]
if home not in sites:
    sys.path[:] = [path for path in sys.path if path != home]
{call}
"""


def command(module: str, call: str, *arguments: str) -> list[str]:
    """The command line of a process that imports a module of this package and calls it.

    Args:
        module: such as ``grader.worker.warm``.
        call: the expression to run.
        arguments: what it finds in ``sys.argv[2:]``.
    """
    home = str(Path(grader.__file__).resolve().parent.parent)
    room, _, name = module.rpartition(".")
    boot = _BOOT.format(room=room, module=name, call=call)
    return [sys.executable, "-P", "-s", "-B", "-c", boot, json.dumps([_sites(), home]), *arguments]


def environment() -> dict[str, str]:
    """A clean environment: nothing of the judge's own passes."""
    wanted = {
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        # Large pages: a fork and its end take 60 % of the time that 37,000 small ones do.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "LANG": "C.UTF-8",
        "PATH": os.defpath,
    }
    if sys.platform == "win32":
        # Sockets and the random source of Windows do not start without it.
        wanted["SYSTEMROOT"] = os.environ.get("SYSTEMROOT", r"C:\Windows")
    return wanted


def _sites() -> list[str]:
    """The judge's site directories: absolute, there, and nothing but installed packages."""
    installed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    installed |= {*site.getsitepackages(), site.getusersitepackages()}
    return [path for path in sys.path if path in installed and os.path.isabs(path)]
