"""The sample results, for every test of a writer."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module ``sample.py``, which lies beside the tests and in no package."""
    path = Path(__file__).with_name("sample.py")
    spec = importlib.util.spec_from_file_location("writers_sample", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
