"""Where a course can be exported to: which files each place gets, and what to do with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Part:
    """A file that is made from a template.

    Attributes:
        template: which, seen from the folder of the templates.
        place: where it goes in the export.
        runs: whether it is a programme.
    """

    template: str
    place: str
    runs: bool = False


@dataclass(frozen=True)
class Target:
    """A CI or a platform.

    Attributes:
        name: what the command calls it.
        summary: what is made, in a few words.
        parts: its files.
        kit: the folder for what pip is told; "" is the top.
        course: the folder for the course.
        closed: whether students are kept from the course there. Where they are not, it only comes
            along if somebody asks for a course of their own.
        out: where the export goes if nothing else is said.
        next: what to do with it; ``{out}`` is where it is.
        option: how the templates name the course to ``dlgrade check``, where it comes along.
        is_question: whether students write in the place itself, which needs the stubs.
    """

    name: str
    summary: str
    parts: tuple[Part, ...]
    kit: str
    course: str
    closed: bool
    out: str
    next: str
    option: str = ""
    is_question: bool = False

    @property
    def is_archive(self) -> bool:
        """Whether it is one zip instead of a folder."""
        return self.out.endswith(".zip")


_ALL: Final = (
    Target(
        name="github",
        summary="a workflow and the action that it uses",
        parts=(
            Part("github/workflow.yml", ".github/workflows/dlgrade.yml"),
            Part("github/action.yml", ".github/actions/dlgrade/action.yml"),
        ),
        kit=".github/actions/dlgrade",
        course=".github/actions/dlgrade/course",
        closed=False,
        out="dlgrade-github",
        next="Copy {out}/.github into the repository that holds exercises/, and push.",
        option='--course "$GITHUB_ACTION_PATH/course"',
    ),
    Target(
        name="gitlab",
        summary="a job with test report, page and note",
        parts=(
            Part("gitlab/gitlab-ci.yml", ".gitlab-ci.yml"),
            Part("gitlab/note.py", ".gitlab/dlgrade/note.py"),
        ),
        kit=".gitlab/dlgrade",
        course=".gitlab/dlgrade/course",
        closed=False,
        out="dlgrade-gitlab",
        next="Copy {out}/.gitlab-ci.yml and {out}/.gitlab into the repository that holds "
        "exercises/, and push. For notes on merge requests, give the project a variable "
        "DLGRADE_NOTE_TOKEN.",
        option="--course .gitlab/dlgrade/course",
    ),
    Target(
        name="gradescope",
        summary="an autograder to upload",
        parts=(
            Part("gradescope/setup.sh", "setup.sh", runs=True),
            Part("gradescope/run_autograder", "run_autograder", runs=True),
        ),
        kit="",
        course="course",
        closed=True,
        out="autograder.zip",
        next="Upload {out} under Configure Autograder.",
    ),
    Target(
        name="prairielearn",
        summary="a question, and the image that grades it",
        parts=(
            Part("prairielearn/Dockerfile", "image/Dockerfile"),
            Part("prairielearn/dockerignore", "image/.dockerignore"),
            Part("prairielearn/grade", "image/grade", runs=True),
        ),
        kit="image/kit",
        course="tests/course",
        closed=True,
        out="dlgrade-prairielearn",
        next="Copy {out} to a folder of questions/ in your course, build image/ as its Dockerfile "
        "says, and write the image's name into info.json.",
        is_question=True,
    ),
    Target(
        name="classroom50",
        summary="autograder.py and what it needs",
        parts=(Part("classroom50/autograder.py", "autograder.py"),),
        kit="",
        course="course",
        closed=False,
        out="dlgrade-classroom50",
        next="Copy what is in {out} to CLASSROOM/autograders/ASSIGNMENT/ of your classroom50 "
        "repository. To attach the report, add dlgrade-report.html to release_assets.",
    ),
    Target(
        name="docker",
        summary="a Dockerfile and what it needs",
        parts=(
            Part("docker/Dockerfile", "Dockerfile"),
            Part("docker/dockerignore", ".dockerignore"),
        ),
        kit="kit",
        course="course",
        closed=True,
        out="dlgrade-docker",
        next="Run docker build --tag dlgrade {out}; the Dockerfile says how it grades.",
    ),
)

TARGETS: Final[Mapping[str, Target]] = MappingProxyType({each.name: each for each in _ALL})
"""Name → target, in the order in which they are listed."""
