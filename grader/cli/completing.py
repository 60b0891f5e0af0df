"""What a shell may offer after Tab, and ``dlgrade completion``, which prints the shell's part.

A shell asks at every Tab and shows whatever comes back beside what is being typed. So this answers
without torch, and where something is wrong (no course, a broken file) with nothing at all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click import shell_completion
from click.shell_completion import CompletionItem

from grader.cli.words import FAILED, PASSED
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course import Course, Entry

ASKED: Final = "_DLGRADE_COMPLETE"
"""The environment variable in which a shell's script says what it wants."""

SHELLS: Final = ("bash", "zsh", "fish")

_LONGEST: Final = 200
"""Characters of a title beside a name; a shell that shows it cuts it to the screen itself."""

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem[str]]]
Offer = Callable[["Course", str], Iterable[tuple[str, str]]]


def _completes(offer: Offer) -> Complete:
    """What a parameter completes to: what is offered and begins with what was typed."""

    def complete(
        context: click.Context, parameter: click.Parameter, typed: str
    ) -> list[CompletionItem[str]]:
        from grader.course import find

        given = context.params.get(parameter.name or "")
        taken = given if isinstance(given, tuple) else ()
        try:
            directory = context.params.get("directory")
            # The shell hands over what is typed: it has not yet put the folder for ~.
            course = find(directory and Path(directory).expanduser())
            return [
                CompletionItem(word, help=_beside(title))
                for word, title in offer(course, typed)
                if word.startswith(typed) and word not in taken
            ]
        except Exception:
            return []

    return complete


def _beside(title: str) -> str | None:
    from grader.writers.visible import one_line

    return one_line(title, _LONGEST) or None


def _named(entries: Iterable[Entry], typed: str) -> Iterator[tuple[str, str]]:
    """Exercises by their names; whatever is meant by topic/name once there is a slash."""
    for entry in entries:
        word = entry.label if "/" in typed else entry.name
        if word.startswith(typed):
            yield word, "" if entry.is_quiz else entry.title


def _exercises(course: Course, typed: str) -> Iterator[tuple[str, str]]:
    yield from _named(course.entries, typed)


def _exercises_and_quizzes(course: Course, typed: str) -> Iterator[tuple[str, str]]:
    yield from _named(course.whole if "/" in typed else course.entries, typed)
    if "/" not in typed:
        yield from ((entry.label, "its answers") for entry in course.quizzes)


def _anything(course: Course, typed: str) -> Iterator[tuple[str, str]]:
    yield from ((topic, "the whole topic") for topic in course.topics)
    yield from _named(course.whole if "/" in typed else course.entries, typed)


def _quizzes(course: Course, typed: str) -> Iterator[tuple[str, str]]:
    yield from ((entry.topic, "") for entry in course.quizzes)


def _cases(course: Course, typed: str) -> Iterator[tuple[str, str]]:
    """Exercises, and the cases of one that is typed in full."""
    from grader.declared import told

    yield from _exercises(course, typed)
    name = typed.rpartition("/")[0]
    for entry in course.entries:
        for whole in (entry.name, entry.label):
            if whole in (name, typed):
                for case in told(entry):
                    yield f"{whole}/{case.name}", case.title


EXERCISE: Final = _completes(_exercises)
EXERCISE_OR_QUIZ: Final = _completes(_exercises_and_quizzes)
ANYTHING: Final = _completes(_anything)
QUIZ: Final = _completes(_quizzes)
CASE: Final = _completes(_cases)


def answer(commands: click.Command, wanted: str) -> int:
    """Answers a shell's script; returns the exit code.

    Args:
        commands: all that there is to complete.
        wanted: the value of `ASKED`, such as ``bash_complete``.
    """
    try:
        return shell_completion.shell_complete(commands, {}, "dlgrade", ASKED, wanted)
    except Exception:
        # Somebody is typing: a traceback would tear up the line, and Tab then does nothing.
        return FAILED


@click.command()
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """Print a script that makes Tab complete in your shell.

    SHELL is bash (4.4 or newer), zsh (after compinit) or fish. Afterwards Tab completes commands,
    options, topics, exercises and cases.

    \b
    Example: dlgrade completion bash >> ~/.bashrc
      Every bash that you open from now on completes.
    The others:
      dlgrade completion zsh >> ~/.zshrc
      dlgrade completion fish > ~/.config/fish/completions/dlgrade.fish
    """
    kind: Any = shell_completion.get_completion_class(shell)
    if kind is None:
        raise UsageError(f"click {click.__version__} cannot complete in {shell}; upgrade click")
    commands = context.find_root().command
    # The plain template: making it through source() starts the shell, only to ask its version.
    script = kind.source_template % kind(commands, {}, "dlgrade", ASKED).source_vars()
    click.echo(script.rstrip())
    return PASSED


def asked() -> str:
    """What a shell's script wants to know; empty if this is an ordinary run."""
    return os.environ.get(ASKED, "")
