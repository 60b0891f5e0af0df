"""The words that all writers share: counts, summaries, names of states, anchors."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from grader import isolation
from grader.result import (
    Answered,
    AnswerStatus,
    Case,
    CaseStatus,
    Environment,
    Excerpt,
    Exercise,
    ExerciseStatus,
    Flag,
    Output,
    Quiz,
    Result,
    Worst,
)
from grader.writers.visible import spaced


@dataclass(frozen=True)
class State:
    """How a status is shown: a shape and a word, so that colour is never the only cue.

    Attributes:
        mark: a shape.
        ascii_mark: the same for terminals without UTF-8.
        word: the state in words.
        tone: good, bad, calm or odd; the writers turn it into colours.
    """

    mark: str
    ascii_mark: str
    word: str
    tone: str


PASSED: Final = State("✓", "+", "passed", "good")
WAITING: Final = State("…", ".", "waiting", "calm")
NOT_STARTED: Final = State("\N{EN DASH}", "-", "not started", "calm")
NOT_JUDGED: Final = State("!", "!", "not judged", "odd")

EXERCISE_STATES: Final[Mapping[ExerciseStatus, State]] = {
    "passed": PASSED,
    "partial": State("✗", "x", "partly right", "bad"),
    "failed": State("✗", "x", "failed", "bad"),
    "not_started": NOT_STARTED,
    "error": State("!", "!", "did not run", "bad"),
    "grader_error": NOT_JUDGED,
}
CASE_STATES: Final[Mapping[CaseStatus, State]] = {
    "passed": PASSED,
    "failed": State("✗", "x", "failed", "bad"),
    "error": State("✗", "x", "raised an error", "bad"),
    "timeout": State("✗", "x", "ran out of time", "bad"),
    "crashed": State("✗", "x", "crashed", "bad"),
    "forbidden": State("✗", "x", "used something forbidden", "bad"),
    "waiting": WAITING,
    "not_started": NOT_STARTED,
    "grader_error": NOT_JUDGED,
    "withheld": State("…", ".", "counted after the due date", "calm"),
}
ANSWER_STATES: Final[Mapping[AnswerStatus, State]] = {
    "right": State("✓", "+", "right", "good"),
    "wrong": State("✗", "x", "wrong", "bad"),
    "unreadable": State("!", "!", "cannot be read", "bad"),
    "open": State("\N{EN DASH}", "-", "open", "calm"),
}
UNDER_WAY: Final = State("…", ".", "partly answered", "calm")
"""A quiz whose answers are right as far as they go."""

FAILING_ANSWERS: Final = frozenset({"wrong", "unreadable"})
FAILING_CASES: Final = frozenset({"failed", "error", "timeout", "crashed", "forbidden"})
FAILING_EXERCISES: Final = frozenset({"partial", "failed", "error"})

GROUPS: Final[Mapping[str, str]] = {
    "passed": "passed",
    "partial": "failing",
    "failed": "failing",
    "error": "broken",
    "not_started": "untouched",
    "grader_error": "unjudged",
}
"""The filter that each status belongs to."""


FAULTS: Final[Mapping[str, str]] = {
    "syntax": "syntax error",
    "import": "cannot be imported",
    "timeout": "ran out of time",
    "memory": "ran out of memory",
    "crashed": "crashed",
    "file_missing": "file missing",
    "toml": "not valid TOML",
    "function_missing": "function missing",
}
"""What an exercise that did not run is called, by `Fault.kind`."""

GRADER_FAULT: Final = "This is the grader's fault, not yours: it costs no points."

SHORTEST: Final = 5
"""Significant digits of a value in the terminal, more only where the two agree so far."""

_LONGEST_DOUBLE: Final = 17


def count(number: int, noun: str) -> str:
    """``1 case``, ``2 cases``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def amount(points: float) -> str:
    """Points without needless digits: ``2``, ``2.5``, ``0.33``."""
    text = f"{points:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def points(score: float, max_score: float) -> str:
    """``5 of 8 points``."""
    return f"{amount(score)} of {amount(max_score)} point{'' if max_score == 1 else 's'}"


def exercise_state(exercise: Exercise) -> State:
    """The state of an exercise; nothing is known of one that is counted after the due date."""
    return CASE_STATES["withheld"] if is_withheld(exercise) else EXERCISE_STATES[exercise.status]


def is_withheld(exercise: Exercise) -> bool:
    """Whether all that is known of it is for after the due date: it has neither passed nor failed.

    One that is not started says so at once.
    """
    return exercise.status == "passed" and bool(exercise.cases) and not counted_cases(exercise)


def counted_cases(exercise: Exercise) -> tuple[Case, ...]:
    """The cases that are not withheld, in the author's order."""
    return tuple(case for case in exercise.cases if case.status != "withheld")


def later(points: float) -> str:
    """``4 points are counted after the due date``; empty if there are none."""
    if not points:
        return ""
    return f"{count_of(points)} {'is' if points == 1 else 'are'} counted after the due date"


def count_of(points: float) -> str:
    """``1 point``, ``2.5 points``."""
    return f"{amount(points)} point{'' if points == 1 else 's'}"


def withheld(result: Result) -> str:
    """A sentence on the points that are counted after the due date; empty if there are none."""
    said = later(sum(exercise.withheld for exercise in result.exercises))
    return f"{said}." if said else ""


def state_word(exercise: Exercise) -> str:
    """The state of an exercise in a few words."""
    if exercise.status == "error" and exercise.error is not None:
        return FAULTS.get(exercise.error.kind, "did not run")
    return exercise_state(exercise).word


def failing_cases(exercise: Exercise) -> tuple[Case, ...]:
    """The cases whose answer is wrong, in the author's order."""
    return tuple(case for case in exercise.cases if case.status in FAILING_CASES)


def next_exercise(result: Result) -> int | None:
    """The place of the exercise to go on with: what fails first, then what is not started."""
    for wanted in (FAILING_EXERCISES, frozenset({"not_started"})):
        for place, exercise in enumerate(result.exercises):
            if exercise.status in wanted:
                return place
    return None


def parts(result: Result) -> list[Exercise | Quiz]:
    """Exercises, then quizzes: the order in which everything is shown."""
    return [*result.exercises, *result.quizzes]


def next_part(result: Result) -> int | None:
    """The place of what to go on with, counted over the exercises and then the quizzes.

    Code comes first; of the quizzes, those with a wrong answer.
    """
    place = next_exercise(result)
    if place is not None:
        return place
    done = ("passed", "grader_error")
    left = [place for place, quiz in enumerate(result.quizzes) if quiz.status not in done]
    wrong = [place for place in left if quiz_state(result.quizzes[place]).tone == "bad"]
    found = next(iter([*wrong, *left]), None)
    return None if found is None else len(result.exercises) + found


def isolation_notice(environment: Environment) -> str:
    """What did not hold the learner's code, in a sentence; empty if nothing was amiss."""
    lacks = environment.isolation_lacks
    if environment.isolation_mode == "off":
        return "Isolation was off: these files could do whatever you can do."
    if lacks and not environment.platform.startswith("Linux"):
        system = environment.platform.partition(" ")[0]
        return f"Practice mode: {system} has no layers against files that mean harm."
    if not lacks:
        return ""
    return f"Isolation is not complete. Missing: {isolation.lacks(lacks)}."


def quiz_state(quiz: Quiz) -> State:
    """The state of a quiz: what is open is not wrong."""
    if quiz.status == "partial" and not failing_answers(quiz):
        return UNDER_WAY
    if quiz.status == "error" and quiz.error is not None:
        state = EXERCISE_STATES["error"]
        return State(state.mark, state.ascii_mark, FAULTS.get(quiz.error.kind, "not read"), "bad")
    return EXERCISE_STATES[quiz.status]


def failing_answers(quiz: Quiz) -> tuple[Answered, ...]:
    """The questions whose answer is wrong or cannot be read, in the author's order."""
    return tuple(each for each in quiz.questions if each.status in FAILING_ANSWERS)


def open_questions(quiz: Quiz) -> int:
    """How many questions have no answer yet."""
    return sum(each.status == "open" for each in quiz.questions)


def kind_of(question: Answered) -> str:
    """What is asked for, in words: ``one choice``, ``number, within 0.001``."""
    return (
        f"{question.kind}, within {question.tolerance:g}" if question.tolerance else question.kind
    )


def headline(result: Result) -> str:
    """The result in a clause: ``7 of 9 exercises and 1 of 2 quizzes pass``."""
    judged = [each for each in result.exercises if not is_withheld(each)]
    total, quizzes = len(judged), len(result.quizzes)
    passed = sum(exercise.status == "passed" for exercise in judged)
    if (said := _visible_only(result)) and all(quiz.status == "passed" for quiz in result.quizzes):
        return said
    if quizzes:
        return _headline_with_quizzes(result, passed, total)
    if total == 0:
        return "No exercise was graded"
    if total == passed:
        return "The exercise passes" if total == 1 else f"All {total} exercises pass"
    if total == 1:
        return f"{judged[0].name}: {state_word(judged[0])}"
    verb = "passes" if passed == 1 else "pass"
    return f"{passed or 'None'} of {total} exercises {verb}"


def _visible_only(result: Result) -> str:
    """What is said where all visible cases pass and others exist; empty elsewhere."""
    cases = [case for exercise in result.exercises for case in exercise.cases]
    hidden = [case for case in cases if case.visibility == "hidden"]
    seen = [case for case in cases if case.visibility != "hidden" and case.status != "withheld"]
    if cases and all(case.status == "withheld" for case in cases):
        return "Nothing is counted before the due date"
    if not seen or len(seen) == len(cases) or any(case.status != "passed" for case in seen):
        return ""
    # A file that is missing or does not run has no case that passes.
    if any(not exercise.cases or exercise.error for exercise in result.exercises):
        return ""
    said = "All visible cases pass" if len(seen) > 1 else "The visible case passes"
    failing = sum(case.status in FAILING_CASES for case in hidden)
    if failing:
        which = f"{failing} of {len(hidden)} hidden ones" if len(hidden) > 1 else "the hidden one"
        return f"{said}, {which} not"
    if hidden and all(case.status == "passed" for case in hidden):
        return f"{said}, the hidden {'ones' if len(hidden) > 1 else 'one'} too"
    return said


def _headline_with_quizzes(result: Result, passed: int, total: int) -> str:
    quizzes = len(result.quizzes)
    answered = sum(quiz.status == "passed" for quiz in result.quizzes)
    if total == 0 and quizzes == 1:
        quiz = result.quizzes[0]
        word = "every answer is right" if quiz.status == "passed" else quiz_state(quiz).word
        return f"{quiz.name}: {word}"
    plural = "quiz" if quizzes == 1 else "quizzes"
    parts = [f"{passed} of {count(total, 'exercise')}"] if total else []
    return f"{' and '.join([*parts, f'{answered} of {quizzes} {plural}'])} pass"


def not_judged(result: Result) -> str:
    """A sentence on what the grader itself failed to judge; empty if nothing."""
    number = sum(
        exercise.status == "grader_error"
        or any(case.status == "grader_error" for case in exercise.cases)
        for exercise in result.exercises
    )
    quizzes = sum(quiz.status == "grader_error" for quiz in result.quizzes)
    if number + quizzes == 0:
        return ""
    named = [count(number, "exercise")] if number else []
    named += ["1 quiz" if quizzes == 1 else f"{quizzes} quizzes"] if quizzes else []
    was = "was" if number + quizzes == 1 else "were"
    return f"{' and '.join(named)} {was} not fully judged: the grader's fault, not yours."


def anchors(result: Result) -> tuple[str, ...]:
    """The name of the place of each exercise, then each quiz, in the report; all are different."""
    taken: set[str] = set()
    found: list[str] = []
    for part in parts(result):
        plain = slug(part.name)
        anchor, number = plain, 1
        while anchor in taken:
            number += 1
            anchor = f"{plain}-{number}"
        taken.add(anchor)
        found.append(anchor)
    return tuple(found)


def slug(name: str) -> str:
    """The name with letters, digits, dots, dashes and underscores only; never empty."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name[:80]) or "-"


def location(part: Exercise | Quiz) -> str:
    """``file:line``, in the form that editors and terminals open; of a notebook, cell and line."""
    if isinstance(part, Exercise) and part.cell is not None:
        return f"{part.file}, cell {part.cell[0]}, line {part.cell[1]}"
    return part.file if part.line is None else f"{part.file}:{part.line}"


def waiting_for(exercise: Exercise, name: str) -> int:
    """How many cases wait for the named one, directly or through others."""
    held = {name}
    waiting = [case for case in exercise.cases if case.status == "waiting"]
    grown = True
    while grown:
        more = {case.name for case in waiting if held & set(case.waits_for)} - held
        held |= more
        grown = bool(more)
    return len(held) - 1


def abridged(worst: Worst) -> tuple[str, str]:
    """Both values with just enough digits to see that they differ.

    ``3.482143827`` and ``3.488944661`` give ``3.4821`` and ``3.4889``.
    """
    try:
        yours, expected = float(worst.yours), float(worst.expected)
    except ValueError:
        return worst.yours, worst.expected
    if not (math.isfinite(yours) and math.isfinite(expected)):
        return worst.yours, worst.expected
    for digits in range(SHORTEST, _LONGEST_DOUBLE):
        pair = f"{yours:.{digits}g}", f"{expected:.{digits}g}"
        if pair[0] != pair[1]:
            return min(pair[0], worst.yours, key=len), min(pair[1], worst.expected, key=len)
    return worst.yours, worst.expected


def around(excerpt: Excerpt, line: int | None, reach: int = 2) -> Excerpt | None:
    """The lines around one line, which is marked; None if the excerpt does not hold it."""
    if line is None or not 0 <= line - excerpt.first_line < len(excerpt.lines):
        return None
    start = max(line - excerpt.first_line - reach, 0)
    stop = line - excerpt.first_line + reach + 1
    return Excerpt(
        first_line=excerpt.first_line + start,
        lines=excerpt.lines[start:stop],
        marked=line,
        cells=excerpt.cells[start:stop],
    )


def numbers(excerpt: Excerpt) -> tuple[str, ...]:
    """What stands before each line: its number, or ``3:2`` for line 2 of a notebook's cell 3."""
    if len(excerpt.cells) == len(excerpt.lines):
        return tuple(f"{cell}:{line}" for cell, line in excerpt.cells)
    return tuple(str(excerpt.first_line + offset) for offset in range(len(excerpt.lines)))


def marked_place(excerpt: Excerpt) -> str:
    """Where the marked line is: ``line 7``, or ``cell 3, line 2``; empty if none is marked."""
    if excerpt.marked is None:
        return ""
    place = excerpt.marked - excerpt.first_line
    if not 0 <= place < len(excerpt.cells):
        return f"line {excerpt.marked}"
    cell, line = excerpt.cells[place]
    return f"cell {cell}, line {line}"


def spread(failing: int, total: int) -> str:
    """How much of an answer is wrong, in words; empty if there is but one value, or none."""
    if total <= 1 or failing <= 0:
        return ""
    if failing >= total:
        return f"all {total} values are off"
    return f"{failing} of {total} values {'is' if failing == 1 else 'are'} off"


def folded(exercise: Exercise) -> str:
    """What stands for the cases while they are folded; empty if they are not."""
    counted = len(counted_cases(exercise))
    number = count(len(exercise.cases), "case")
    if exercise.status == "passed" and counted < len(exercise.cases):
        after = f"{len(exercise.cases) - counted} counted after the due date"
        return f"{count(counted, 'case')} passed, {after}" if counted else after
    if exercise.status == "passed":
        return f"{number}, all passed" if len(exercise.cases) > 1 else f"{number}, passed"
    return f"{number} to pass" if exercise.status == "not_started" else ""


def flag(seen: Flag) -> str:
    """``uses exec at line 12``; of a notebook, ``uses exec at cell 3, line 2``."""
    if seen.cell is not None:
        return f"{seen.what} at cell {seen.cell[0]}, line {seen.cell[1]}"
    return seen.what if seen.line is None else f"{seen.what} at line {seen.line}"


def flags(exercise: Exercise, most: int = 0) -> str:
    """What the instructor should look at, as a list in words; empty if there is nothing.

    Args:
        exercise: the record.
        most: how many to name, 0 for all.
    """
    named = [flag(each) for each in exercise.flags[: most or None]]
    left = len(exercise.flags) - len(named)
    return "; ".join([*named, f"{left} more"] if left else named)


def printed(output: Output) -> str:
    """How much was printed, in words."""
    total = len(output.head) + output.cut + len(output.tail)
    text = count(total, "character").replace(str(total), spaced(total), 1)
    return f"{text}, {spaced(output.cut)} of them left out" if output.cut else text
