"""Rules as an instructor writes them: read exactly, and refused with what to write instead."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from grader.cohort.rules import Late, Rules, parse, read_rules
from grader.errors import UsageError

WHOLE = """
due = 2026-03-01T23:59:00+01:00
grace = "15 minutes"
attempts = "last"
round = 0.1
count = ["topic"]
quizzes = false

[late]
percent = 2.5
per = "hour"
of = "maximum"
at_least = 50
closed_after = "1.5 days"
flagged = 10

[points]
"topic/one" = 20

[extensions]
"s1" = 2026-03-08T12:00:00Z
"""


def test_every_rule_is_read() -> None:
    """Numbers are decimals, durations are durations, moments keep their zone."""
    rules = parse(WHOLE.encode())
    assert rules == Rules(
        due=datetime(2026, 3, 1, 22, 59, tzinfo=UTC),
        grace=timedelta(minutes=15),
        attempts="last",
        round=Decimal("0.1"),
        count=("topic",),
        points={"topic/one": Decimal(20)},
        quizzes=False,
        late=Late(
            percent=Decimal("2.5"),
            per="hour",
            of="maximum",
            at_least=Decimal(50),
            closed_after=timedelta(hours=36),
            flagged=Decimal(10),
        ),
        extensions={"s1": datetime(2026, 3, 8, 12, tzinfo=UTC)},
    )
    assert rules.due is not None and rules.due.utcoffset() == timedelta(hours=1)


def test_nothing_is_mandatory() -> None:
    """An empty file, a byte order mark and Windows line ends are all right."""
    assert parse(b"") == Rules()
    assert parse(b"\xef\xbb\xbf# mine\r\nquizzes = false\r\n") == Rules(quizzes=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "due = 2026-03-01T23:59:00",
            "due has no zone, .* write due = 2026-03-01T23:59:00\\+01:00",
        ),
        ("due = 2026-03-01", "due cannot be used .* write due = 2026-"),
        ("due = 2026-03-01 23:59", "line 1 is not TOML; write a moment with seconds and zone"),
        ('[extensions]\na = 2026-03-01T23:59:00Z\n"b" = 2026-03-02T23:59:00', '."b" has no zone'),
        ("grase = 1", "grase is no rule; did you mean grace?"),
        ("percent = 10", "percent is no rule here; write it below \\[late\\]"),
        ("[late]\nprcent = 1", "late.prcent is no rule; did you mean percent?"),
        ("colour = 1", "colour is no rule; there are due, grace, "),
        ('attempts = "bst"', 'write attempts = "best", "last" or "first"'),
        ('[late]\nper = "week"', 'late.per cannot be used .* write per = "day", "hour" or "once"'),
        ("[late]\npercent = 10 %", "line 2 is not TOML; write the number alone: percent = 10"),
        ('[late]\npercent = "ten"', "late.percent cannot be used .* write percent = 10"),
        ("[late]\npercent = 101", "late.percent is 101; write a percentage from 0 to 100"),
        ("[late]\nflagged = nan", "late.flagged is NaN; write a percentage"),
        ("[late]\nat_least = -1", "late.at_least is -1; write a percentage"),
        ("late = 10", "late cannot be used .*table.* write \\[late\\] and below it percent = 10"),
        ("grace = 5", 'grace is no duration that can be read; write grace = "15 minutes"'),
        ("grace = 5 minutes", "line 1 is not TOML; write a duration in quotation marks"),
        ('[late]\nclosed_after = "soon"', 'late.closed_after is no .* closed_after = "7 days"'),
        ("round = 0", "round is 0; write round = 0.5, or leave it out"),
        ("round = inf", "round is Infinity; write round = 0.5"),
        ("round = 0,5", "line 1 is not TOML; write the decimal with a point: 0.5"),
        (
            'count = "topic"',
            'count cannot be used .* write count = \\["topic", "topic/exercise"\\]',
        ),
        ('[points]\na = 1\nb = "x"', 'points."b" cannot be used .* "topic/exercise" = 20'),
        ("[points]\na = 0", 'points."a" is 0; write a number above 0'),
        ("[late]\npercent = 10", "counts from a due date and there is none; write due = "),
        ('grace = "1 hour"', "grace needs a due date; write due = "),
        (
            "due = 2026-03-02T00:00:00Z\n[extensions]\na = 2026-03-01T00:00:00Z",
            'extensions."a" is before the due date',
        ),
        ("due = 9999-12-31T23:59:00-12:00", "due is in the year 9999; write it like 2026-03-01"),
        ("[extensions]\na = 0001-01-01T00:00:00+12:00", 'extensions."a" is in the year 1; write'),
        ("round = 1e-999999999", "round is 1E-999999999; write it with at most 9 decimals"),
        ("[points]\na = 1e-999999999", 'points."a" is 1E-999999999; write it with at most 9 dec'),
        ("[late]\nflagged = 1e-10", "late.flagged is 1E-10; write it with at most 9 decimals"),
        (f"a{'.a' * 100_000} = 1", "line 1 is longer than 10000 characters; break it"),
        ("due", "line 1 is not TOML; a line is a key, an equals sign and a value"),
        ("due = 1\ndue = 2", "line 2 is not TOML; it says something a second time"),
    ],
)
def test_what_is_refused(text: str, said: str) -> None:
    """The key is named, and what to write."""
    with pytest.raises(UsageError, match=said):
        parse(text.encode())


def test_what_cannot_be_text() -> None:
    """Other encodings, nests and floods are refused as quickly."""
    for source, said in [
        (b"\xff\xfe\x00", "is not UTF-8; save it as UTF-8"),
        (b"a = " + b"[\n" * 100_000, "cannot be read|is not TOML"),
        (b"#" * 1_000_001, "is larger than 1000 kB"),
    ]:
        with pytest.raises(UsageError, match=said):
            parse(source)


def test_a_file_is_named(tmp_path: Path) -> None:
    """What is wrong in a file begins with its name, and so does a file that is not there."""
    path = tmp_path / "rules.toml"
    with pytest.raises(UsageError, match=r"rules\.toml cannot be read: No such file"):
        read_rules(path)
    path.write_text("grase = 1")
    with pytest.raises(UsageError, match=r"rules\.toml: grase is no rule"):
        read_rules(path)
    path.write_text(WHOLE)
    assert read_rules(path).round == Decimal("0.1")


def test_readme_has_every_rule() -> None:
    """The file that README shows can be used as it is, and leaves no key out."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("<!-- rules -->\n```toml\n")[2].partition("```")[0]
    tables = tomllib.loads(shown)
    assert parse(shown.encode()).late is not None
    assert set(tables) == set(Rules.__struct_fields__)
    assert set(tables["late"]) == set(Late.__struct_fields__)
