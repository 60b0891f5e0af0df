"""Gradescope's own record of an export: ``submission_metadata.yml``.

A mapping of folders (``submission_<id>``) to what Ruby wrote of each: ``:submitters:`` (``:name:``,
``:sid:``, ``:email:``), ``:created_at:``, ``:history:`` (earlier attempts, with their times, but
without files), and results that are of no use here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import yaml

from grader.cohort.intake.places import Place
from grader.cohort.names import legible
from grader.errors import UsageError
from grader.submission.files import Refused

RECORD: Final = "submission_metadata.yml"
"""What the record is called."""

MAX_BYTES: Final = 256_000_000
"""The largest record: it holds the output of every test of every student."""

_MAX_DEPTH: Final = 40
_LOADER: Final[Any] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Entry:
    """What the record says of a submission.

    Attributes:
        folder: where its files are.
        submitters: name and ids of each student it belongs to.
        submitted: when, if that is a time with its zone.
        attempt: 1 for the first.
    """

    folder: str
    submitters: tuple[tuple[str, dict[str, str]], ...]
    submitted: datetime | None
    attempt: int


def read(record: Place) -> list[Entry]:
    """What the record says.

    Raises:
        UsageError: if it cannot be read: without it nobody knows whose a submission is.
    """
    try:
        data = record.read(MAX_BYTES)
        if len(data) > MAX_BYTES:
            raise Refused(f"it is larger than {MAX_BYTES // 1_000_000} MB")
        whole = _decoded(data)
    except (Refused, yaml.YAMLError, UnicodeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise UsageError(
            f"{RECORD} cannot be read: {reason}; export the submissions from Gradescope again"
        ) from None
    if not isinstance(whole, dict):
        raise UsageError(f"{RECORD} names no submission; export them from Gradescope again")
    return [_entry(folder, said) for folder, said in whole.items() if isinstance(said, dict)]


def _entry(folder: str, said: dict[str, Any]) -> Entry:
    submitted = _time(said.get("created_at"))
    earlier = [_time(one.get("created_at")) for one in _records(said.get("history"))]
    return Entry(
        folder=folder,
        submitters=tuple(_submitter(one) for one in _records(said.get("submitters"))),
        submitted=submitted,
        attempt=1 + sum(time is None or submitted is None or time < submitted for time in earlier),
    )


def _submitter(said: dict[str, Any]) -> tuple[str, dict[str, str]]:
    known = {"gradescope": _text(said.get("sid")), "email": _text(said.get("email"))}
    return _text(said.get("name")), {kind: value for kind, value in known.items() if value}


def _records(value: Any) -> Iterator[dict[str, Any]]:
    return (one for one in (value if isinstance(value, list) else ()) if isinstance(one, dict))


def _text(value: Any) -> str:
    text = legible(value) if isinstance(value, str) else ""
    return "" if text in ("~", "null") else text


def _time(value: Any) -> datetime | None:
    """Ruby writes ``2026-11-06 07:13:47.644186000 Z``, with a space before the zone."""
    text = value.strip() if isinstance(value, str) else ""
    day, _, rest = text.partition(" ") if " " in text[:11] else text.partition("T")
    try:
        time = datetime.fromisoformat(f"{day}T{rest.replace(' ', '')}")
    except ValueError:
        return None
    return time if time.tzinfo is not None else None


def _decoded(data: bytes) -> Any:
    """YAML as mappings, lists and texts: nothing becomes a number, a date or an object.

    Built from events, for the library's own way calls itself once per level: a thousand brackets
    would end this process.
    """
    open_: list[_Node] = [_Node([])]
    anchors: dict[str | None, Any] = {}
    for event in yaml.parse(data, Loader=_LOADER):
        if isinstance(event, yaml.ScalarEvent):
            anchors[event.anchor] = event.value
            open_[-1].add(event.value)
        elif isinstance(event, yaml.AliasEvent):
            open_[-1].add(anchors.get(event.anchor, ""))
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            node = _Node([] if isinstance(event, yaml.SequenceStartEvent) else {})
            anchors[event.anchor] = node.value
            open_[-1].add(node.value)
            open_.append(node)
            if len(open_) > _MAX_DEPTH:
                raise Refused(f"its lists lie more than {_MAX_DEPTH} deep in one another")
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            open_.pop()
    return open_[0].value[0] if open_[0].value else None


class _Node:
    """A list or a mapping that is being read."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self._key: list[Any] = []

    def add(self, item: Any) -> None:
        """Takes an item of a list; of a mapping a key, or what belongs to the last one."""
        if isinstance(self.value, list):
            self.value.append(item)
        elif not self._key:
            self._key.append(item)
        else:
            key = self._key.pop()
            # Ruby's symbols have a colon before them; what another tool wrote has none.
            if isinstance(key, str):
                self.value[key.removeprefix(":")] = item
