"""The formats for CI: goldens for their looks, and rules that hold for each, whatever the text."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, get_args
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from grader.result import CaseStatus, Exercise, Fault, Quiz, Result, from_json
from grader.writers import github, gitlab, junit, markdown, spreadsheet
from grader.writers.checks import BAD, checks, to_look_at
from grader.writers.formats import FORMATS
from grader.writers.occasion import Occasion, path_from

OCCASION = Occasion(
    environment={
        "GITHUB_WORKSPACE": "/repo",
        "CI_PROJECT_DIR": "/repo",
        **{name: f"submit/{name.lower()}" for name in FORMATS["classroom50"].needs},
    },
    now=datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC),
    folder="/repo/class",
)
SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))
COMMAND = re.compile(r"::(\w+) ((?:\w+=[^,:\r\n]*)(?:,\w+=[^,:\r\n]*)*)::([^\r\n]*)")
HTML = {"html_block", "html_inline", "link_open", "image"}

# Without an encoding in mind, `characters` gives lone surrogates too.
TEXTS = st.lists(
    st.one_of(
        st.text(st.characters()),
        st.text(st.sampled_from("`|<>[]()!*_~\\#&@:%,\n\r\t=+-' ]>w.x")),
        st.sampled_from(["]]>", "::error::x", "##[error]x", "\n::stop-commands::x", "</details>"]),
    ),
    min_size=1,
    max_size=40,
)
ANY_TEXT = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Level, properties and message of each line, as the runner reads them."""
    found = []
    for line in text.splitlines():
        match = COMMAND.fullmatch(line)
        assert match is not None, line
        properties = dict(pair.split("=", 1) for pair in match[2].split(","))
        found.append((match[1], {k: decoded(v) for k, v in properties.items()}, decoded(match[3])))
    return found


def decoded(text: str) -> str:
    """What the runner makes of a value."""
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
        text = text.replace(code, character)
    return text.replace("%25", "%")


def many(sample: ModuleType, number: int, **changes: Any) -> Result:
    """A result in which this many exercises fail."""
    each = sample.attention()
    return sample.result(
        *(replace(each, name=f"exercise_{place}", **changes) for place in range(number))
    )


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "json"])
def test_looks_like_its_golden(
    name: str, sample: ModuleType, golden: Callable[[str, str], None]
) -> None:
    """Every format of a mixed result is as it was accepted."""
    suffix = Path(FORMATS[name].file).suffix or ".txt"
    text = FORMATS[name].render(sample.mixed(), OCCASION)

    golden(f"formats/{name}{suffix}", text.replace("\r\n", "\n"))


def test_the_step_summary_looks_like_its_golden(
    sample: ModuleType, golden: Callable[[str, str], None]
) -> None:
    """It is what the format appends to the file that the runner names."""
    render = FORMATS["github"].appended["GITHUB_STEP_SUMMARY"]

    golden("formats/github-summary.md", render(sample.mixed(), OCCASION))


def test_the_registry_names_each_format_as_it_is_called() -> None:
    """No two go to one file by default, and each says who reads it."""
    assert [each.name for each in FORMATS.values()] == list(FORMATS)
    files = [each.file for each in FORMATS.values() if each.file != "-"]
    assert len(set(files)) == len(files)
    assert all(each.summary for each in FORMATS.values())


def test_json_is_the_record(sample: ModuleType) -> None:
    """What a programme reads back is what was written."""
    text = FORMATS["json"].render(sample.mixed(), OCCASION)

    assert from_json(text) == sample.mixed()


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_graded_is_a_valid_output(name: str, sample: ModuleType) -> None:
    """An empty result breaks nobody's parser."""
    text = FORMATS[name].render(sample.result(), OCCASION)

    assert text.endswith("\n")


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "json"])
def test_text_of_any_length_is_shortened(name: str, sample: ModuleType) -> None:
    """A message of a million characters does not make a file of a million."""
    text = FORMATS[name].render(sample.result(sample.hostile()), OCCASION)

    assert len(text) < 20_000


# What becomes of each status.


def test_statuses_become_those_of_test_reports(sample: ModuleType) -> None:
    """Wrong is a failure, not run an error, not judged skipped; nothing else."""
    case = sample.attention().cases[0]
    seen = {
        status: checks(replace(sample.attention(), cases=(replace(case, status=status),)))[0]
        for status in get_args(CaseStatus)
    }

    outcomes: dict[str, set[str]] = {}
    for status, check in seen.items():
        outcomes.setdefault(check.outcome, set()).add(status)
    assert outcomes == {
        "passed": {"passed"},
        "failure": {"failed", "forbidden"},
        "error": {"error", "timeout", "crashed", "grader_error"},
        "skipped": {"waiting", "not_started", "withheld"},
    }


def test_a_file_that_does_not_run_is_an_error_for_each_of_its_cases(sample: ModuleType) -> None:
    """With the reason in each; a file without cases is one check of its own name."""
    waiting = sample.layer_norm().cases[-1]
    fault = Fault(kind="syntax", message="Line 6 is not Python.")
    part = replace(sample.broken(), cases=(waiting, replace(waiting, name="b")), error=fault)

    assert [(c.name, c.outcome, c.message) for c in checks(part)] == [
        (waiting.name, "error", "Line 6 is not Python."),
        ("b", "error", "Line 6 is not Python."),
    ]
    (whole,) = checks(replace(part, cases=()))
    assert (whole.name, whole.outcome, whole.max_score) == ("perplexity", "error", 6)
    assert whole.line == 6 or whole.line == part.line


def test_what_is_missing_is_skipped(sample: ModuleType) -> None:
    """A file that is not there is not started, in a quiz as in code."""
    fault = Fault(kind="file_missing", message="there is no file a/b.py")
    exercise = replace(sample.untouched(), cases=(), error=fault)
    quiz = replace(sample.quiz(), status="not_started", error=fault)

    assert [c.outcome for c in checks(exercise)] == ["skipped"]
    assert {c.outcome for c in checks(quiz)} == {"skipped", "passed"}
    assert to_look_at(exercise) is None


def test_the_answers_of_a_quiz_are_checks(sample: ModuleType) -> None:
    """Right, wrong, open, and not to be read; a file that is not TOML is an error for each."""
    outcomes = [check.outcome for check in checks(sample.quiz())]
    broken = replace(sample.quiz(), status="error", error=sample.broken_quiz().error)

    assert outcomes == ["passed", "failure", "skipped", "failure"]
    assert {c.outcome for c in checks(broken)} == {"passed", "error"}


def test_a_fault_of_the_grader_is_looked_at_last(sample: ModuleType) -> None:
    """Where something is to be mended, that comes first."""
    unjudged = sample.unjudged().cases[0]
    wrong = sample.attention()
    both = replace(wrong, cases=(unjudged, *wrong.cases))

    first, only = to_look_at(both), to_look_at(replace(wrong, cases=(unjudged,)))
    assert first is not None and only is not None
    assert (first.status, only.status) == ("error", "grader_error")


def test_what_is_not_started_beside_right_answers_is_to_be_mended(sample: ModuleType) -> None:
    """An untouched exercise is not; one with a function left over is; open answers are not."""
    case = sample.untouched().cases[0]
    part = replace(sample.warmup(), status="partial", cases=(*sample.warmup().cases, case))
    found = to_look_at(part)

    assert found is not None and found.name == case.name
    assert to_look_at(sample.untouched()) is None
    open_quiz = replace(sample.quiz(), questions=sample.quiz().questions[:1])
    assert to_look_at(open_quiz) is None


# JUnit.


@ANY_TEXT
@given(texts=TEXTS)
def test_junit_is_valid_whatever_the_text(sample: ModuleType, texts: list[str]) -> None:
    """The strict dialect follows the schema, the other is the same but for file and line."""
    result = sample.retold(sample.mixed(), itertools.cycle(texts))
    strict = junit.render(result, OCCASION)
    lined = junit.render_lines(result, OCCASION)

    SCHEMA.validate(strict.encode())
    root = ET.fromstring(lined.encode())
    for test in root.iter("testcase"):
        test.attrib.pop("file")
        test.attrib.pop("line", None)
    SCHEMA.validate(ET.tostring(root))


def test_the_schema_of_the_tests_is_strict(sample: ModuleType) -> None:
    """It refuses file and line on a test, and a count that is missing."""
    for broken in (
        junit.render_lines(sample.mixed(), OCCASION),
        junit.render(sample.mixed(), OCCASION).replace(' errors="0"', "", 1),
        junit.render(sample.mixed(), OCCASION)
        .replace("<failure", "<failed")
        .replace("</failure", "</failed"),
    ):
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            SCHEMA.validate(broken.encode())


def test_the_counts_of_junit_are_those_of_its_tests(sample: ModuleType) -> None:
    """In every suite and in the whole; points are properties of the suite."""
    root = ET.fromstring(junit.render(sample.mixed(), OCCASION).encode())

    for suite in root.findall("testsuite"):
        tests = suite.findall("testcase")
        assert suite.get("tests") == str(len(tests))
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(count) == str(sum(test.find(tag) is not None for test in tests))
    for count in ("tests", "failures", "errors"):
        total = sum(int(suite.get(count, "")) for suite in root.findall("testsuite"))
        assert root.get(count) == str(total)
    suites = {suite.get("name"): suite for suite in root.findall("testsuite")}
    properties = suites["normalization/layer_norm"].findall("properties/property")
    assert {each.get("name"): each.get("value") for each in properties} == {
        "score": "5",
        "max_score": "8",
        "status": "partial",
    }
    assert suites["normalization/layer_norm"].findtext("testcase/system-out") == "3 of 3 points"


def test_junit_says_why_in_message_and_text(sample: ModuleType) -> None:
    """Some readers show only one of the two."""
    root = ET.fromstring(junit.render_lines(sample.result(sample.attention()), OCCASION).encode())
    (test,) = root.iter("testcase")
    error = test.find("error")

    assert error is not None and error.text is not None
    assert error.get("message", "").startswith("RuntimeError: mat1 and mat2")
    assert "RuntimeError: mat1 and mat2" in error.text
    assert "class/exercises/transformers/attention.py:9" in error.text
    assert test.get("file") == "class/exercises/transformers/attention.py"
    assert (test.get("line"), test.get("classname")) == ("9", "transformers.attention")


# GitHub.


def test_annotations_are_on_the_learners_lines(sample: ModuleType) -> None:
    """The line that the cause names, that of an exception, of a syntax error, of an answer."""
    result = sample.mixed()
    found = {p["title"].split(":")[0]: p for _, p, _ in commands(github.render(result, OCCASION))}

    assert found["layer_norm"]["file"] == "class/exercises/normalization/layer_norm.py"
    lines = {name: found[name]["line"] for name in ("layer_norm", "attention", "perplexity")}
    assert lines == {"layer_norm": "18", "attention": "9", "perplexity": "6"}
    assert found["optimization/quiz"]["line"] == "20"
    assert "softmax" not in found


def test_a_failure_without_a_cause_is_at_its_function(sample: ModuleType) -> None:
    """Where two functions are in the file and the first is a stub, it is not at the stub."""
    part = sample.layer_norm()
    case = replace(part.cases[2], diagnosis=None, function="second")
    code = replace(
        part.code,
        lines=(
            "def layer_norm(x):",
            "    raise NotImplementedError",
            "",
            "def second(x):",
            "    x",
        ),
    )
    check = to_look_at(replace(part, line=14, code=code, cases=(case,)))

    assert check is not None
    assert check.line == 17
    gone = to_look_at(replace(part, line=14, code=None, cases=(case,)))
    assert gone is not None and gone.line == 14


def test_a_notebook_names_cell_and_line(sample: ModuleType) -> None:
    """The lines of its file are those of JSON, so none is annotated."""
    part = sample.layer_norm()
    cells = tuple((3, line) for line in range(1, 7))
    code = replace(part.code, lines=part.code.lines[:6], cells=cells)
    book = replace(part, file="work.ipynb", cell=(3, 1), code=code)
    (level, properties, message), *_ = commands(github.render(sample.result(book), OCCASION))

    assert level == "error"
    assert properties["file"] == "class/work.ipynb"
    assert "line" not in properties
    assert message.startswith("class/work.ipynb, cell 3, line 5\n")
    test = next(ET.fromstring(junit.render_lines(sample.result(book), OCCASION)).iter("testcase"))
    assert test.get("line") is None


@pytest.mark.parametrize(("failing", "errors"), [(0, 0), (1, 1), (10, 10), (11, 10), (40, 10)])
def test_a_step_makes_at_most_ten_errors(sample: ModuleType, failing: int, errors: int) -> None:
    """The last one counts those that have no room, and names them."""
    found = commands(github.render(many(sample, failing), OCCASION))

    levels = [level for level, _, _ in found]
    assert levels == ["error"] * errors + ["notice"]
    if failing > 10:
        _, properties, message = found[9]
        assert properties == {"title": f"{failing - 9} more to mend"}
        assert message.startswith("exercise_9, exercise_10")


def test_a_fault_of_the_grader_is_a_warning(sample: ModuleType) -> None:
    """At most ten of them; it is never an error on the learner's line."""
    unjudged = sample.unjudged()
    every = [replace(unjudged, name=f"exercise_{place}") for place in range(12)]
    found = commands(github.render(sample.result(*every), OCCASION))

    assert [level for level, _, _ in found] == ["warning"] * 10 + ["notice"]
    assert "the grader's fault, not yours" in found[0][2]
    assert found[9][1]["title"] == "3 more not judged"


def test_what_is_not_started_is_named_once(sample: ModuleType) -> None:
    """It is no annotation of its own."""
    ((level, properties, message),) = commands(
        github.render(sample.result(sample.untouched(), sample.warmup()), OCCASION)
    )

    assert (level, properties) == ("notice", {"title": "dlgrade"})
    assert message == "1 of 2 exercises passes, 6 of 15 points. Not started: kaiming_normal."


@ANY_TEXT
@given(texts=TEXTS)
def test_no_text_makes_a_command_of_its_own(sample: ModuleType, texts: list[str]) -> None:
    """Each line is one command of ours, and can be encoded."""
    text = github.render(sample.retold(sample.mixed(), itertools.cycle(texts)), OCCASION)

    text.encode()
    found = commands(text)
    assert {level for level, _, _ in found} <= {"error", "warning", "notice"}
    assert all(set(properties) <= {"file", "line", "title"} for _, properties, _ in found)
    expected = len(
        [p for p in (*sample.mixed().exercises, *sample.mixed().quizzes) if to_look_at(p)]
    )
    assert len(found) == expected + 1


# Markdown.


def tokens(text: str) -> Iterator[Any]:
    """What a reader of Markdown makes of a text, the insides of blocks as well."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    for token in reader.parse(text):
        yield token
        yield from token.children or ()


@ANY_TEXT
@given(texts=TEXTS)
@pytest.mark.parametrize("name", ["gitlab", "markdown", "github-summary"])
def test_no_text_acts_in_markdown(sample: ModuleType, name: str, texts: list[str]) -> None:
    """No HTML but our own, no link, no picture, no heading more, no row more."""
    render = FORMATS[name].render if name in FORMATS else github.summary
    plain = sample.mixed()
    hostile = sample.retold(plain, itertools.cycle(texts))
    text = render(hostile, OCCASION)

    text.encode()
    seen = [(t.type, t.content.strip()) for t in tokens(text) if t.type in HTML]
    own = {gitlab.MARKER, "</details>"} if name == "gitlab" else set()
    summaries = [c for _, c in seen if c.startswith("<details><summary>")]
    assert all(re.fullmatch(r"<details><summary>[^<>]*</summary>", c) for c in summaries)
    assert {content for _, content in seen} - own <= set(summaries)
    assert len(summaries) == (len(found_in(hostile)) if name == "gitlab" else 0)
    for kind in ("tr_open", "heading_open", "table_open", "fence"):
        assert shape(text, kind) == shape(render(plain, OCCASION), kind), kind


def found_in(result: Result) -> list[Exercise | Quiz]:
    """The parts with something to mend."""
    return [part for part in (*result.exercises, *result.quizzes) if to_look_at(part)]


def shape(text: str, kind: str) -> int:
    """How often something is in a document."""
    return sum(token.type == kind for token in tokens(text))


def test_a_summary_has_room_for_what_matters(sample: ModuleType) -> None:
    """It stays under its limit and says how much is left out; so does a note."""
    result = many(sample, 6_000)
    for render, limit in ((github.summary, 2**20), (gitlab.render, 1_000_000)):
        text = render(result, OCCASION)
        assert 500_000 < len(text.encode()) < limit
        shown = text.count("next:  dlgrade hint")
        assert f"… {6_000 - shown} more exercises had no room here." in text
    assert markdown.render(result, OCCASION).count("next:  dlgrade hint") == 6_000


@given(text=st.lists(st.sampled_from(["```", "````", "`", "|", "a", " ", "\n"])).map("".join))
def test_code_stays_code(text: str) -> None:
    """A span and a block hold what they were given, however many backticks it has."""
    found = [t for t in tokens(markdown.fenced(text)) if t.type == "fence"]
    assert [each.content for each in found] == [f"{text}\n"]
    shown = " ".join(text.split())
    if shown:
        code = [t.content for t in tokens(markdown.span(text)) if t.type == "code_inline"]
        assert code == [shown]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("see https://x.y", "see https\\://x.y"),
        ("WWW.x.y", "WWW\\.x.y"),
        ("layer_norm is _new_", "layer_norm is \\_new\\_"),
        ("[-b, b] <i> #1 a|b", "\\[-b, b\\] \\<i\\> \\#1 a\\|b"),
    ],
)
def test_words_stand_for_themselves(text: str, escaped: str) -> None:
    """No address becomes a link; a name with an underscore stays readable."""
    assert markdown.plain(text) == escaped


def test_a_note_begins_with_its_marker(sample: ModuleType) -> None:
    """A job finds its own note by that line."""
    assert gitlab.render(sample.mixed(), OCCASION).startswith("<!-- dlgrade -->\n\n# ")


# CSV.


def rows(text: str) -> list[dict[str, str]]:
    """What a programme reads."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


@ANY_TEXT
@given(texts=TEXTS)
def test_no_cell_is_a_formula(sample: ModuleType, texts: list[str]) -> None:
    """Nothing that a learner writes is computed, and there are as many rows as checks."""
    result = sample.retold(sample.mixed(), itertools.cycle(texts))
    found = rows(spreadsheet.render(result, OCCASION))

    assert len(found) == sum(len(checks(part)) for part in (*result.exercises, *result.quizzes))
    for row in found:
        assert tuple(row) == spreadsheet.COLUMNS
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())
        assert not any("\n" in cell for cell in row.values())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_formulas_are_defused(text: str) -> None:
    """By an apostrophe; what is no formula has none."""
    assert spreadsheet.harmless(text).startswith(("'", "\\x"))
    assert spreadsheet.harmless("a=1") == "a=1"


def test_a_row_has_the_points_and_the_place(sample: ModuleType) -> None:
    """And the cause, where it is known; the points of a file without cases are its own."""
    found = rows(spreadsheet.render(sample.mixed(), OCCASION))
    row = next(row for row in found if row["case"] == "population_variance")

    assert (row["topic"], row["exercise"], row["status"]) == (
        "normalization",
        "layer_norm",
        "failed",
    )
    assert (row["score"], row["max_score"], row["line"]) == ("0", "2", "18")
    assert row["cause"] == "divides the variance by n - 1"
    assert row["file"] == "exercises/normalization/layer_norm.py"
    broken = next(row for row in found if row["exercise"] == "perplexity")
    assert (broken["score"], broken["max_score"]) == ("0", "6")


# Places.


@pytest.mark.parametrize(
    ("root", "file", "named"),
    [
        ("/repo", "exercises/a.py", "class/exercises/a.py"),
        ("", "exercises/a.py", "exercises/a.py"),
        ("/repo", "/repo/class/a.py", "class/a.py"),
        ("", "/repo/class/a.py", "a.py"),
        ("", "/repo/other/a.py", "/repo/other/a.py"),
        ("/repo", "../other/a.py", "other/a.py"),
        ("/elsewhere", "./a.py", "a.py"),
        ("/rep", "a.py", "a.py"),
        ("/repo", "../../etc/a.py", "../../etc/a.py"),
    ],
)
def test_files_are_named_from_the_repository(root: str, file: str, named: str) -> None:
    """Else from the current folder, else as they were; a name's beginning is no folder."""
    assert path_from(root, file, "/repo/class") == named


def test_bad_outcomes_are_those_that_readers_count() -> None:
    """The two that a test report has a number for."""
    assert set(BAD) == {"failure", "error"}
