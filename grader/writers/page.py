"""The record arranged for the page: what is open, what points where, what each part shows.

Nothing here is markup but drawings that `grader.writers.svg` has written anew; all other text is
made visible and escaped when the template prints it.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from markupsafe import Markup
from msgspec import structs

from grader.audience import is_plain
from grader.result import Case, Evidence, Exercise, Fault, Output, Result
from grader.writers import words
from grader.writers.code_box import Code, code_of
from grader.writers.quiz_page import QuizView, quiz_view
from grader.writers.svg import UnsafeDrawing, cleaned
from grader.writers.visible import one_line

_STEPS: Final = ("A nudge", "A closer look", "Nearly the answer")
_BRIEF: Final = frozenset({"passed", "waiting", "not_started"})

GROUP_WORDS: Final[Mapping[str, words.State]] = {
    "failing": words.State("✗", "x", "failing", "bad"),
    "broken": words.State("!", "!", "did not run", "bad"),
    "unjudged": words.NOT_JUDGED,
    "underway": words.UNDER_WAY,
    "untouched": words.NOT_STARTED,
    "passed": words.PASSED,
}


@dataclass(frozen=True)
class Drawing:
    """A picture in the page.

    Attributes:
        title: what it shows.
        description: the finding in words.
        markup: the drawing, None if it is left out.
        reason: why it is left out, as a clause.
    """

    title: str
    description: str
    markup: Markup | None
    reason: str = ""


@dataclass(frozen=True)
class Digits:
    """Two values and how far they agree."""

    common: str
    yours: str
    expected: str


@dataclass(frozen=True)
class CaseView:
    """A case in the page.

    Attributes:
        case: the record.
        state: its shape and word.
        anchor: its place in the page.
        failing: whether it shows evidence.
        open: whether it is unfolded at first.
        evidence: what was seen, an empty one if nothing.
        digits: the worst element's values, None if there is none.
        spread: how much of the answer is wrong.
        excerpt: the lines around an exception.
        drawing: the picture, None if there is none.
        code: the learner's code, None where an earlier case of the exercise shows it.
        steps: label and text of each hint of the exercise, with its first failing case.
        command: what to type to see this case alone.
        waits: place and title of the cases that it waits for.
    """

    case: Case
    state: words.State
    anchor: str
    failing: bool
    open: bool
    evidence: Evidence
    digits: Digits | None
    spread: str
    excerpt: Code | None
    drawing: Drawing | None
    code: Code | None
    steps: tuple[tuple[str, str], ...]
    command: str
    waits: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ExerciseView:
    """An exercise in the page.

    Attributes:
        exercise: the record.
        state: its shape and word.
        word: the state in words, of a fault where there is one.
        group: the filter it belongs to.
        anchor: its place in the page.
        place: ``file:line``.
        first: why it did not run, or the title of the first failing case; may be empty.
        cases: in the author's order.
        folded: what stands for the cases while they are folded; empty if they are not.
        judged: how the cases without evidence are judged, each sentence once.
        fault: why it did not run.
        fault_code: the lines at fault.
        output: what was printed.
        flags: what the instructor should look at, each with the reason, which may be empty.
    """

    exercise: Exercise
    state: words.State
    word: str
    group: str
    anchor: str
    place: str
    first: str
    cases: tuple[CaseView, ...]
    folded: str
    judged: tuple[str, ...]
    fault: Fault | None
    fault_code: Code | None
    output: Output | None
    flags: tuple[tuple[str, str], ...]

    @property
    def name(self) -> str:
        """What the exercise is called."""
        return self.exercise.name


@dataclass(frozen=True)
class Segment:
    """A part of the bar: how many exercises and quizzes have one result."""

    group: str
    state: words.State
    number: int
    start: float
    size: float


@dataclass(frozen=True)
class Page:
    """All that the template shows."""

    result: Result
    title: str
    headline: str
    points: str
    unjudged: str
    withheld: str
    notice: str
    lacks: str
    goal: ExerciseView | QuizView | None
    segments: tuple[Segment, ...]
    exercises: tuple[ExerciseView, ...]
    quizzes: tuple[QuizView, ...]
    left_out: int


def arrange(result: Result, without: frozenset[str] = frozenset()) -> Page:
    """The page of a result.

    Args:
        result: what was graded.
        without: anchors of the cases whose pictures are left out for their size.
    """
    anchors = words.anchors(result)
    exercises = tuple(
        _exercise(exercise, anchor, result.environment.seed, without)
        for exercise, anchor in zip(result.exercises, anchors, strict=False)
    )
    quizzes = tuple(
        quiz_view(quiz, anchor)
        for quiz, anchor in zip(result.quizzes, anchors[len(exercises) :], strict=True)
    )
    return _page(result, exercises, quizzes, len(without))


def arrange_cell(result: Result, token: str, without: frozenset[str] = frozenset()) -> Page:
    """The exercises of a result as they stand in a notebook, where there is no file to name.

    Args:
        result: what was graded.
        token: begins every anchor.
        without: anchors of the cases whose pictures are left out for their size.
    """
    exercises = tuple(
        _without_commands(
            _exercise(exercise, f"{token}-{anchor}", result.environment.seed, without)
        )
        for exercise, anchor in zip(result.exercises, words.anchors(result), strict=False)
    )
    return _page(result, exercises, (), len(without))


def _without_commands(view: ExerciseView) -> ExerciseView:
    return replace(view, cases=tuple(replace(case, command="") for case in view.cases))


def _page(
    result: Result,
    exercises: tuple[ExerciseView, ...],
    quizzes: tuple[QuizView, ...],
    left_out: int,
) -> Page:
    views: list[ExerciseView | QuizView] = [*exercises, *quizzes]
    goal = words.next_part(result) if len(views) == len(words.parts(result)) else None
    headline = words.headline(result)
    notice = words.isolation_notice(result.environment)
    return Page(
        result=result,
        title=f"{one_line(headline, 200)}, {words.points(result.score, result.max_score)}",
        headline=headline,
        points=words.points(result.score, result.max_score),
        withheld=words.withheld(result),
        unjudged=words.not_judged(result),
        notice=notice if result.environment.isolation_mode == "off" else "",
        lacks="" if result.environment.isolation_mode == "off" else notice,
        goal=None if goal is None else views[goal],
        segments=_segments([view.group for view in views if view.group]),
        exercises=exercises,
        quizzes=quizzes,
        left_out=left_out,
    )


def _segments(groups: list[str]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    start = 0.0
    # The bar reads from what is done to what is open; the filters start with what fails.
    for group in ("passed", "underway", "failing", "broken", "unjudged", "untouched"):
        number = groups.count(group)
        if number:
            size = round(100 * number / len(groups), 3)
            segments.append(Segment(group, GROUP_WORDS[group], number, round(start, 3), size))
            start += size
    return tuple(segments)


def _exercise(
    exercise: Exercise, anchor: str, seed: int | None, without: frozenset[str]
) -> ExerciseView:
    failing = words.failing_cases(exercise)
    fault = exercise.error
    first = failing[0].title if failing else ""
    return ExerciseView(
        exercise=exercise,
        state=words.exercise_state(exercise),
        word=words.state_word(exercise),
        group="" if words.is_withheld(exercise) else words.GROUPS[exercise.status],
        anchor=anchor,
        place=words.location(exercise),
        # What did not run has failing cases too, and one reason for all of them.
        first=first if fault is None else fault.message,
        cases=tuple(
            _case(exercise, place, anchor, seed, without) for place in range(len(exercise.cases))
        ),
        folded=words.folded(exercise),
        judged=tuple(
            dict.fromkeys(
                case.judged for case in exercise.cases if case.judged and case.status in _BRIEF
            )
        ),
        fault=fault,
        fault_code=None if fault is None else code_of(fault.excerpt),
        output=exercise.output,
        flags=tuple((words.flag(each), each.why) for each in exercise.flags),
    )


def _case(
    exercise: Exercise, place: int, anchor: str, seed: int | None, without: frozenset[str]
) -> CaseView:
    case = exercise.cases[place]
    own = f"{anchor}:{place}"
    failing = words.failing_cases(exercise)
    first = bool(failing) and case is failing[0]
    evidence = case.evidence or Evidence()
    fails = case.status in words.FAILING_CASES or case.status == "grader_error"
    return CaseView(
        case=case,
        state=words.CASE_STATES[case.status],
        anchor=own,
        failing=fails,
        open=first or (not failing and case.status == "grader_error"),
        evidence=evidence,
        digits=_digits(evidence),
        spread=words.spread(evidence.failing, evidence.total),
        excerpt=code_of(evidence.excerpt),
        drawing=_drawing(case, own, own in without),
        code=_own_code(exercise, case, first) if fails else None,
        steps=_steps(exercise) if first else (),
        command=_command(exercise, case, seed),
        waits=_waits(exercise, case, anchor) if case.status == "waiting" else (),
    )


def _command(exercise: Exercise, case: Case, seed: int | None) -> str:
    """What shows the case again; nothing does where the seed or the case is not shown."""
    if seed is None or not is_plain(case.visibility, case.feedback):
        return ""
    return f"dlgrade check {shlex.quote(one_line(exercise.file))} --seed {seed} -v"


def _waits(exercise: Exercise, case: Case, anchor: str) -> tuple[tuple[str, str], ...]:
    places = {each.name: place for place, each in enumerate(exercise.cases)}
    return tuple(
        (f"{anchor}:{places[name]}", exercise.cases[places[name]].title)
        if name in places
        else ("", name)
        for name in case.waits_for
    )


def _digits(evidence: Evidence) -> Digits | None:
    if evidence.worst is None:
        return None
    yours, expected = one_line(evidence.worst.yours, 200), one_line(evidence.worst.expected, 200)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(yours, expected, strict=False))
    length = sum(1 for _ in same)
    return Digits(yours[:length], yours[length:], expected[length:])


def _own_code(exercise: Exercise, case: Case, first: bool) -> Code | None:
    """All of the code with the first failing case, with later ones only the line they mark."""
    if exercise.code is None:
        return None
    line = None if case.diagnosis is None else case.diagnosis.line
    seen = None if case.evidence is None else case.evidence.excerpt
    if seen is not None and line is None and set(exercise.code.lines) <= set(seen.lines):
        return None
    if first:
        return code_of(structs.replace(exercise.code, marked=line))
    return code_of(words.around(exercise.code, line))


def _steps(exercise: Exercise) -> tuple[tuple[str, str], ...]:
    texts = [text for text in exercise.hints if text.strip()]
    if len(texts) == len(_STEPS):
        return tuple(zip(_STEPS, texts, strict=True))
    return tuple((f"Hint {place} of {len(texts)}", text) for place, text in enumerate(texts, 1))


def _drawing(case: Case, anchor: str, too_large: bool) -> Drawing | None:
    picture = case.picture
    if picture is None:
        return None
    markup, reason = None, "the page would be larger than 2 MB with it"
    if not too_large:
        try:
            markup = cleaned(picture.svg, f"{anchor}:", one_line(picture.title, 300))
        except UnsafeDrawing as unsafe:
            reason = f"{unsafe}, and a page from disk shows only shapes and text"
    return Drawing(picture.title, picture.description, markup, "" if markup else reason)
