"""What `dlgrade watch` shows of a desk, each piece set for the screen that it is drawn on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import structs

from grader.cli.options import again
from grader.cli.window import setting_of
from grader.submission.files import shown
from grader.writers import terminal, watching
from grader.writers.typeset import Line
from grader.writers.watching import Place

if TYPE_CHECKING:
    from grader.cli.screen import Screen
    from grader.cli.window import Body
    from grader.course import Entry
    from grader.home import Home
    from grader.result import Exercise, Quiz, Result
    from grader.watch import Desk, Hints

_CALM: Final = "The verdict comes in a moment."


def place(desk: Desk) -> Place:
    """Where the learner is."""
    entry = desk.current
    verdict = desk.verdict(entry)
    in_topic = [s.entry for s in desk.standings if s.entry.topic == entry.topic]
    file = shown(desk.home.file(entry))
    if verdict is not None:
        file = verdict.file
        if verdict.line and verdict.status not in ("passed", "not_started"):
            file = f"{file}:{verdict.line}"
    lesson = desk.home.folder / entry.topic / "README.md"
    return Place(
        name=entry.label if entry.is_quiz else entry.name,
        title="" if entry.is_quiz else entry.title,
        asks="" if entry.is_quiz else entry.asks,
        topic=entry.topic,
        number=in_topic.index(entry) + 1,
        of=len(in_topic),
        edit=file,
        lesson=shown(lesson) if lesson.is_file() else "",
        passed=sum(s.state == "passed" for s in desk.standings),
        whole=len(desk.standings),
    )


def welcome(desk: Desk) -> str:
    """The first line of the first verdict."""
    if desk.is_new:
        return "Welcome. Each time you save a file, its verdict appears here."
    passed = sum(standing.state == "passed" for standing in desk.standings)
    due = desk.due()
    review = f" {due} to review today: {again('review')}" if due else ""
    return f"Welcome back: {passed} of {len(desk.standings)} pass.{review}"


def verdict(desk: Desk, greeting: str = "", verbosity: int = 0) -> Body:
    """What is known about the current exercise or quiz, and what to do about it.

    Args:
        desk: where the learner sits.
        greeting: a line above it.
        verbosity: 1 shows every case.
    """
    entry, known = desk.current, desk.verdict(desk.current)
    state = known.status if known is not None else desk.standing(entry).state
    after, gone = _after(desk, known), ""
    if desk.is_missing(entry):
        gone = f"There is no {desk.home.file(entry).name}. r puts the course's stub there."

    def lines(screen: Screen) -> list[Line]:
        setting = setting_of(screen)
        above = watching.greeted(greeting, setting)
        if gone:
            return [*above, *watching.paragraph(gone, setting)]
        if state == "not_started" and not entry.is_quiz and verbosity == 0:
            return [*above, *watching.to_write(entry.name, entry.signatures, setting)]
        if known is None:
            return [*above, *watching.paragraph(_CALM, setting)]
        # The place stands in the head already.
        own = terminal.part(
            structs.replace(known, file="", line=None),
            width=screen.width,
            ascii_only=screen.ascii_only,
            verbosity=verbosity,
            whole="d",
            hint="h for a hint",
        )
        below = [Line(()), *watching.paragraph(after, setting)] if after else []
        return [*above, *own, *below]

    return lines


def _after(desk: Desk, known: Exercise | Quiz | None) -> str:
    """What comes next, where the verdict itself does not say it."""
    entry = desk.current
    if known is None:
        return ""
    if entry.is_quiz and known.status == "not_started":
        command = again("quiz", entry.topic)
        return f"In another terminal: {command}. Or write the answers into the file."
    if known.status != "passed":
        return ""
    left = [s for s in desk.standings if s.state != "passed"]
    if not left:
        return "Well done: every exercise and every quiz of the course passes."
    following = desk.following()
    assert following is not None
    name = following.label if following.is_quiz else following.name
    if not any(s.entry.topic == entry.topic for s in left):
        return f"Well done: all of {entry.topic} passes. n goes on to {name}."
    return f"Well done. n goes on to {name}."


def hints(entry: Entry, seen: Hints) -> Body:
    """The hints that were asked for, and how to see one more."""
    if len(seen.steps) < seen.total:
        after = f"h shows one more ({len(seen.steps)} of {seen.total} seen)."
    else:
        after = f"That is the last hint. How its author writes it: {again('solution', entry.name)}"
    return lambda screen: watching.hints(seen.aimed, seen.steps, after, setting_of(screen))


def table(home: Home) -> Body:
    """The whole course, and how far the learner is; read when it is drawn."""

    def lines(screen: Screen) -> list[Line]:
        from grader.cli.overview import Table

        made = Table.of(home, home.course.whole, screen, detailed=False)
        return [*made.topics(), *made.end()]

    return lines


def keys() -> Body:
    """Every key and what it does."""
    return lambda _: watching.keys()


def text(said: str) -> Body:
    """A paragraph."""
    return lambda screen: watching.paragraph(said, setting_of(screen))


def whole(result: Result) -> Body:
    """Many verdicts at a glance."""
    return lambda screen: watching.overview(result, setting_of(screen))
