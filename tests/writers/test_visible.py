"""Text that is safe to show."""

from __future__ import annotations

import pytest

from grader.writers.visible import ascii_text, one_line, spaced, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, ünïcode, 漢字 ✓", "plain text, ünïcode, 漢字 ✓"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\rb\r\nc\td", "a\\x0db\nc\td"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("\ud800 alone", "\\ud800 alone"),
        ("\U000e0041 tag", "\\U000e0041 tag"),
        ("no\xa0break", "no\\xa0break"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    """Escapes stand for characters that act or hide; all others stay."""
    assert shown == visible(text)


def test_length_is_bounded_and_said() -> None:
    """A million characters become a few, with the number of the others."""
    shown = visible("\x1b" * 1_000_000, 10)

    assert shown == "\\x1b" * 10 + "… (999 990 more characters)"


def test_one_line_has_no_line_feed() -> None:
    """Any run of white space becomes one space."""
    assert one_line("  a \n\t b\x0c ") == "a b\\x0c"


def test_ascii_spells_signs_out() -> None:
    """Familiar signs have an ASCII spelling, others an escape."""
    assert ascii_text("±√2 – “x” ≤ é") == '+-sqrt2 - "x" <= \\xe9'


def test_thousands_are_set_apart() -> None:
    """Numbers are readable without commas."""
    assert spaced(1_234_567) == "1 234 567"
