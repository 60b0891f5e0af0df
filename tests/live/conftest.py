"""The sample results of the writers' tests, and the live page that tests ask."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from grader.live import LivePage


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """The module ``writers/sample.py``, which is in no package."""
    path = Path(__file__).parents[1] / "writers" / "sample.py"
    spec = importlib.util.spec_from_file_location("live_sample", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def live() -> Iterator[LivePage]:
    """A live page that is being served; nothing is shown yet."""
    with LivePage() as page:
        yield page
