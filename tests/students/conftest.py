"""The secretive course and its attackers, for the tests beside it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def secretive() -> ModuleType:
    """The module beside this file, which is in no package."""
    path = Path(__file__).parent / "secretive.py"
    spec = importlib.util.spec_from_file_location("students_secretive", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
