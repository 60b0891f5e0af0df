"""The one record that grading produces: ``dlgrade/result/v1``.

Every output (terminal, HTML, JSON, ...) is a pure function of a `Result`. The records are frozen,
hold plain values only, and their JSON Schema is generated from the types below. Two runs with the
same seed give the same bytes, the fields named ``duration_s`` aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec

SCHEMA: Final = "dlgrade/result/v1"

CaseStatus = Literal[
    "passed",
    "failed",
    "error",
    "timeout",
    "crashed",
    "forbidden",
    "waiting",
    "not_started",
    "grader_error",
    "withheld",
]
ExerciseStatus = Literal["passed", "partial", "failed", "not_started", "error", "grader_error"]
ResultStatus = Literal["passed", "failed", "not_started", "grader_error"]
AnswerStatus = Literal["right", "wrong", "unreadable", "open"]
Visibility = Literal["visible", "after_due", "hidden"]
Feedback = Literal["full", "own_output", "property", "verdict"]


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What all records share: they are frozen, and built by name."""


class Excerpt(Record, frozen=True):
    """A few lines of the learner's own file.

    Attributes:
        first_line: number of the first line of ``lines``, from 1.
        lines: the text, without line ends.
        marked: number of the line to mark, or None.
        cells: of a notebook, whose lines are numbered as if its code cells were one file: code cell
            and line in it of each line, from 1; empty for a file.
    """

    first_line: int
    lines: tuple[str, ...]
    marked: int | None = None
    cells: tuple[tuple[int, int], ...] = ()


class Worst(Record, frozen=True):
    """The element with the largest error ÷ tolerance, numbers as text in full precision.

    Attributes:
        where: its place, such as ``[5, 201]`` or ``gradient of x [0, 2]``; empty for a scalar.
        yours: the learner's value.
        expected: the reference's value.
        off_by: absolute difference.
        allowed: the tolerance of this element.
    """

    where: str
    yours: str
    expected: str
    off_by: str
    allowed: str


class Evidence(Record, frozen=True):
    """What is seen, without interpretation.

    Attributes:
        worst: the worst element, where values were compared.
        failing: how many elements are outside their tolerance.
        total: how many elements were compared.
        pattern: a regularity of the error ("all 42 values differ by the same factor, 0.998").
        inputs: one line per argument: name, dtype, shape and range, or the value if it is short.
        excerpt: the learner's lines around an exception or a forbidden call.
        notes: anything else worth a line ("answered in float32: ...").
    """

    worst: Worst | None = None
    failing: int = 0
    total: int = 0
    pattern: str = ""
    inputs: tuple[str, ...] = ()
    excerpt: Excerpt | None = None
    notes: tuple[str, ...] = ()


class Diagnosis(Record, frozen=True):
    """A verified cause: this named mistake gives the learner's answers on every case that failed.

    Attributes:
        mistake: its name in the course.
        title: what it does, as a clause ("divides the variance by n - 1").
        hint: what to look at.
        line: the learner's line that the cause names, if one could be found.
    """

    mistake: str
    title: str
    hint: str
    line: int | None = None


class Picture(Record, frozen=True):
    """A drawing that shows why.

    Attributes:
        title: what it shows.
        description: the finding in words.
        svg: a self-contained ``<svg>`` element; colours are CSS variables with fallbacks.
    """

    title: str
    description: str
    svg: str


class Case(Record, frozen=True):
    """One check of one function.

    Attributes:
        name: identifier, unique in its exercise.
        title: the line that the learner reads ("every position has its own statistics").
        function: the learner's function that is called.
        status: see `CaseStatus`.
        score: points earned.
        max_score: points to be had.
        message: what happened, in one sentence; empty when passed.
        evidence: what was seen, None when passed without notes.
        diagnosis: the verified cause, if there is one.
        picture: a drawing of the failure, if one was made.
        waits_for: names of the cases that must pass first, when ``status`` is waiting.
        hint: the author's nudge for this case; empty if none.
        judged: how this case is judged, in a sentence.
        reproduction: five lines of Python that rebuild this case's inputs and call the function.
        visibility: whether students see the case: always, after the due date, or never whole.
        feedback: how much they see of it: everything, what their own code did, the property that
            holds or fails, or only whether it passed.
    """

    name: str
    title: str
    function: str
    status: CaseStatus
    score: float
    max_score: float
    message: str = ""
    evidence: Evidence | None = None
    diagnosis: Diagnosis | None = None
    picture: Picture | None = None
    waits_for: tuple[str, ...] = ()
    hint: str = ""
    judged: str = ""
    reproduction: str = ""
    visibility: Visibility = "visible"
    feedback: Feedback = "full"


class Fault(Record, frozen=True):
    """Why an exercise as a whole could not be run: no file, a syntax error, an import error, ...

    Attributes:
        kind: a stable identifier (file_missing, syntax, import, function_missing, timeout, ...).
        message: what happened and what to do next.
        excerpt: the learner's lines, where there are some.
    """

    kind: str
    message: str
    excerpt: Excerpt | None = None


class Output(Record, frozen=True):
    """What the learner's code printed: the head, the tail, and how much lies between.

    Attributes:
        head: the first characters.
        tail: the last characters, empty if everything fits into the head.
        cut: how many characters were left out between the two.
    """

    head: str
    tail: str = ""
    cut: int = 0


class Operation(Record, frozen=True):
    """A torch operation that ran while the learner's functions were called.

    Attributes:
        name: such as ``aten::native_layer_norm``.
        count: how often.
        line: the learner's line that called it first, if known.
    """

    name: str
    count: int
    line: int | None = None


class Flag(Record, frozen=True):
    """Something in the learner's file that an instructor should look at; it costs nothing.

    Attributes:
        what: what the file does, such as ``uses exec``.
        line: where, if known.
        why: why the text alone cannot tell what comes of it; empty where that is no question.
        cell: of a notebook, code cell and line in it of ``line``, from 1; None for a file.
    """

    what: str
    line: int | None = None
    why: str = ""
    cell: tuple[int, int] | None = None


class Exercise(Record, frozen=True):
    """One exercise file.

    Attributes:
        name: such as ``layer_norm``.
        topic: such as ``normalization``.
        title: what it asks, in a few words.
        asks: what the exercise asks, a short paragraph from the author.
        file: the learner's file as it was named on the command line.
        line: the learner's line to look at first (the function, or the failing line), or None.
        status: see `ExerciseStatus`.
        score: points earned.
        max_score: points to be had.
        duration_s: wall time of the worker, seconds.
        cases: in the author's order.
        code: the learner's functions, for the report; None if there is no readable file.
        hints: three steps from a nudge to nearly the answer.
        operations: what ran, most frequent first.
        output: what was printed, None if nothing.
        error: why the exercise as a whole did not run, None if it did.
        notes: remarks that cost nothing (parameters renamed, ...).
        flags: what an instructor should look at, in the order of the file.
        cell: of a notebook, code cell and line in it of ``line``, from 1; None for a file.
        withheld: points that are counted after the due date; in the students' record only, and not
            in ``max_score``.
    """

    name: str
    topic: str
    title: str
    asks: str
    file: str
    line: int | None
    status: ExerciseStatus
    score: float
    max_score: float
    duration_s: float
    cases: tuple[Case, ...]
    code: Excerpt | None = None
    hints: tuple[str, ...] = ()
    operations: tuple[Operation, ...] = ()
    output: Output | None = None
    error: Fault | None = None
    notes: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    cell: tuple[int, int] | None = None
    withheld: float = 0.0

    @property
    def label(self) -> str:
        """Topic and name, such as ``normalization/layer_norm``."""
        return f"{self.topic}/{self.name}"


class Option(Record, frozen=True):
    """What can be chosen in a question.

    Attributes:
        letter: how an answer names it.
        text: what it says.
    """

    letter: str
    text: str


class Reason(Record, frozen=True):
    """Why an option, or a value, is right or wrong.

    Attributes:
        about: the letter; empty if it is about the answer as a whole.
        text: the explanation.
    """

    about: str
    text: str


class Answered(Record, frozen=True):
    """A question and what was answered. While it is open, nothing here tells the answer.

    Attributes:
        name: identifier, unique in the course.
        kind: how it is answered (one choice, several choices, number, shape, order).
        asks: the question.
        options: what can be chosen; empty for a number and a shape.
        tolerance: by how much a number may differ; 0 for other kinds.
        status: see `AnswerStatus`; unreadable means that it is not of the question's kind.
        score: points earned.
        max_score: points to be had.
        yours: the learner's answer as text; empty while it is open.
        message: what was seen, in a sentence; empty if right or open.
        reasons: explanations of what was answered; of every option once it is right.
        line: where the answer stands in the learner's file, if known.
    """

    name: str
    kind: str
    asks: str
    options: tuple[Option, ...]
    tolerance: float
    status: AnswerStatus
    score: float
    max_score: float
    yours: str = ""
    message: str = ""
    reasons: tuple[Reason, ...] = ()
    line: int | None = None


class Quiz(Record, frozen=True):
    """The quiz of a topic.

    Attributes:
        name: topic and ``quiz``, such as ``normalization/quiz``.
        topic: such as ``normalization``.
        title: what it is about.
        file: the learner's file as it was named on the command line.
        line: the answer to look at first (a wrong one, else an open one), or where TOML breaks.
        status: passed if every answer is right; partial if some are; see `ExerciseStatus`.
        score: points earned.
        max_score: points to be had.
        questions: in the author's order.
        error: why the file could not be read, None if it could.
    """

    name: str
    topic: str
    title: str
    file: str
    line: int | None
    status: ExerciseStatus
    score: float
    max_score: float
    questions: tuple[Answered, ...]
    error: Fault | None = None

    @property
    def label(self) -> str:
        """Topic and ``quiz``: the name has both."""
        return self.name


class Environment(Record, frozen=True):
    """What a verdict depends on.

    Attributes:
        dlgrade: version of this package.
        python: version of the interpreter.
        torch: version.
        numpy: version.
        platform: operating system and processor.
        seed: the course seed that the inputs were drawn from; None if students must not know it.
        threads: torch threads in a worker.
        isolation: names of the layers that held the learner's code.
        isolation_mode: what was asked for: ``auto``, ``strict`` or ``off``.
        isolation_lacks: layer → why it could not be had.
        secret_seed: whether the seed is one that students must not know.
    """

    dlgrade: str
    python: str
    torch: str
    numpy: str
    platform: str
    seed: int | None
    threads: int
    isolation: tuple[str, ...]
    isolation_mode: Literal["auto", "strict", "off"] = "auto"
    isolation_lacks: dict[str, str] = {}
    secret_seed: bool = False


class Result(Record, frozen=True):
    """A graded submission.

    Attributes:
        schema: always ``dlgrade/result/v1``.
        score: points earned over all exercises and quizzes.
        max_score: points to be had.
        status: passed if every exercise and every quiz passes.
        environment: versions, seed, isolation.
        exercises: in the course's order.
        quizzes: in the course's order.
        duration_s: wall time of the grading, seconds.
    """

    score: float
    max_score: float
    status: ResultStatus
    environment: Environment
    exercises: tuple[Exercise, ...]
    quizzes: tuple[Quiz, ...] = ()
    duration_s: float = 0.0
    schema: Literal["dlgrade/result/v1"] = SCHEMA


def result_of(
    environment: Environment,
    exercises: Sequence[Exercise],
    quizzes: Sequence[Quiz],
    duration_s: float = 0.0,
) -> Result:
    """The record of a submission from the records of its parts.

    Args:
        environment: what their verdicts depend on.
        exercises: in the course's order.
        quizzes: in the course's order.
        duration_s: wall time of the grading, seconds.
    """
    parts: list[Exercise | Quiz] = [*exercises, *quizzes]
    statuses = {part.status for part in parts}
    status: ResultStatus = "failed"
    if "grader_error" in statuses:
        status = "grader_error"
    elif statuses == {"passed"}:
        status = "passed"
    elif statuses == {"not_started"}:
        status = "not_started"
    return Result(
        score=sum(part.score for part in parts),
        max_score=sum(part.max_score for part in parts),
        status=status,
        environment=environment,
        exercises=tuple(exercises),
        quizzes=tuple(quizzes),
        duration_s=round(duration_s, 4),
    )


def status_of(cases: Sequence[Case], fault: Fault | None) -> ExerciseStatus:
    """The status of an exercise from those of its cases."""
    statuses = {case.status for case in cases}
    if fault is not None:
        return "error"
    if "grader_error" in statuses:
        return "grader_error"
    if statuses <= {"not_started"}:
        return "not_started"
    if statuses == {"passed"}:
        return "passed"
    return "partial" if any(case.score > 0 for case in cases) else "failed"


def to_json(result: Result) -> bytes:
    """The record as indented JSON, keys in the order of the types, newline at the end."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2) + b"\n"


def from_json(data: bytes | str) -> Result:
    """Reads a record back.

    Raises:
        msgspec.ValidationError: if the data are not a ``dlgrade/result/v1`` record.
    """
    return msgspec.json.decode(data, type=Result)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a `Result`."""
    schema = msgspec.json.schema(Result)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA, **schema}
