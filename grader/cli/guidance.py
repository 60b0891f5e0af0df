"""What a learner asks for when stuck: ``dlgrade hint``, ``explain`` and ``solution``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.completing import CASE, EXERCISE, EXERCISE_OR_QUIZ
from grader.cli.options import COURSE, again
from grader.cli.recording import keep
from grader.cli.screen import confirmed, paragraph, screen_of, show
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.course import Course, Entry
    from grader.home import Home
    from grader.progress import Studied


@click.command()
@click.argument("name", shell_complete=EXERCISE)
@click.option("--more", is_flag=True, help="Show the next step.")
@click.option("--step", type=click.IntRange(1, 3), metavar="1..3", help="Show one step.")
@COURSE
def hint(name: str, more: bool, step: int | None, directory: Path | None) -> None:
    """Show a hint: first a nudge, at last nearly the answer.

    NAME is an exercise; each has three steps. Those that you have seen are shown again, and --more
    goes one further. If your file makes a mistake that was recognised when it was graded, the hint
    for that mistake comes first.

    \b
    Example: dlgrade hint layer_norm --more
      Shows one step more than you have seen so far.
    """
    from grader.course import find, load
    from grader.study import aimed as aimed_hint

    if more and step is not None:
        raise click.UsageError("--more and --step contradict each other; give one of them")
    course = find(directory)
    entry = _one(course, name, "hints; check explains every answer that you give")
    home = _kept(course)
    studied, recognised = _known(home, entry)
    exercise = load(entry)
    total = len(exercise.hints)
    seen = min(max(studied.hints, 0), total)
    asked = more or step is not None
    aimed = [] if asked else [m for n, m in exercise.mistakes.items() if n in recognised]
    steps = _steps(seen, total, more, step, bool(aimed))
    screen = screen_of(sys.stdout)
    for mistake in aimed:
        text = aimed_hint(mistake.function, mistake.title, mistake.hint)
        show(paragraph("", text, screen), screen)
    for number in steps:
        label = f"{number}  " if aimed or steps != [1] else ""
        show(paragraph(label, exercise.hints[number - 1], screen), screen)
    reached = max([seen, *steps])
    if home is not None and reached > seen:
        _remember(home, entry, lambda one: _seen(one, reached))
    click.echo(_further(name, max(steps, default=seen), total, home is not None))


def _seen(studied: Studied, hints: int) -> Studied:
    from msgspec.structs import replace

    return replace(studied, hints=max(studied.hints, hints))


def _steps(seen: int, total: int, more: bool, step: int | None, aimed: bool) -> list[int]:
    """Which steps are shown; of more than those that were seen only the new one."""
    from grader import study

    if step is not None:
        return [step]
    shown = study.steps(seen, total, more=more, is_aimed=aimed)
    return list(shown[-1:] if more and seen < total else shown)


def _further(name: str, step: int, total: int, is_kept: bool) -> str:
    if step >= total:
        return f"That is the last hint. How its author writes it: {again('solution', name)}"
    if is_kept:
        return f"More: {again('hint', name, '--more')}"
    return f"More: {again('hint', name, '--step', str(step + 1))}"


@click.command()
@click.argument("what", metavar="NAME[/CASE]", shell_complete=CASE)
@click.option("--seed", default=0, show_default=True, help="Look at other inputs.")
@COURSE
def explain(what: str, seed: int, directory: Path | None) -> None:
    """Say how an exercise is judged, case by case.

    NAME is an exercise. A case is one thing that is asked of your function; CASE is its name or a
    part of it, and without one the cases are listed. How close right and wrong answers come is
    measured now, on the inputs that check uses.

    \b
    Example: dlgrade explain layer_norm/gradients
      Shows what the case calls, what it allows and how far mistakes are off.
    """
    from grader.course import find, load

    course = find(directory)
    name, case = _name_and_case(course, what)
    entry = _one(course, name, "cases; check explains every answer that you give")
    exercise = load(entry)
    from grader.cli import explaining

    screen = screen_of(sys.stdout)
    if case:
        show(explaining.explained(entry, exercise, case, seed, screen), screen)
    else:
        show(explaining.listed(entry, exercise, screen), screen)


@click.command()
@click.argument("name", shell_complete=EXERCISE_OR_QUIZ)
@click.option("--yes", "-y", is_flag=True, help="Show it before you have passed, unasked.")
@COURSE
def solution(name: str, yes: bool, directory: Path | None) -> None:
    """Show how the author writes it, or a quiz's answers.

    NAME is an exercise or a quiz (normalization/quiz). Before you have passed you are asked whether
    you mean it, and `dlgrade list` remembers that you looked.

    \b
    Example: dlgrade solution layer_norm
      Prints the author's functions, without the tests.
    """
    from grader.course import find

    course = find(directory)
    entry = _one(course, name)
    home = _kept(course)
    studied, _ = _known(home, entry)
    if not studied.passed:
        what = "answers" if entry.is_quiz else "solution"
        question = f"{entry.label} has not passed yet. Show the {what} all the same?"
        if not confirmed(question, yes):
            instead = again("quiz", entry.topic) if entry.is_quiz else again("hint", entry.name)
            click.echo(f"Not shown. Instead: {instead}")
            return
    # Made before it is remembered: where the course is wrong, nothing is seen.
    text = _answers_of(entry) if entry.is_quiz else _source_of(entry)
    if home is not None:
        _remember(home, entry, _looked)
    click.echo(text, color=True)


def _looked(studied: Studied) -> Studied:
    from msgspec.structs import replace

    if studied.solution:
        return studied
    return replace(studied, solution="after" if studied.passed else "before")


def _source_of(entry: Entry) -> str:
    from grader.solution import source
    from grader.writers.visible import ascii_text

    text = source(entry).rstrip()
    return ascii_text(text) if screen_of(sys.stdout).ascii_only else text


def _answers_of(entry: Entry) -> str:
    from grader.cli.answers import answers
    from grader.cli.screen import painted

    screen = screen_of(sys.stdout)
    return painted(answers(entry, screen), screen)


# What all three need: the exercise that is meant, and what the learner's folder knows of it.


def _one(course: Course, name: str, quizzes_have_no: str = "") -> Entry:
    """The exercise or quiz that a word names.

    Args:
        course: where it is sought.
        name: what was typed.
        quizzes_have_no: what a quiz does not have, and what to do instead; empty if it has.
    """
    entries = course.select([name])
    if quizzes_have_no and all(entry.is_quiz for entry in entries):
        raise UsageError(f"{name} has no {quizzes_have_no}")
    if quizzes_have_no:
        entries = tuple(entry for entry in entries if not entry.is_quiz)
    if len(entries) > 1:
        kind = "a topic" if name in course.topics else "several"
        names = ", ".join(e.label if e.is_quiz else e.name for e in entries)
        raise UsageError(f"{name} is {kind}; name one of {names}")
    return entries[0]


def _name_and_case(course: Course, what: str) -> tuple[str, str]:
    """``layer_norm/gradients`` and ``normalization/layer_norm/gradients`` in two parts."""
    if any(what in (entry.name, entry.label, entry.topic) for entry in course.whole):
        return what, ""
    name, _, case = what.rpartition("/")
    return (name, case) if name else (case, "")


def _kept(course: Course) -> Home | None:
    """The learner's folder, if progress is kept there."""
    from grader.home import sought
    from grader.progress import is_kept

    home = sought(course)
    return home if home is not None and is_kept(home.folder) else None


def _known(home: Home | None, entry: Entry) -> tuple[Studied, tuple[str, ...]]:
    """What is known about an exercise, and the mistakes of the file as it is now."""
    from grader.progress import Studied, read
    from grader.study import mistakes_of, standings

    if home is None:
        return Studied(), ()
    for standing in standings(home, read(home.folder)):
        if standing.entry == entry:
            return standing.studied, mistakes_of(standing)
    return read(home.folder).of(entry.label), ()


def _remember(home: Home, entry: Entry, act: Callable[[Studied], Studied]) -> None:
    keep(
        home.folder,
        lambda progress: progress.with_(entry.label, act(progress.of(entry.label))),
    )
