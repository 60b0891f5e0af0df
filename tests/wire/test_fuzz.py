"""A million mutated frames in small: the decoder and the whole judge bear whatever is written.

The long run is ``python benchmarks/fuzz.py``.
"""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from grader.course import find, load
from grader.errors import WireError
from grader.exercise import Exercise
from grader.isolation import Mode
from grader.judge import request_for, tasks
from grader.oracle import Oracle, oracles
from grader.pool import Limits, Report
from grader.pool.report import build
from grader.result import Environment, Result, from_json, to_json
from grader.result import Exercise as ExerciseRecord
from grader.settings import Settings
from grader.submission import Submitted
from grader.verdict import MAX_INPUTS, MAX_MESSAGE, Verdict
from grader.wire.control import Ended, Entered, Scan, pack_entered
from grader.wire.frames import (
    Answer,
    DictNode,
    Finished,
    FunctionFacts,
    GeneratorNode,
    ListNode,
    Loaded,
    OpaqueNode,
    Raised,
    SuppliedNode,
    TensorNode,
    TupleNode,
    pack,
    read_frames,
)
from grader.wire.values import DTYPES, decode, encode
from grader.writers.html import render as render_html
from grader.writers.terminal import render as render_terminal

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FIXTURES = HERE.parent / "fixtures"
LIMITS = Limits()

# Wrong in what every function returns; what only a worker says about itself is in none of them.
WRONG = """
def double(x, times=2.0):
    return x + times

def shuffled(x, generator):
    return x * 2

def positive(number):
    return -number
"""


@pytest.fixture(scope="module")
def mutations() -> ModuleType:
    """The module ``mutations.py``, which lies beside the tests and in no package."""
    spec = importlib.util.spec_from_file_location("mutations", HERE / "mutations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Honest:
    """A submission whose worker was honest, and what the judge made of it."""

    submitted: Submitted
    exercise: Exercise
    oracles: dict[str, Oracle]
    report: Report

    @property
    def data(self) -> bytes:
        """What the worker wrote."""
        assert self.report.loaded is not None
        return b"".join(map(pack, (self.report.loaded, *self.report.answers, Finished())))

    @cached_property
    def record(self) -> ExerciseRecord:
        """What the honest worker earned."""
        return self.judged(self.report)

    def judged(self, report: Report) -> ExerciseRecord:
        """The record, had the worker reported this."""
        return Verdict(
            self.submitted, self.exercise, self.oracles, report, LIMITS, pictures=True, seed=0
        ).record()


@pytest.fixture(scope="module")
def honest(fork_pool) -> list[Honest]:
    """The right answers to the small courses of the tests and to two exercises, and a wrong one."""
    wanted = [
        *((find(FIXTURES / name), None) for name in ("course", "states")),
        (find(), ["learning_rate/schedule", "language_models/rnn"]),
    ]
    made = []
    for course, names in wanted:
        for entry in course.select(names) if names else course.entries:
            right = (course.solutions / f"{entry.label}.py").read_bytes()
            sources = [right, WRONG.encode()] if entry.name == "double" else [right]
            exercise = load(entry)
            known = oracles(entry, exercise, 0)
            for source in sources:
                submitted = Submitted(entry, f"{entry.label}.py", source)
                request = request_for(
                    submitted, exercise, tasks(submitted.entry, exercise, known, 0), Settings()
                )
                fork_pool.submit(80_000, request, LIMITS)
                made.append(Honest(submitted, exercise, known, fork_pool.wait()))
    return made


ENTERED = pack_entered(Entered((), Scan()))


def reported(data: bytes) -> Report:
    """The report on a worker that wrote this and ended by itself."""
    ended = Ended(
        id=0,
        exit_code=0,
        signal=None,
        why="itself",
        cpu_s=0.0,
        wall_s=1.0,
        max_rss=1,
        entered=ENTERED,
    )
    with tempfile.TemporaryFile() as answers, tempfile.TemporaryFile() as printed:
        answers.write(data)
        answers.flush()
        return build(ended, LIMITS, answers.fileno(), printed.fileno())


def check(base: Honest, report: Report, *, page: bool = False) -> ExerciseRecord:
    """Judges a report; the record costs nobody's points but the worker's own, and can be shown."""
    fair, record = base.record, base.judged(report)
    assert record.score <= fair.score
    assert record.max_score == fair.max_score, [case.message for case in record.cases]
    assert "grader_error" not in {record.status, *(case.status for case in record.cases)}
    result = as_result(record)
    for verbosity in (0, 1):
        assert render_terminal(result, verbosity=verbosity)
    if page:
        assert "</html>" in render_html(result)
    assert from_json(to_json(result)) == result
    return record


def as_result(record: ExerciseRecord) -> Result:
    """A result of this one exercise."""
    mode: Mode = "auto"
    environment = Environment(
        dlgrade="0", python="3", torch="2", numpy="2", platform="x", seed=0, threads=1,
        isolation=(), isolation_mode=mode,
    )  # fmt: skip
    return Result(
        score=record.score,
        max_score=record.max_score,
        status="passed" if record.status == "passed" else "failed",
        environment=environment,
        exercises=(record,),
    )


def test_the_corpus_is_honest(mutations: ModuleType) -> None:
    """Every file of it is read to its end; only so do its mutations reach every decoder."""
    for data in mutations.corpus():
        assert mutations.read(data) == len(mutations.frames(data))


def test_twenty_thousand_mutations_are_messages_or_refused() -> None:
    """In a process of bounded memory there is no other exception, and no frame takes long."""
    command = [sys.executable, str(ROOT / "benchmarks" / "fuzz.py"), "--frames", "20000"]
    done = subprocess.run(
        [*command, "--jobs", "1"],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = {line.split()[0]: line.split()[-1] for line in done.stdout.splitlines()[1:3]}
    assert sum(map(int, counts.values())) == 20_000
    assert int(counts["decoded"]) > 1_000


def test_the_judge_bears_mutated_answers(mutations: ModuleType, honest: list[Honest]) -> None:
    """From the bytes to the report: always a record, and never more points than honesty earns."""
    source, statuses = random.Random(11), set()
    for number in range(250):
        base = source.choice(honest)
        # Never those of the same exercise: with a right answer's frames a wrong one would be right.
        others = [other.data for other in honest if other.exercise.title != base.exercise.title]
        data = mutations.mutated(source, [base.data, *others] if number % 9 == 0 else [base.data])
        record = check(base, reported(data), page=number % 10 == 0)
        statuses |= {case.status for case in record.cases}
    assert {"passed", "failed", "crashed"} <= statuses


# Arbitrary nodes, most of them lies.

SHAPES = st.lists(st.sampled_from([0, 1, 2, 3, 5, -1, 2**40, 2**62]), max_size=4).map(tuple)
DATA = st.binary(max_size=48) | st.sampled_from([8, 40, 240]).map(bytes)
TENSORS = st.builds(
    TensorNode,
    st.sampled_from([*DTYPES, "float8", ""]),
    SHAPES,
    DATA,
    st.none() | SHAPES,
    st.booleans(),
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=8)
    | TENSORS
    | st.builds(OpaqueNode, st.text(max_size=8), st.text(max_size=8))
    | st.builds(GeneratorNode, st.integers(0, 9), st.integers(0, 9))
)
NODES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4).map(lambda items: ListNode(tuple(items)))
        | st.lists(inner, max_size=4).map(lambda items: TupleNode(tuple(items)))
        | st.lists(st.tuples(st.text(max_size=3) | st.integers(-3, 3), inner), max_size=3).map(
            lambda items: DictNode(tuple(items))
        )
        | st.dictionaries(st.text(max_size=3), inner, max_size=2).map(
            lambda given: SuppliedNode("Step", given)
        )
    ),
    max_leaves=12,
)


@st.composite
def near_lies(draw: st.DrawFn, node: TensorNode) -> TensorNode:
    """A tensor like the honest one in size, but of another type, shape, stride or content."""
    dtype = draw(st.sampled_from([node.dtype, *DTYPES]))
    count = len(node.data) // DTYPES[node.dtype].itemsize
    shape = draw(st.sampled_from([node.shape, (count,), (count, 1), (1, *node.shape), ()]))
    size = DTYPES[dtype].itemsize * (count if shape else 1)
    unit = draw(
        st.sampled_from(
            [b"\0", b"\x01", b"\xff" * 8, b"\0\0\0\0\0\0\xf0\x7f", b"\xff" * 7 + b"\x7f"]
        )
    )
    data = node.data if draw(st.booleans()) else (unit * size)[:size]
    strides = draw(st.none() | st.just((1,) * len(shape)))
    return TensorNode(dtype, shape, data, strides, draw(st.booleans()))


def lies(node: Any) -> st.SearchStrategy[Any]:
    """What a liar may put in the place of a node."""
    if isinstance(node, TensorNode):
        return near_lies(node) | NODES
    if isinstance(node, ListNode | TupleNode) and node.items:
        inner = st.tuples(*(st.just(item) | lies(item) for item in node.items))
        return inner.map(type(node)) | NODES
    return NODES


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(choice=st.data())
def test_the_judge_bears_liars(honest: list[Honest], choice: st.DataObject) -> None:
    """Well-formed frames that lie about tensors cross the wire, and earn nothing in the judge."""
    base = choice.draw(st.sampled_from(honest[:4]), label="base")
    answers = list(base.report.answers)
    place = choice.draw(st.integers(0, len(answers) - 1))
    answer = answers[place]
    kind = choice.draw(st.sampled_from(["values", "gradients", "inputs_after"]))
    if kind == "values" or not getattr(answer, kind):
        values = [choice.draw(lies(node)) for node in answer.values]
        answers[place] = structs.replace(answer, values=tuple(values))
    else:
        said = tuple(
            {name: choice.draw(lies(node)) for name, node in one.items()}
            for one in getattr(answer, kind)
        )
        answers[place] = structs.replace(answer, **{kind: said})
    assert base.report.loaded is not None
    written = b"".join(map(pack, (base.report.loaded, *answers, Finished())))
    check(base, reported(written))


def test_a_complex_gradient_of_a_float32_answer_is_wrong(honest: list[Honest]) -> None:
    """Its imaginary part is not dropped on the way to the comparison."""
    base, case = honest[0], "gradients_double_too"
    answer = next(answer for answer in base.report.answers if answer.case == case)
    assert answer.gradients is not None
    narrow = encode(decode(answer.values[0]).float())
    gradient = decode(answer.gradients[0]["x"])
    for dtype, status in ((torch.float64, "passed"), (torch.complex128, "failed")):
        forged = structs.replace(
            answer, values=(narrow,), gradients=({"x": encode(gradient.to(dtype))},)
        )
        answers = tuple(forged if one is answer else one for one in base.report.answers)
        record = check(base, structs.replace(base.report, answers=answers))
        assert next(one.status for one in record.cases if one.name == case) == status


# Bombs: small on the wire, large in memory or in the report.


BOMB = """
import resource
from pathlib import Path
from grader.errors import WireError
from grader.wire.frames import Loaded, pack, read_frames

start = b"\\x83\\xa4type\\xa6answer\\xa4case\\xa1a\\xacinputs_after\\xdd"
payload = start + (400_000).to_bytes(4, "big") + b"\\x80" * 400_000
bomb = pack(Loaded({})) + (len(payload).to_bytes(4, "big") + payload) * 160
pages = int(Path("/proc/self/statm").read_text().split()[0])
most = pages * resource.getpagesize() + 400 * 2**20
resource.setrlimit(resource.RLIMIT_AS, (most, most))
kept = []
try:
    kept.extend(read_frames(bomb))
except WireError as error:
    print(error)
"""


def test_frames_take_memory_in_proportion() -> None:
    """64 MB of empty dicts, which would be 4.6 GB, do not take 400 MB in the judge."""
    done = subprocess.run(
        [sys.executable, "-c", BOMB],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "a frame is cut short or has too many items\n", done.stderr


def test_a_long_tale_is_cut(honest: list[Honest]) -> None:
    """Names, shapes and reasons without end fill neither the judge's time nor the report."""
    base = honest[0]
    names = tuple(f"doubl{number}" for number in range(100_000))
    facts = FunctionFacts(1, 2, "(x)", True, "position")
    said = {name: facts for name in names[:20_000]}
    raised = Raised("E", "m", "other", shapes=dict.fromkeys(names, "float64"))
    first = structs.replace(base.report.answers[0], values=(), inputs_after=(), raised=raised)
    second = structs.replace(base.report.answers[1], globals_changed=names)
    assert base.report.loaded is not None
    functions = {"shuffled": base.report.loaded.functions["shuffled"], **said}
    for loaded in (base.report.loaded, Loaded(functions, defined=names)):
        answers = (first, second, *base.report.answers[2:])
        record = check(
            base, structs.replace(base.report, loaded=loaded, answers=answers), page=True
        )
        assert len(to_json(as_result(record))) < 200_000
        assert record.notes == ()
        for case in record.cases:
            assert len(case.message) <= MAX_MESSAGE
            assert case.evidence is None or len(case.evidence.inputs) <= MAX_INPUTS


def test_frames_out_of_order_end_the_reading() -> None:
    """What came before counts; nothing after it does."""
    loaded = pack(Loaded({}))
    report = reported(loaded + pack(Answer(case="a")) + loaded + pack(Answer(case="b")))
    assert [answer.case for answer in report.answers] == ["a"]
    assert report.broken == "the messages are out of order"
    with pytest.raises(WireError):
        list(read_frames(loaded[:-1]))
