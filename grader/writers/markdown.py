"""Markdown as GitHub and GitLab read it: a table of everything, then what is to be mended.

A learner's text stands in code only, where nothing is markup, no address is a link and no name
calls anybody; fences and spans are longer than any run of backticks in them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from grader.result import Exercise, Quiz, Result
from grader.writers import words
from grader.writers.checks import BAD, Check, checks, to_look_at
from grader.writers.occasion import Occasion, path_from
from grader.writers.visible import one_line

_ACTIVE: Final = re.compile(r"([\\`*{}\[\]<>|~&$^#!]|(?<!\w)_|_(?!\w))")
_ADDRESS: Final = re.compile(r"(?i)\b(https?|ftp)(:)|\b(www)(\.)")
_LONGEST: Final = 300
_OTHERS: Final = 20
_ROOM_TO_SAY_SO: Final = 200


def render(result: Result, occasion: Occasion) -> str:
    """The result as a document of its own."""
    return document(result, lambda file: path_from("", file, occasion.folder))


def document(
    result: Result, named: Callable[[str], str], *, limit: int = 0, folded: bool = False
) -> str:
    """The result as Markdown, with a line feed at its end.

    Args:
        result: what was graded.
        named: what to call a file.
        limit: bytes that it may have; what has no room is counted. 0 for no limit.
        folded: whether what is to be mended is folded, each under its name.
    """
    sheet = _Sheet(limit - _ROOM_TO_SAY_SO if limit else 0)
    headline = one_line(words.headline(result), _LONGEST)
    sheet.add(f"# {plain(headline)}, {words.points(result.score, result.max_score)}\n")
    for sentence in (words.not_judged(result), words.isolation_notice(result.environment)):
        if sentence:
            sheet.add(f"\n{plain(one_line(sentence, 1_000))}\n")
    parts = words.parts(result)
    if parts:
        sheet.add("\n| | Exercise | Points | To mend first |\n|---|---|---:|---|\n")
    rows = sum(not sheet.add(_row(part)) for part in parts)
    found = [(part, check) for part in parts if (check := to_look_at(part))]
    sections = sum(not sheet.add(_section(part, check, named, folded)) for part, check in found)
    if rows or sections:
        sheet.end(f"\n… {words.count(max(rows, sections), 'more exercise')} had no room here.\n")
    return sheet.text


@dataclass
class _Sheet:
    """Pieces of text up to a number of bytes; once one has no room, none after it is taken."""

    limit: int
    pieces: list[str] = field(default_factory=list)
    size: int = 0
    full: bool = False

    def add(self, piece: str) -> bool:
        """Takes a piece if there is room; whether there was."""
        self.size += len(piece.encode())
        self.full = self.full or (0 < self.limit < self.size)
        if not self.full:
            self.pieces.append(piece)
        return not self.full

    def end(self, piece: str) -> None:
        """Takes the last piece, which has room of its own."""
        self.pieces.append(piece)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def plain(text: str) -> str:
    """Words that stand for themselves: no markup, no HTML, no link."""
    escaped = _ACTIVE.sub(r"\\\1", one_line(text, _LONGEST))
    return _ADDRESS.sub(lambda match: match[0][:-1] + "\\" + match[0][-1], escaped)


def span(text: str) -> str:
    """Text as code inside a line; not for a table, where a bar would end the cell."""
    text = one_line(text, _LONGEST)
    ticks = "`" * (_longest_run(text) + 1)
    edge = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{edge}{text}{edge}{ticks}"


def fenced(text: str) -> str:
    """Lines of text as a block of code."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def _state(part: Exercise | Quiz) -> words.State:
    return words.quiz_state(part) if isinstance(part, Quiz) else words.EXERCISE_STATES[part.status]


def _row(part: Exercise | Quiz) -> str:
    check = to_look_at(part)
    state = _state(part)
    said = "" if part.status == "passed" else state.word
    if check:
        # Questions are long; their names say which is meant.
        asked = isinstance(part, Quiz) and part.error is None
        said = check.name if asked else check.heading
    points = f"{words.amount(part.score)} of {words.amount(part.max_score)}"
    return f"| {state.mark} | {plain(part.name)} | {points} | {plain(said)} |\n"


def _section(part: Exercise | Quiz, check: Check, named: Callable[[str], str], folded: bool) -> str:
    points = words.points(part.score, part.max_score)
    title = f"{_state(part).mark} {one_line(part.name, _LONGEST)}, {points}"
    place = f"{span(check.place(named(part.file)))}\n"
    body = "\n".join((place, f"**{plain(check.heading)}**\n", fenced(check.found()), *_more(check)))
    if not folded:
        return f"\n## {plain(title)}\n\n{body}"
    summary = f"<summary>{html.escape(title)}</summary>"
    return f"\n<details>{summary}\n\n{body}\n</details>\n"


def _more(first: Check) -> Iterator[str]:
    """What else is wrong, by its title, and how much waits."""
    if first.part.error is not None:
        return
    every = checks(first.part)
    others = [each for each in every if each.outcome in BAD and each.name != first.name]
    if others:
        left = len(others) - _OTHERS
        listed = [f"- {plain(each.title)}" for each in others[:_OTHERS]]
        more = [f"- … and {left} more"] if left > 0 else []
        yield "Also to mend:\n\n" + "\n".join([*listed, *more]) + "\n"
    waiting = sum(each.status == "waiting" for each in every)
    if waiting:
        yield f"{words.count(waiting, 'case')} {'waits' if waiting == 1 else 'wait'} for others.\n"
