"""A result as a list of checks, which is what most formats know: a case, a question, or a file.

What is wrong is a failure. What kept an answer from being judged (an exception, a crash, a time
limit, a file that does not load, a fault of the grader) is an error. What nobody has judged is
skipped: it waits for another case, is held back until the due date, or is not started. An exercise
that is not started is not done, and `dlgrade check` says so by its exit code; it is not wrong,
though, and a learner who has begun three of thirty exercises would look for the one failure that
matters among all the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from grader.result import (
    Answered,
    AnswerStatus,
    Case,
    CaseStatus,
    Excerpt,
    Exercise,
    Quiz,
    Visibility,
)
from grader.writers import terminal, words

Outcome = Literal["passed", "failure", "error", "skipped"]

CASE_OUTCOMES: Final[Mapping[CaseStatus, Outcome]] = {
    "passed": "passed",
    "failed": "failure",
    "forbidden": "failure",
    "error": "error",
    "timeout": "error",
    "crashed": "error",
    "grader_error": "error",
    "waiting": "skipped",
    "not_started": "skipped",
    "withheld": "skipped",
}
ANSWER_OUTCOMES: Final[Mapping[AnswerStatus, Outcome]] = {
    "right": "passed",
    "wrong": "failure",
    "unreadable": "failure",
    "open": "skipped",
}
BAD: Final = frozenset({"failure", "error"})


@dataclass(frozen=True)
class Check:
    """One thing that was judged, or was to be.

    Attributes:
        part: the exercise or quiz that it belongs to.
        seen: the case or the answer; None if it stands for the file as a whole.
        name: identifier, unique in its part.
        title: the line that the learner reads; of a question, what it asks.
        status: that of the record: of the case, the answer, or the file.
        outcome: what that is in the words of test reports.
        score: points earned.
        max_score: points to be had.
        message: what happened, in a sentence, as the record has it; empty if it passed.
    """

    part: Exercise | Quiz
    seen: Case | Answered | None
    name: str
    title: str
    status: str
    outcome: Outcome
    score: float
    max_score: float
    message: str = ""

    @property
    def line(self) -> int | None:
        """The learner's line to look at: the one at fault if it is known, else their function."""
        if isinstance(self.seen, Answered):
            return self.seen.line or self.part.line
        if self.seen is None or isinstance(self.part, Quiz):
            return _marked(self.part.error.excerpt if self.part.error else None) or self.part.line
        cause, evidence = self.seen.diagnosis, self.seen.evidence
        return (
            (cause.line if cause else None)
            or _marked(evidence.excerpt if evidence else None)
            or _begins(self.seen.function, self.part.code)
            or self.part.line
        )

    @property
    def heading(self) -> str:
        """What stands above `found`: the title, or in a few words why nothing could be judged."""
        if self.part.error is None and self.status != "grader_error":
            return self.title
        part = self.part
        if self.status == "grader_error":
            return words.NOT_JUDGED.word
        return words.quiz_state(part).word if isinstance(part, Quiz) else words.state_word(part)

    @property
    def cell(self) -> tuple[int, int] | None:
        """Of a notebook, the code cell of `line` and the line in it; None if it is not known."""
        if not isinstance(self.part, Exercise) or self.part.cell is None or self.line is None:
            return None
        evidence = self.seen.evidence if isinstance(self.seen, Case) else None
        for excerpt in (self.part.code, evidence.excerpt if evidence else None):
            if excerpt is not None and 0 <= (at := self.line - excerpt.first_line) < len(
                excerpt.cells
            ):
                return excerpt.cells[at]
        return self.part.cell

    @property
    def in_notebook(self) -> bool:
        """Whether it is about a notebook, whose lines are not those of its file."""
        return self.part.file.lower().endswith(".ipynb")

    def place(self, file: str) -> str:
        """``file:line``, or ``file, cell 3, line 2``.

        Args:
            file: what to call the file.
        """
        if self.cell is not None:
            return f"{file}, cell {self.cell[0]}, line {self.cell[1]}"
        return file if self.in_notebook or self.line is None else f"{file}:{self.line}"

    @property
    def visibility(self) -> Visibility:
        """Whether students see it."""
        return self.seen.visibility if isinstance(self.seen, Case) else "visible"

    def found(self, width: int = 100, advises: bool = True) -> str:
        """What was found, in the terminal's words; safe to show anywhere as plain text.

        Args:
            width: columns to fill.
            advises: whether to say which command to run next.
        """
        whole = self.part.error is not None
        text = terminal.render_found(
            self.part, None if whole else self.seen, width=width, advises=advises
        )
        if self.status == "grader_error" and words.GRADER_FAULT not in text:
            text = f"  {words.GRADER_FAULT}\n{text}"
        return text


def checks(part: Exercise | Quiz) -> tuple[Check, ...]:
    """The checks of an exercise or quiz, in the author's order; one for the file if it has none."""
    found = tuple(_answers(part) if isinstance(part, Quiz) else _cases(part))
    return found or (_whole(part),)


def to_look_at(part: Exercise | Quiz) -> Check | None:
    """What to mend first: what is wrong, else what is not started beside things that are right."""
    every = checks(part)
    bad = [check for check in every if check.outcome in BAD]
    # What the grader failed to judge is nothing to mend; it comes up where nothing else does.
    bad.sort(key=lambda check: check.status == "grader_error")
    if bad or part.status == "not_started":
        return next(iter(bad), None)
    return next((check for check in every if check.status == "not_started"), None)


def _cases(part: Exercise) -> Iterator[Check]:
    titles = {case.name: case.title for case in part.cases}
    for case in part.cases:
        outcome, message = CASE_OUTCOMES[case.status], case.message
        if case.status == "waiting" and case.waits_for:
            message = f"waits for: {', '.join(titles.get(name, name) for name in case.waits_for)}"
        message = message or words.CASE_STATES[case.status].word
        yield _check(part, case, case.title, outcome, message)


def _answers(part: Quiz) -> Iterator[Check]:
    for answer in part.questions:
        outcome = ANSWER_OUTCOMES[answer.status]
        reason = answer.reasons[0].text if outcome == "failure" and answer.reasons else ""
        state = "not answered yet" if answer.status == "open" else "wrong"
        message = answer.message or reason or state
        yield _check(part, answer, answer.asks, outcome, message)


def _check(
    part: Exercise | Quiz, seen: Case | Answered, title: str, outcome: Outcome, message: str
) -> Check:
    """A case or an answer, unless its file could not be read or run: then none of it was."""
    if part.error is not None and outcome != "passed":
        outcome = "skipped" if part.status == "not_started" else "error"
        message = part.error.message
    return Check(
        part=part,
        seen=seen,
        name=seen.name,
        title=title,
        status=seen.status,
        outcome=outcome,
        score=seen.score,
        max_score=seen.max_score,
        message="" if outcome == "passed" else message,
    )


def _whole(part: Exercise | Quiz) -> Check:
    state = words.quiz_state(part) if isinstance(part, Quiz) else words.EXERCISE_STATES[part.status]
    outcomes: Mapping[str, Outcome] = {"passed": "passed", "not_started": "skipped"}
    outcome = outcomes.get(part.status, "error")
    message = part.error.message if part.error else state.word
    return Check(
        part=part,
        seen=None,
        name=part.name.rpartition("/")[2],
        title=part.title,
        status=part.status,
        outcome=outcome,
        score=part.score,
        max_score=part.max_score,
        message="" if outcome == "passed" else message,
    )


def _marked(excerpt: Excerpt | None) -> int | None:
    return excerpt.marked if excerpt else None


def _begins(function: str, code: Excerpt | None) -> int | None:
    """Where a function begins in the learner's code; the last one of its name is what counts."""
    pattern = re.compile(rf"(?:async\s+)?def\s+{re.escape(function)}\b")
    lines = code.lines if code else ()
    found = [at for at, line in enumerate(lines) if pattern.match(line)]
    return code.first_line + found[-1] if code and found else None
