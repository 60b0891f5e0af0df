"""Importing what is installed from a process that may read packages, but not list their folder.

Python's own finder remembers what lies in a folder until the folder changes, as it does whenever a
package is installed, or byte code is written for this one; in a locked-down worker it would then
find nothing any more.
"""

from __future__ import annotations

import site
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec, all_suffixes
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

import grader


class Installed:
    """A finder, as in `sys.meta_path`, that knows what was installed when it was made."""

    def __init__(self) -> None:
        self._places: dict[str, Path] = {}
        for folder in _folders():
            for name, place in _modules(folder):
                self._places.setdefault(name, place)
        for own in grader.__path__:
            self._places.update(_package(Path(own), grader.__name__))

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module of the top level, or of this package, was; None for any other."""
        place = self._places.get(name)
        if place is None:
            return None
        below = [str(place.parent)] if place.stem == "__init__" else None
        return spec_from_file_location(name, place, submodule_search_locations=below)


def remember_installed() -> None:
    """Has imports ask an `Installed` where Python's own finders find nothing."""
    sys.meta_path.append(Installed())


def _folders() -> Iterator[Path]:
    """Where modules are looked for: the standard library and the installed packages."""
    known = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    known |= {*site.getsitepackages(), site.getusersitepackages()}
    for entry in sys.path:
        if entry in known or entry.endswith("lib-dynload"):
            yield Path(entry)


def _modules(folder: Path) -> Iterator[tuple[str, Path]]:
    suffixes = all_suffixes()
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if (path / "__init__.py").is_file():
            yield path.name, path / "__init__.py"
        else:
            suffix = next((one for one in suffixes if path.name.endswith(one)), "")
            if suffix:
                yield path.name.removesuffix(suffix), path


def _package(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """The modules of a package and of those in it, by their whole names."""
    for inner, place in _modules(folder):
        if inner != "__init__":
            yield f"{name}.{inner}", place
            if place.stem == "__init__":
                yield from _package(place.parent, f"{name}.{inner}")
