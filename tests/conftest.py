"""What all tests share: goldens with an accept flag, and the marker of the browser tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the flag that accepts what the writers say now."""
    parser.addoption(
        "--accept-goldens",
        action="store_true",
        help="write the goldens anew; read the difference before committing it",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Names the marker, so that --strict-markers knows it."""
    config.addinivalue_line("markers", "browser: opens a page in Debian's Chromium")


@pytest.fixture
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str, str], None]:
    """Compares a text with ``tests/golden/<name>``, or writes it there with --accept-goldens."""
    accept = bool(request.config.getoption("--accept-goldens"))

    def compare(name: str, actual: str) -> None:
        gold = GOLDEN / name
        if accept:
            gold.parent.mkdir(parents=True, exist_ok=True)
            gold.write_text(actual, encoding="utf-8", newline="\n")
        beside = tmp_path / gold.name
        beside.write_text(actual, encoding="utf-8", newline="\n")
        expected = gold.read_text(encoding="utf-8") if gold.is_file() else ""
        assert expected == actual, f"differs from {gold}; the actual text is in {beside}"

    return compare
