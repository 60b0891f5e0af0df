"""The live page that tests ask."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.live import LivePage


@pytest.fixture
def live() -> Iterator[LivePage]:
    """A live page that is being served; nothing is shown yet."""
    with LivePage() as page:
        yield page
