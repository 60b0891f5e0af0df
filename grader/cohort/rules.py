"""The rules of a gradebook, as an instructor writes them: one TOML file, read into `Rules`.

    due = 2026-03-01T23:59:00+01:00
    grace = "15 minutes"
    attempts = "best"
    round = 0.5

    [late]
    percent = 10
    per = "day"
    closed_after = "7 days"

    [points]
    "topic/exercise" = 20

    [extensions]
    "s0123456" = 2026-03-08T23:59:00+01:00

Nothing is mandatory: without a file the best attempt counts, whole and whenever it came. Numbers
are read as decimals, so that 0.1 is a tenth.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from grader.errors import UsageError
from grader.files import read

MAX_BYTES: Final = 1_000_000
"""A thousand extensions are 60 kB."""

MAX_LINE: Final = 10_000
"""A key with a hundred thousand dots takes all the memory there is; nobody writes such a line."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Late(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is taken from an attempt that comes after its due date.

    Attributes:
        percent: taken for every started unit of time.
        per: the unit; ``once`` takes the percentage once, however late it is.
        of: what it is a percentage of: the points earned, or the points to be had.
        at_least: percentage of the points earned that a late attempt keeps in any case.
        closed_after: time after the due date from which an attempt earns nothing; None for never.
        flagged: percentage taken, once, where the export says only that it came late.
    """

    percent: Decimal = Decimal(0)
    per: Literal["day", "hour", "once"] = "day"
    of: Literal["earned", "maximum"] = "earned"
    at_least: Decimal = Decimal(0)
    closed_after: timedelta | None = None
    flagged: Decimal = Decimal(0)


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How attempts become points.

    Attributes:
        due: when an attempt must have come; None for no due date.
        grace: how late an attempt may come as if it were in time. Lateness beyond it counts from
            the due date.
        attempts: which one counts: the one with most points after penalties (of equals the
            earliest), the last or the first.
        round: the points are rounded to multiples of it, halves up; None for not at all.
        count: topics, exercises and quizzes that count; all if empty.
        points: exercise or quiz → what it is worth; what the course says if it is not named.
        quizzes: whether quizzes count.
        late: what is taken; None for nothing.
        extensions: id of a student → their own due date.
    """

    due: Moment | None = None
    grace: timedelta = timedelta()
    attempts: Literal["best", "last", "first"] = "best"
    round: Decimal | None = None
    count: tuple[str, ...] = ()
    points: dict[str, Decimal] = {}
    quizzes: bool = True
    late: Late | None = None
    extensions: dict[str, Moment] = {}


_MOMENT: Final = "2026-03-01T23:59:00+01:00"
_EXAMPLES: Final[Mapping[str, str]] = {
    "due": f"due = {_MOMENT}",
    "grace": 'grace = "15 minutes"',
    "attempts": 'attempts = "best", "last" or "first"',
    "round": "round = 0.5",
    "count": 'count = ["topic", "topic/exercise"]',
    "points": '[points] and below it "topic/exercise" = 20',
    "quizzes": "quizzes = false",
    "late": "[late] and below it percent = 10",
    "late.percent": "percent = 10",
    "late.per": 'per = "day", "hour" or "once"',
    "late.of": 'of = "earned" or "maximum"',
    "late.at_least": "at_least = 50",
    "late.closed_after": 'closed_after = "7 days"',
    "late.flagged": "flagged = 10",
    "extensions": f'[extensions] and below it "s0123456" = {_MOMENT}',
}
"""What to write for each key."""

_DURATION: Final = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*(minute|hour|day|week)s?")
_PLACE: Final = re.compile(r" \(at line (\d+), column \d+\)$")
_WHOLE: Final = Decimal(100)
_DECIMALS: Final = 9
"""Of a number: points are counted exactly, and 1e-999999999 has a thousand million digits."""
_YEARS: Final = range(1970, 9000)
"""A moment near the end of the calendar is none in another zone."""


def read_rules(path: Path) -> Rules:
    """Reads a file of rules.

    Raises:
        UsageError: names the file, the key, and what to write.
    """
    source = read(path, MAX_BYTES + 1)
    try:
        return parse(source)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from error


def parse(source: bytes) -> Rules:
    """The rules in a text.

    Raises:
        UsageError: names the key, and what to write.
    """
    tables = _tables(source)
    for key, table in (("grace", tables), ("closed_after", tables.get("late"))):
        if isinstance(table, dict) and key in table:
            table[key] = _duration("late.closed_after" if table is not tables else key, table[key])
    try:
        rules = msgspec.convert(tables, Rules)
    except msgspec.ValidationError as error:
        raise UsageError(_explained(str(error), tables)) from error
    for problem in _faults(rules):
        raise UsageError(problem)
    return rules


def _tables(source: bytes) -> dict[str, Any]:
    if len(source) > MAX_BYTES:
        raise UsageError(f"is larger than {MAX_BYTES // 1000} kB; rules are a few lines of TOML")
    try:
        text = source.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError("is not UTF-8; save it as UTF-8") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise UsageError(f"line {number} is longer than {MAX_LINE} characters; break it")
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(_placed(str(error), text)) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"holds a value that cannot be read: {error}") from error


def _placed(said: str, text: str) -> str:
    """What the parser of TOML says, with the cure for what people write instead."""
    match = _PLACE.search(said)
    lines = text.rstrip().split("\n")
    number = int(match[1]) if match else len(lines)
    line = lines[number - 1]
    cure = "a line is a key, an equals sign and a value; texts stand in quotation marks"
    if "overwrite" in said or "twice" in said:
        cure = "it says something a second time; keep one"
    elif re.search(r"\d{4}-\d\d-\d\d", line):
        cure = f"write a moment with seconds and zone: {_MOMENT}"
    elif "%" in line:
        cure = "write the number alone: percent = 10"
    elif re.search(r"\d\s*[a-z]", line):
        cure = 'write a duration in quotation marks: "15 minutes"'
    elif re.search(r"\d,\d", line):
        cure = "write the decimal with a point: 0.5"
    return f"line {number} is not TOML; {cure}"


def _duration(key: str, value: object) -> timedelta:
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise UsageError(f"{key} is no duration that can be read; write {_EXAMPLES[key]}")
    return timedelta(**{f"{match[2]}s": float(match[1])})


def _explained(message: str, tables: Mapping[str, Any]) -> str:
    """A message of msgspec in the words of the file."""
    said, _, where = message.replace("`object", "`table").partition(" - at ")
    key = re.sub(r"^\$\.?|\[.*", "", where.strip("`"))
    unknown = re.search(r"unknown field `(.*)`", said)
    if unknown:
        return _unknown(unknown[1], key)
    value = _value(tables, key)
    shown = key
    if isinstance(value, dict) and key in ("points", "extensions"):
        shown, value = _culprit(key, value)
    example = _EXAMPLES.get(key, "")
    if isinstance(value, datetime) and value.tzinfo is None:
        zoned = f"{value.isoformat()}+01:00"
        example = f"{shown.removeprefix('extensions.')} = {zoned}, with the zone that you mean"
        return f"{shown} has no zone, so nobody can tell when it is; write {example}"
    return f"{shown} cannot be used ({said[:1].lower()}{said[1:]}); write {example}"


def _unknown(name: str, table: str) -> str:
    kind = Late if table == "late" else Rules
    names = kind.__struct_fields__
    near = difflib.get_close_matches(name, names, n=1)
    shown = f"{table}.{name}" if table else name
    elsewhere = not near and kind is Rules and name in Late.__struct_fields__
    if elsewhere:
        return f"{shown} is no rule here; write it below [late]"
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
    return f"{shown} is no rule; {hint}"


def _value(tables: Mapping[str, Any], key: str) -> object:
    value: object = tables
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _culprit(table: str, entries: Mapping[str, object]) -> tuple[str, object]:
    """The entry of a table that is not of its kind."""
    kind: Any = Decimal if table == "points" else Moment
    for name, value in entries.items():
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            return f'{table}."{name}"', value
    return table, entries


def _odd(rules: Rules, late: Late) -> Iterator[str]:
    """Numbers and moments that nobody means, and that could not be counted with or kept."""
    numbers = {f"late.{name}": getattr(late, name) for name in ("percent", "at_least", "flagged")}
    numbers |= {f'points."{label}"': points for label, points in rules.points.items()}
    numbers["round"] = rules.round or Decimal()
    for key, value in numbers.items():
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -_DECIMALS:
            yield f"{key} is {value}; write it with at most {_DECIMALS} decimals"
    moments = {f'extensions."{who}"': moment for who, moment in rules.extensions.items()}
    moments |= {"due": rules.due} if rules.due is not None else {}
    for key, moment in moments.items():
        if moment.year not in _YEARS:
            yield f"{key} is in the year {moment.year}; write it like {_MOMENT}"


def _faults(rules: Rules) -> Iterator[str]:
    late = rules.late or Late()
    yield from _odd(rules, late)
    for name in ("percent", "at_least", "flagged"):
        value: Decimal = getattr(late, name)
        if not (value.is_finite() and 0 <= value <= _WHOLE):
            yield f"late.{name} is {value}; write a percentage from 0 to 100"
    for label, points in rules.points.items():
        if not (points.is_finite() and 0 < points < 1_000_000):
            yield (
                f'points."{label}" is {points}; write a number above 0, or leave the exercise '
                "out with count = [...]"
            )
    if rules.round is not None and not (rules.round.is_finite() and 0 < rules.round <= _WHOLE):
        yield f"round is {rules.round}; write {_EXAMPLES['round']}, or leave it out"
    timed = late.percent > 0 or late.closed_after is not None
    if timed and rules.due is None and not rules.extensions:
        yield (
            "[late] counts from a due date and there is none; "
            f"write {_EXAMPLES['due']}, or keep flagged = ... only"
        )
    if rules.due is None and rules.grace:
        yield f"grace needs a due date; write {_EXAMPLES['due']}"
    for student, moment in rules.extensions.items():
        if rules.due is not None and moment < rules.due:
            yield f'extensions."{student}" is before the due date; write a later one'
