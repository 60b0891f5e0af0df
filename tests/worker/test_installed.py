"""Modules that are imported for the first time in a locked-down worker."""

from __future__ import annotations

import os
import sys
import sysconfig

import pytest

import grader
from grader.pool import Limits, create
from grader.wire.frames import Call, Request, Task
from grader.wire.layers import FILES
from grader.wire.values import decode
from grader.worker.installed import Installed

LATE = b"def f():\n    import sympy.core\n    return int(sympy.core.Integer(7))\n"
OWN = b"def f():\n    import grader.plan, grader.quiz.toml\n    return 7\n"


def test_a_module_is_found_as_python_finds_it() -> None:
    """A package, a single file, and an extension, each loadable; what is not there is not found."""
    import importlib.util

    finder = Installed()
    for name in ("sympy", "typing_extensions", "_struct", "json"):
        own, pythons = finder.find_spec(name, None), importlib.util.find_spec(name)
        if pythons is not None and pythons.origin in (None, "built-in", "frozen"):
            continue
        assert own is not None and pythons is not None
        assert (own.origin, list(own.submodule_search_locations or [])) == (
            pythons.origin,
            list(pythons.submodule_search_locations or []),
        )
    assert finder.find_spec("there_is_no_such_module", None) is None
    assert finder.find_spec("core", ["anywhere"]) is None


def own_folder() -> str:
    """Where this package lies, in which Python writes byte code when it is first imported."""
    return grader.__path__[0]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Landlock is Linux only")
@pytest.mark.parametrize(
    ("source", "folder"),
    [(LATE, sysconfig.get_path("purelib")), (OWN, own_folder())],
    ids=["installed packages", "this package"],
)
def test_what_is_installed_meanwhile_hides_nothing(source: bytes, folder: str) -> None:
    """A folder of modules that changes while a warm process lives is not empty afterwards."""
    request = Request("e", "e.py", source, {"f": ()}, (), (Task("a", (Call("f", {}),)),))
    with create("fork", jobs=1) as pool:
        if FILES not in pool.held().layers:
            pytest.skip("this kernel has no Landlock")
        try:
            os.utime(folder)
        except PermissionError:
            pytest.skip("the environment is somebody else's")
        pool.submit(1, request, Limits())
        report = pool.wait()
    assert report.answers[0].raised is None
    assert decode(report.answers[0].values[0]) == 7
