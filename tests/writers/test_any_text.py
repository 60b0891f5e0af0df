"""Whatever text a record holds, the writers write something safe."""

from __future__ import annotations

import itertools
from types import ModuleType

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.writers.html import render as render_html
from grader.writers.terminal import render as render_terminal

# Without an encoding in mind, `characters` gives lone surrogates too.
TEXTS = st.lists(st.text(st.characters()), min_size=1, max_size=40)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(texts=TEXTS, width=st.integers(1, 130), verbosity=st.sampled_from([-1, 0, 1]))
def test_the_terminal_takes_any_text(
    sample: ModuleType, texts: list[str], width: int, verbosity: int
) -> None:
    """It can be encoded, holds no control characters, and fits."""
    result = sample.retold(sample.mixed(), itertools.cycle(texts))
    text = render_terminal(result, width=width, verbosity=verbosity)

    text.encode()
    assert all(character == "\n" or character.isprintable() for character in text)
    if verbosity >= 0:
        assert [line for line in text.split("\n") if cell_len(line) > max(width, 40)] == []
    plain = render_terminal(result, width=width, verbosity=verbosity, ascii_only=True)
    assert plain.isascii()


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(texts=TEXTS)
def test_the_page_takes_any_text(sample: ModuleType, texts: list[str]) -> None:
    """It can be encoded and holds no more scripts than its own two."""
    page = render_html(sample.retold(sample.mixed(), itertools.cycle(texts)))

    page.encode()
    assert page.count("<script") == 2
    assert all(character in "\n\t" or character.isprintable() for character in page)
