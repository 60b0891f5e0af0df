"""GitHub Actions: annotations on the learner's lines, and the summary of the step.

An annotation is a line on standard output that begins with ``::``. A step may make ten errors and
ten warnings; what is more is dropped without a word, so the tenth says how many more there are. All
else that is printed must stand between `stop` and `resume`: a learner's text may hold such a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from grader.result import Exercise, Quiz, Result
from grader.writers import words
from grader.writers.checks import Check, to_look_at
from grader.writers.markdown import document
from grader.writers.occasion import Occasion, path_from
from grader.writers.visible import one_line

MOST: Final = 10
"""Errors, and warnings, that one step may make."""

SUMMARY_LIMIT: Final = 900_000
"""Bytes. A step's summary may have 1 MiB, and the step may have written to it before."""

_NAMED: Final = 20
_LONGEST_NAME: Final = 300

Level = Literal["error", "warning", "notice"]


def render(result: Result, occasion: Occasion) -> str:
    """The annotations: at most one for each exercise, and one that says how it stands."""
    found = [check for part in words.parts(result) if (check := to_look_at(part))]
    unjudged = [check for check in found if check.status == "grader_error"]
    wrong = [check for check in found if check.status != "grader_error"]
    lines = [
        *_annotations("error", wrong, occasion),
        *_annotations("warning", unjudged, occasion),
        _standing(result),
    ]
    return "".join(f"{line}\n" for line in lines)


def summary(result: Result, occasion: Occasion) -> str:
    """What is appended to the summary of the step."""
    return "\n" + document(result, lambda file: _path(file, occasion), limit=SUMMARY_LIMIT)


def stop(token: str) -> str:
    """The command after which nothing printed is a command; the token must be beyond guessing."""
    return f"::stop-commands::{token}\n"


def resume(token: str) -> str:
    """The command that ends `stop`."""
    return f"::{token}::\n"


def _annotations(level: Level, every: Sequence[Check], occasion: Occasion) -> Iterator[str]:
    shown = every if len(every) <= MOST else every[: MOST - 1]
    for check in shown:
        yield _annotation(level, check, occasion)
    left = every[len(shown) :]
    if left:
        title = f"{len(left)} more " + ("not judged" if level == "warning" else "to mend")
        yield _command(level, f"{_names([check.part for check in left])}", title=title)


def _annotation(level: Level, check: Check, occasion: Occasion) -> str:
    part, file = check.part, _path(check.part.file, occasion)
    said = [one_line(check.heading), check.found()]
    where = {"file": one_line(file, _LONGEST_NAME)}
    if check.in_notebook:
        # The lines of the file are those of its JSON.
        said.insert(0, one_line(check.place(file)))
    elif check.line is not None:
        where["line"] = str(check.line)
    title = f"{one_line(part.name, _LONGEST_NAME)}: {words.points(part.score, part.max_score)}"
    return _command(level, "\n".join(said), **where, title=title)


def _standing(result: Result) -> str:
    """One line on the whole; it names what is not started, which is nobody's mistake."""
    points = words.points(result.score, result.max_score)
    said = [f"{one_line(words.headline(result), _LONGEST_NAME)}, {points}."]
    untouched = [part for part in words.parts(result) if part.status == "not_started"]
    if untouched:
        said.append(f"Not started: {_names(untouched)}.")
    return _command("notice", " ".join(said), title="dlgrade")


def _names(parts: Sequence[Exercise | Quiz]) -> str:
    named = [one_line(part.name, _LONGEST_NAME) for part in parts[:_NAMED]]
    left = len(parts) - len(named)
    return ", ".join([*named, f"and {left} more"] if left else named)


def _command(level: Level, message: str, **properties: str) -> str:
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{level} {given}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _path(file: str, occasion: Occasion) -> str:
    """The file from the top of the repository, which is where annotations are looked for."""
    root = occasion.environment.get("GITHUB_WORKSPACE", "")
    return path_from(root, file, occasion.folder)
