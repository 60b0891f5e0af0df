"""The order of study: what ``course.toml`` says about topics and what each builds on."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grader.errors import CourseError


@dataclass(frozen=True)
class Topic:
    """A topic at its place in the course.

    Attributes:
        name: folder name.
        after: the topics that it builds on, all of them earlier ones.
        exercises: names of its exercises, in the order of study.
    """

    name: str
    after: tuple[str, ...]
    exercises: tuple[str, ...]


class _Planned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    exercises: list[str]
    after: list[str] = []


def read(path: Path, held: Mapping[str, Sequence[str]]) -> tuple[Topic, ...]:
    """The topics of a course in the order of study; by name where there is no plan.

    Args:
        path: ``course.toml``: a table per topic, with ``exercises`` and, if it builds on others,
            ``after``.
        held: topic → the exercises in its folder.

    Raises:
        CourseError: if the plan is not TOML, leaves a topic or an exercise out or names one that
            is not there, or lets a topic build on a later one.
    """
    if not path.is_file():
        return tuple(Topic(name, (), tuple(sorted(held[name]))) for name in sorted(held))
    try:
        planned = msgspec.convert(
            tomllib.loads(path.read_text(encoding="utf-8")), dict[str, _Planned]
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CourseError(
            f'must hold a table [topic] with exercises = ["...", ...] for each topic: {error}', path
        ) from error
    _check_same(planned, held, "topics", path)
    earlier: list[str] = []
    for name, topic in planned.items():
        _check_same(topic.exercises, held[name], f"exercises of {name}", path)
        for needed in topic.after:
            if needed not in earlier:
                raise CourseError(
                    f"{name} is to come after {needed}, which is no earlier topic; move it behind "
                    f"[{needed}] or mend its after = [...]",
                    path,
                )
        earlier.append(name)
    return tuple(
        Topic(name, tuple(topic.after), tuple(topic.exercises)) for name, topic in planned.items()
    )


def _check_same(
    planned: Mapping[str, object] | Sequence[str],
    held: Mapping[str, object] | Sequence[str],
    what: str,
    path: Path,
) -> None:
    """Every name once, and no other."""
    if sorted(planned) == sorted(held):
        return
    unknown = sorted(set(planned) - set(held))
    near = difflib.get_close_matches(unknown[0], list(held), n=1) if unknown else []
    hint = f"; {unknown[0]} should perhaps be {near[0]}" if near else ""
    raise CourseError(f"must name the {what}, each once: {', '.join(sorted(held))}{hint}", path)
