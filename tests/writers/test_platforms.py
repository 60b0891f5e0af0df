"""Gradescope, PrairieLearn and Classroom 50: what their readers ask for, whatever was graded."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.result import Output, Result
from grader.writers import classroom50, gradescope, prairielearn
from grader.writers.occasion import Occasion

VISIBILITY = {"enum": ["visible", "hidden", "after_due_date", "after_published"]}
TEXT_FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
NUMBER = {"type": "number", "minimum": 0}
TEXT = {"type": "string", "minLength": 1}

GRADESCOPE = {
    "type": "object",
    "required": ["tests"],
    "additionalProperties": False,
    "properties": {
        "score": NUMBER,
        "execution_time": NUMBER,
        "output": {"type": "string"},
        "output_format": TEXT_FORMAT,
        "test_output_format": TEXT_FORMAT,
        "test_name_format": TEXT_FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "status"],
                "dependentRequired": {"score": ["max_score"], "max_score": ["score"]},
                "properties": {
                    "score": NUMBER,
                    "max_score": NUMBER,
                    "status": {"enum": ["passed", "failed"]},
                    "name": TEXT,
                    "name_format": TEXT_FORMAT,
                    "number": {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
                    "output": {"type": "string"},
                    "output_format": TEXT_FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}

PRAIRIELEARN = {
    "type": "object",
    "required": ["score", "gradable"],
    "properties": {
        "score": {"type": "number", "minimum": 0, "maximum": 1},
        "gradable": {"type": "boolean"},
        "succeeded": {"type": "boolean"},
        "message": {"type": "string"},
        "output": {"type": "string"},
        "format_errors": {"type": "array", "items": TEXT, "minItems": 1},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "points", "max_points"],
                "properties": {
                    "name": TEXT,
                    "description": {"type": "string"},
                    "points": NUMBER,
                    "max_points": NUMBER,
                    "message": {"type": "string"},
                    "output": {"type": "string"},
                    "images": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["url"],
                            "properties": {
                                "url": {"type": "string", "pattern": "^data:image/"},
                                "label": {"type": "string"},
                            },
                        },
                    },
                },
            },
        },
    },
}

WHOLE = {"type": "integer", "minimum": 0}
CLASSROOM50 = {
    "type": "object",
    "additionalProperties": False,
    "required": [
        *("schema", "classroom", "assignment", "submission", "commit", "release", "review"),
        *("datetime", "score", "max-score", "tests"),
    ],
    "properties": {
        "schema": {"const": "classroom50/result/v1"},
        "classroom": TEXT,
        "assignment": TEXT,
        "assignment_type": {"enum": ["individual", "group", "team"]},
        "owner": TEXT,
        "submission": {"type": "string", "pattern": "^submit/"},
        "commit": TEXT,
        "release": TEXT,
        "review": TEXT,
        "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "score": WHOLE,
        "max-score": WHOLE,
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {
                    "test-name": TEXT,
                    "passed": {"type": "boolean"},
                    "score": WHOLE,
                    "max-score": WHOLE,
                },
            },
        },
    },
}

WRITERS: dict[str, tuple[Callable[[Result, Occasion], str], dict[str, Any]]] = {
    "gradescope": (gradescope.render, GRADESCOPE),
    "prairielearn": (prairielearn.render, PRAIRIELEARN),
    "classroom50": (classroom50.render, CLASSROOM50),
}
OCCASION = Occasion(
    environment={
        "CLASSROOM": "deep-learning",
        "ASSIGNMENT": "week-3",
        "SUBMISSION_TAG": "submit/2026-11-23",
        "COMMIT_URL": "https://git.example/commit/1",
        "RELEASE_URL": "https://git.example/release/1",
        "REVIEW_URL": "https://git.example/review/1",
        "OWNER": "ada",
        "ASSIGNMENT_TYPE": "individual",
    },
    now=datetime(2026, 11, 23, 12, 30, tzinfo=UTC),
)


def read(name: str, result: Result) -> Any:
    """The file as its reader sees it, checked against the facts of its specification."""
    render, schema = WRITERS[name]
    record = json.loads(render(result, OCCASION))
    jsonschema.validate(record, schema)
    return record


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("kind", ["mixed", "perfect", "full_course", "nothing", "hostile"])
def test_every_result_is_valid(name: str, kind: str, sample: ModuleType) -> None:
    """Whatever was graded, the reader takes the file."""
    result = {
        "mixed": sample.mixed,
        "perfect": sample.perfect,
        "full_course": sample.full_course,
        "nothing": sample.result,
        "hostile": lambda: sample.result(sample.hostile()),
    }[kind]()
    text = WRITERS[name][0](result, OCCASION)

    jsonschema.validate(json.loads(text), WRITERS[name][1])
    assert "\x1b" not in text and "\r" not in text


def test_gradescope_sums_to_the_result(sample: ModuleType) -> None:
    """The points stand at the tests, and nothing at the top overrides them."""
    result = sample.mixed()
    record = read("gradescope", result)

    assert sum(test.get("score", 0) for test in record["tests"]) == pytest.approx(result.score)
    most = sum(test.get("max_score", 0) for test in record["tests"])
    assert most == pytest.approx(result.max_score)
    assert "score" not in record
    assert len({test["number"] for test in record["tests"]}) == len(record["tests"])


@pytest.mark.parametrize(
    ("own", "theirs"),
    [("visible", "visible"), ("after_due", "after_due_date"), ("hidden", "hidden")],
)
def test_gradescope_hides_what_is_hidden(own: str, theirs: str, sample: ModuleType) -> None:
    """A case's visibility is said in Gradescope's words, and its stdout is the instructor's."""
    exercise = sample.layer_norm()
    first, *others = exercise.cases
    cases = (msgspec.structs.replace(first, visibility=own), *others)
    record = read("gradescope", sample.result(msgspec.structs.replace(exercise, cases=cases)))

    assert [test["visibility"] for test in record["tests"][:2]] == [theirs, "visible"]
    assert record["stdout_visibility"] == "hidden"


def test_gradescope_does_not_sum_up_what_is_not_due(sample: ModuleType) -> None:
    """The text at the top is there at once, and tells nothing of a case that is shown later."""
    exercise = sample.layer_norm()
    said = set()
    for status, score in (("failed", 0.0), ("passed", exercise.cases[0].max_score)):
        first = msgspec.structs.replace(
            exercise.cases[0], visibility="after_due", status=status, score=score
        )
        cases = (first, *exercise.cases[1:])
        total = sum(case.score for case in cases)
        changed = msgspec.structs.replace(exercise, cases=cases, score=total)
        said.add(read("gradescope", sample.result(changed))["output"])

    assert len(said) == 1


def test_what_the_grader_failed_to_judge_is_said_at_the_top(sample: ModuleType) -> None:
    """It is a remark without points, which costs nothing."""
    record = read("gradescope", sample.result(sample.unjudged()))

    assert "not fully judged: the grader's fault, not yours" in record["output"]
    unjudged = [t for t in record["tests"] if t["extra_data"]["status"] == "grader_error"]
    assert unjudged and all("score" not in test for test in unjudged)


def test_prairielearn_says_the_share_of_the_points(sample: ModuleType) -> None:
    """The score is a fraction, and every test has its points."""
    result = sample.mixed()
    record = read("prairielearn", result)

    assert record["score"] == pytest.approx(result.score / result.max_score)
    assert sum(test["max_points"] for test in record["tests"]) == pytest.approx(result.max_score)


def test_prairielearn_does_not_use_up_an_attempt_on_what_cannot_be_read(
    sample: ModuleType,
) -> None:
    """A syntax error in the only file is an error of format; with a second file it is not."""
    alone = read("prairielearn", sample.result(sample.broken()))
    beside = read("prairielearn", sample.result(sample.broken(), sample.layer_norm()))

    assert alone["gradable"] is False
    assert len(alone["format_errors"]) == 1
    assert beside["gradable"] is True


def test_prairielearn_shows_the_pictures(sample: ModuleType) -> None:
    """A drawing travels as a data URL that is an image by itself."""
    record = read("prairielearn", sample.result(sample.layer_norm()))
    (image,) = [image for test in record["tests"] for image in test["images"]]
    root = ElementTree.fromstring(base64.b64decode(image["url"].partition(",")[2]))

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert image["label"].startswith("Every value is smaller by the same factor")


def test_prairielearn_leaves_out_what_could_act(sample: ModuleType) -> None:
    """A drawing with a script in it is none."""
    text = json.dumps(read("prairielearn", sample.result(sample.hostile())))

    assert "data:image/svg+xml" not in text or "script" not in base64.b64decode(
        text.partition("base64,")[2].partition('"')[0]
    ).decode("utf-8", "replace")


def test_prairielearn_stays_below_its_limit(sample: ModuleType) -> None:
    """Pictures go first, then texts; the points stay."""
    big = msgspec.structs.replace(
        sample.layer_norm(), output=Output(head="x" * 10**6, tail="", cut=0)
    )
    result = sample.result(*(big for _ in range(300)))
    text = prairielearn.render(result, OCCASION)

    assert len(text.encode()) <= prairielearn.LARGEST
    tests = json.loads(text)["tests"]
    assert sum(test["points"] for test in tests) == pytest.approx(result.score)
    assert not any(test["images"] for test in tests)


def test_classroom50_sums_agree(sample: ModuleType) -> None:
    """The totals are those of the tests, and no test has more than its maximum."""
    record = read("classroom50", sample.mixed())

    assert record["score"] == sum(test["score"] for test in record["tests"])
    assert record["max-score"] == sum(test["max-score"] for test in record["tests"])
    assert all(test["score"] <= test["max-score"] for test in record["tests"])


def test_classroom50_leaves_out_what_the_runner_stamps(sample: ModuleType) -> None:
    """Owner and type may be missing; the runner writes them itself."""
    given = {k: v for k, v in OCCASION.environment.items() if k in classroom50.FIELDS.values()}
    record = json.loads(classroom50.render(sample.perfect(), Occasion(given, OCCASION.now)))

    jsonschema.validate(record, CLASSROOM50)
    assert "owner" not in record


def test_whole_points_by_largest_remainder() -> None:
    """Where the halves fall: the sum is right, and who is nearest to the next number gets it."""
    assert classroom50.apportion([2.5, 2.5, 1]) == [3, 2, 1]
    assert classroom50.apportion([0.4, 0.4, 0.4]) == [1, 0, 0]
    assert classroom50.apportion([1.2, 2.7, 3.1]) == [1, 3, 3]
    assert classroom50.apportion([]) == []


@given(shares=st.lists(st.floats(0, 100, allow_nan=False), max_size=30))
def test_apportioning_is_fair(shares: list[float]) -> None:
    """Nobody is moved by a point or more, and the sum is the rounded sum."""
    whole = classroom50.apportion(shares)

    assert all(abs(got - share) < 1 for got, share in zip(whole, shares, strict=True))
    assert abs(sum(whole) - sum(shares)) <= 0.5 + 1e-6


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    points=st.lists(
        st.tuples(st.floats(0.1, 9, allow_nan=False), st.booleans()), min_size=1, max_size=12
    )
)
def test_what_passes_has_all_of_its_points(
    sample: ModuleType, points: list[tuple[float, bool]]
) -> None:
    """A right case has its whole maximum in whole points too, a wrong one nothing."""
    cases = tuple(
        msgspec.structs.replace(
            sample.passed(f"case_{place}", "f", "holds", most),
            status="passed" if right else "failed",
            score=most if right else 0.0,
        )
        for place, (most, right) in enumerate(points)
    )
    exercise = msgspec.structs.replace(sample.layer_norm(), cases=cases)
    record = read("classroom50", sample.result(exercise))

    for test, (_, right) in zip(record["tests"], points, strict=True):
        assert test["score"] == (test["max-score"] if right else 0)
        assert test["passed"] is right


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(st.text(st.characters()), min_size=1, max_size=20))
def test_any_text_is_taken(sample: ModuleType, texts: list[str]) -> None:
    """Lone surrogates and control characters leave valid files behind."""
    result = sample.retold(sample.mixed(), itertools.cycle(["x", *texts]))
    for name in WRITERS:
        read(name, result)
