"""Here workers are held by limits alone; what else must hold them is tried in tests/attacks."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from grader.pool import Policy, Pool, create
from grader.wire.layers import PROTECTION

UNPROTECTED = Policy(without=PROTECTION)


@pytest.fixture(scope="session")
def unprotected() -> Policy:
    """Limits, and no layer against what somebody means to do."""
    return UNPROTECTED


@pytest.fixture(scope="session")
def fork_pool(unprotected: Policy) -> Iterator[Pool]:
    """A started engine with a warm process, shared by all tests of this folder."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the warm process is Linux only")
    with create("fork", policy=unprotected) as pool:
        yield pool
