"""The formats that ``--format`` knows: what each is called, who reads it, what writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from grader.result import Result, to_json
from grader.writers import (
    classroom50,
    github,
    gitlab,
    gradescope,
    junit,
    markdown,
    prairielearn,
    spreadsheet,
)
from grader.writers.occasion import Occasion

__all__ = ["FORMATS", "STANDARD_OUTPUT", "Format", "Occasion", "Render"]

STANDARD_OUTPUT: Final = "-"

Render = Callable[[Result, Occasion], str]


@dataclass(frozen=True)
class Format:
    """A way to write a result.

    Attributes:
        name: what ``--format`` calls it.
        file: where it goes if nothing else is said; "-" is standard output.
        summary: who reads it, in a few words.
        render: writes it; a pure function.
        needs: the environment variables that it cannot be written without.
        wants: those that it makes use of.
        grows: whether it is written whole at the start and again whenever an exercise is finished,
            so that whoever kills the grading finds a valid file.
        appended: environment variable → what is appended to the file that it names, if it is set.
        commands: whether what it writes are commands to whoever reads all that is printed, so that
            everything else must be kept from being taken for one.
        withholds: whether its reader keeps from students what is for after the due date until then.
    """

    name: str
    file: str
    summary: str
    render: Render
    needs: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    grows: bool = False
    appended: Mapping[str, Render] = field(default_factory=dict)
    commands: bool = False
    withholds: bool = False


_ALL: Final = (
    Format(
        name="junit",
        file="junit.xml",
        summary="Jenkins, and whoever validates JUnit XML",
        render=junit.render,
    ),
    Format(
        name="junit-lines",
        file="junit-lines.xml",
        summary="GitLab's test report, and actions that read JUnit XML on GitHub",
        render=junit.render_lines,
        wants=junit.ROOTS,
    ),
    Format(
        name="github",
        file=STANDARD_OUTPUT,
        summary="GitHub Actions: annotations, and the summary of the step",
        render=github.render,
        wants=("GITHUB_WORKSPACE",),
        appended={"GITHUB_STEP_SUMMARY": github.summary},
        commands=True,
    ),
    Format(
        name="gitlab",
        file="gitlab.md",
        summary="a note on a merge request of GitLab",
        render=gitlab.render,
        wants=("CI_PROJECT_DIR",),
    ),
    Format(
        name="gradescope",
        file="gradescope.json",
        summary="Gradescope's autograder",
        render=gradescope.render,
        grows=True,
        withholds=True,
    ),
    Format(
        name="prairielearn",
        file="prairielearn.json",
        summary="PrairieLearn's external grading",
        render=prairielearn.render,
        grows=True,
    ),
    Format(
        name="classroom50",
        file="classroom50.json",
        summary="Classroom 50: whole points",
        render=classroom50.render,
        needs=tuple(classroom50.FIELDS.values()),
        wants=tuple(classroom50.STAMPED.values()),
    ),
    Format(
        name="markdown",
        file="result.md",
        summary="people, wherever Markdown is read",
        render=markdown.render,
    ),
    Format(
        name="csv",
        file="result.csv",
        summary="spreadsheets: a row for each case",
        render=spreadsheet.render,
    ),
    Format(
        name="json",
        file="result.json",
        summary="programs: the whole record, as --json writes it",
        render=lambda result, _: to_json(result).decode(),
    ),
)

FORMATS: Final[Mapping[str, Format]] = MappingProxyType({each.name: each for each in _ALL})
"""Name → format, in the order in which they are listed."""
