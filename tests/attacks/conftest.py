"""Runs every attack in this folder against one arena and one pool with all its layers."""

from __future__ import annotations

import importlib.util
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

IS_HERE = sys.platform.startswith("linux") and platform.machine() == "x86_64"
"""Whether the numbers of system calls in the attacks mean here what they mean there."""


def _harness() -> ModuleType:
    """The harness, loaded by its path, as this folder is no package."""
    name = "attacks_harness"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("harness.py"))
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for every attack."""
    if "attack" in metafunc.fixturenames:
        found = _harness().attacks() if IS_HERE else []
        metafunc.parametrize("attack", found, ids=[attack.id for attack in found])


@pytest.fixture(scope="session")
def harness() -> ModuleType:
    """The harness."""
    if not IS_HERE:
        pytest.skip("the attacks are for Linux on x86-64")
    return _harness()


@pytest.fixture(scope="session")
def arena(harness: ModuleType) -> Iterator[object]:
    """A place worth attacking."""
    with harness.Arena() as arena:
        yield arena


@pytest.fixture(scope="session")
def hostile_pool(arena) -> Iterator[object]:
    """A pool with every layer that this machine has."""
    with arena.pool() as pool:
        yield pool
