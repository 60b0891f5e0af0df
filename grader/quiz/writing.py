"""Writing an answer into a learner's quiz.toml, and leaving everything else as it is.

Only the one statement is given to tomlkit; the bytes around it are never taken apart. Whether it
was the right statement is not left to the search for it: both texts are parsed and compared.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array, Item, String

from grader.quiz.replies import Value
from grader.quiz.toml import Malformed, line_of, parse

_MARK: Final = b"\xef\xbb\xbf"
_LONGEST: Final = 200
"""Lines of one statement that are looked at."""

_TOKENS: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' r"'''.*?'''|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'|(#[^\r\n]*)",
    re.DOTALL,
)


def with_answer(source: bytes, id_: str, value: Value) -> bytes:
    """A quiz file with another answer to one of its questions.

    Comments, order, white space, line ends, the style of quotation marks and a byte order mark stay
    as they are. A question that the file does not have is added at its end, by its id.

    Args:
        source: the file as it is.
        id_: which question is answered.
        value: the answer.

    Raises:
        Malformed: if the file is not TOML, or cannot be changed at that place alone.
    """
    before, _ = parse(source)
    text = source.removeprefix(_MARK).decode("utf-8")
    place = _place(before, id_)
    wanted = _wanted(before, place, id_, value)
    mark = _MARK if source.startswith(_MARK) else b""
    for changed in _changes(text, place, id_, value):
        after = mark + changed.encode("utf-8")
        if _holds(after, wanted):
            return after
    shown = _item(value).as_string()
    raise Malformed(
        f"the answer to {id_[:80]} cannot be written without touching something else; write it "
        f"yourself: answer = {shown}"
    )


def _place(tables: dict[str, Any], id_: str) -> int | None:
    questions = tables.get("question", [])
    if not isinstance(questions, list) or not all(isinstance(each, dict) for each in questions):
        raise Malformed("questions are tables; start each with [[question]]")
    found = [place for place, each in enumerate(questions) if each.get("id") == id_]
    if len(found) > 1:
        raise Malformed(f"{id_[:80]} stands here twice; keep one")
    return found[0] if found else None


def _wanted(before: dict[str, Any], place: int | None, id_: str, value: Value) -> dict[str, Any]:
    questions = [dict(each) for each in before.get("question", [])]
    if place is None:
        questions.append({"id": id_, "answer": value})
    else:
        questions[place]["answer"] = value
    return {**before, "question": questions}


def _holds(after: bytes, wanted: dict[str, Any]) -> bool:
    try:
        # As text: nan is not equal to itself, and 1 is equal to true.
        return _ordered(parse(after)[0]) == _ordered(wanted)
    except Malformed:
        return False


def _ordered(tables: Any) -> str:
    if isinstance(tables, dict):
        return f"{{{', '.join(f'{key!r}: {_ordered(tables[key])}' for key in sorted(tables))}}}"
    if isinstance(tables, list):
        return f"[{', '.join(map(_ordered, tables))}]"
    return repr(tables)


def _changes(text: str, place: int | None, id_: str, value: Value) -> Iterator[str]:
    """Texts with the answer in a place that may be the right one, the likeliest first."""
    if place is None:
        yield _appended(text, id_, value)
        return
    for start, statement in _statements(text, place, "answer"):
        yield text[:start] + _replaced(statement, value) + text[start + len(statement) :]
    for start, statement in _statements(text, place, "id"):
        stop = start + len(statement)
        margin = re.match(r"[ \t]*", statement)[0]  # type: ignore[index]
        end = _end_of(text)
        gap = "" if statement.endswith("\n") else end
        yield f"{text[:stop]}{gap}{margin}answer = {_item(value).as_string()}{end}{text[stop:]}"


def _statements(text: str, place: int, key: str) -> Iterator[tuple[int, str]]:
    """Where a key may be set, and the whole lines that set it; those of the question first."""
    heads = re.finditer(rf"^[ \t]*([\"']?){key}\1[ \t]*=", text, re.MULTILINE)
    starts = [match.start() for match in heads]
    first = line_of(text, place) or 1
    offset = sum(len(line) + 1 for line in text.split("\n")[: first - 1])
    for start in sorted(starts, key=lambda start: (start < offset, start)):
        stop = start
        for _ in range(_LONGEST):
            stop = text.find("\n", stop) + 1 or len(text)
            if _is_whole(text[start:stop]):
                yield start, text[start:stop]
                break


def _is_whole(statement: str) -> bool:
    try:
        return len(tomllib.loads(statement)) == 1
    except (ValueError, RecursionError):
        return False


def _replaced(statement: str, value: Value) -> str:
    try:
        document = tomlkit.parse(statement)
        if tomlkit.dumps(document) != statement:
            return statement
        old = document["answer"]
        remarks = [] if isinstance(value, list) else _remarks(old)
        document["answer"] = _item(value, old)
        changed = tomlkit.dumps(document)
        end = _end_of(statement)
        # A value that is no list has no lines of its own for what was remarked in one.
        gap = end if remarks and not changed.endswith("\n") else ""
        return changed + gap + "".join(f"{remark}{end}" for remark in remarks)
    except (TOMLKitError, ValueError, TypeError, RecursionError):
        return statement


def _item(value: Value, old: Any = None) -> Item:
    """The answer in the handwriting of the one that it replaces."""
    before = old.as_string() if isinstance(old, (String, Array)) else ""
    literal = bool(re.match(r"\[?\s*'", before))
    if isinstance(value, str):
        return tomlkit.string(value, literal=literal)
    if not isinstance(value, list):
        return tomlkit.item(value)
    parts = [_part(part, literal) for part in value]
    remarks = _remarks(old)
    if isinstance(old, Array) and remarks and len(old) == len(parts):
        for place, part in enumerate(parts):
            old[place] = part
        return old
    listed = ", ".join(part.as_string() for part in parts)
    # What was remarked inside the list was the learner's thought: it stays, a line each.
    end = _end_of(before)
    below = "".join(f"{end}  {remark}" for remark in remarks) + end if remarks else ""
    return cast(Item, tomlkit.parse(f"x = [{listed}{below}]")["x"])


def _remarks(old: Any) -> list[str]:
    """The comments inside a list."""
    if not isinstance(old, Array):
        return []
    return [match[1] for match in _TOKENS.finditer(old.as_string()) if match[1]]


def _part(part: str | int, literal: bool) -> Item:
    return tomlkit.string(part, literal=literal) if isinstance(part, str) else tomlkit.item(part)


def _appended(text: str, id_: str, value: Value) -> str:
    end = _end_of(text)
    gap = "" if not text or text.endswith("\n") else end
    lines = ("[[question]]", f'id = "{id_}"', f"answer = {_item(value).as_string()}", "")
    return text + gap + (end if text.strip() else "") + end.join(lines)


def _end_of(text: str) -> str:
    """How the file ends its lines."""
    return "\r\n" if "\r\n" in text else "\n"
