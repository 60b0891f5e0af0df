"""What a learner is told when the fault is not a value: each has a message of its own."""

from __future__ import annotations

import pytest

from grader.result import Case, Exercise


def case(record: Exercise, name: str = "twice_as_much") -> Case:
    """One case of a record."""
    return next(one for one in record.cases if one.name == name)


def test_the_right_answer_passes(graded) -> None:
    """A right answer earns everything and says nothing."""
    record = graded()
    assert (record.status, record.score, record.max_score) == ("passed", 7.0, 7.0)
    assert [c.message for c in record.cases] == [""] * 5


def test_a_syntax_error_shows_its_line(graded) -> None:
    """The learner's own line is marked."""
    record = graded(whole="def double(x):\n    return x *\n")
    assert record.status == "error"
    assert record.error is not None
    assert record.error.kind == "syntax"
    assert "at line 2" in record.error.message
    assert record.error.excerpt is not None
    assert record.error.excerpt.marked == 2
    assert record.score == 0


def test_an_import_error_says_what_may_be_imported(graded) -> None:
    """Files are graded alone."""
    record = graded(whole="import torch\nfrom my_other_file import thing\n")
    assert record.error is not None
    assert record.error.kind == "import"
    assert "my_other_file" in record.error.message
    assert "graded on its own" in record.error.message


def test_an_error_while_importing_is_not_called_an_import_error(graded) -> None:
    """A file that raises at its top level says so."""
    record = graded(whole="import torch\nx = 1 / 0\n")
    assert record.error is not None
    assert "the file stops at line 2" in record.error.message
    assert "ZeroDivisionError" in record.error.message


def test_a_misspelt_function_is_told_the_near_name(graded) -> None:
    """The function that is there is named."""
    record = graded("def duoble(x, times=2.0): return x\ndel double")
    assert case(record).status == "error"
    assert case(record).message == (
        "there is no function double, but there is duoble: rename it to double"
    )


def test_an_empty_file_has_no_functions(graded) -> None:
    """An empty file is not a crash."""
    record = graded(whole="")
    assert record.status == "failed"
    assert "there is no function double" in case(record).message


def test_a_name_that_is_no_function(graded) -> None:
    """A number of the right name is no answer."""
    assert "is not a function" in case(graded("double = 3")).message


@pytest.mark.parametrize(
    ("signature", "said"),
    [("x, times", "default"), ("", "x"), ("x, times, extra", "extra")],
)
def test_a_wrong_signature_says_what_is_missing(graded, signature: str, said: str) -> None:
    """A function that cannot be called as the exercise does."""
    seen = case(graded(f"def double({signature}): return x * 2"))
    assert seen.status == "error"
    assert "cannot be called as the exercise asks" in seen.message
    assert said in seen.message


def test_renamed_parameters_pass_with_a_note(graded) -> None:
    """Calling by position works; callers by name are warned of."""
    record = graded("def double(tensor, factor=2.0): return tensor * factor")
    assert record.status == "passed"
    assert "double: your parameters are not named as in the stub" in record.notes[0]


def test_not_started_is_not_failed(graded) -> None:
    """A stub that was not touched; the others still count."""
    record = graded("def double(x, times=2.0):\n    raise NotImplementedError")
    assert case(record).status == "not_started"
    assert "double is not started" in case(record).message
    assert record.status == "partial"


def test_a_forgotten_return(graded) -> None:
    """None is recognised."""
    seen = case(graded("def double(x, times=2.0):\n    x * times"))
    assert seen.message == "returned None: `return` is missing, or what it returns is None"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("[1.0, 2.0]", "returned a list"),
        ("(x * times).numpy()", "numpy"),
        ("(x * times)[:, None]", "shape (5, 1), expected (5,)"),
        ("(x * times).half()", "float16"),
        ("(x * times).long()", "int64"),
        ("torch.log(-x.abs())", "NaN"),
        ("x * times / 0", "inf"),
        ("x * times + 1e-6", "wrong"),
        ("object()", "object"),
    ],
)
def test_answers_that_are_wrong_in_kind(graded, expression: str, said: str) -> None:
    """Type, shape, dtype, finite, value: the first that fails is the message."""
    seen = case(graded(f"def double(x, times=2.0):\n    return {expression}"))
    assert seen.status == "failed"
    assert said in seen.message


def test_float32_passes_with_a_note(graded) -> None:
    """A learner who fixed the dtype is judged by float32's own accuracy."""
    seen = case(graded("def double(x, times=2.0):\n    return x.float() * times"))
    assert seen.status == "passed"
    assert seen.evidence is not None
    assert "float32" in seen.evidence.notes[0]


def test_an_exception_shows_line_and_shapes(graded) -> None:
    """The learner's line, two around it, and what the arguments were."""
    seen = case(graded("def double(x, times=2.0):\n    y = x\n    return y @ torch.ones(3)"))
    assert seen.status == "error"
    assert seen.message.startswith("RuntimeError at line ")
    assert seen.evidence is not None
    assert seen.evidence.excerpt is not None
    assert "y @ torch.ones(3)" in "\n".join(seen.evidence.excerpt.lines)
    assert "x: float64 (5,)" in seen.evidence.inputs


def test_a_loop_without_end_costs_the_rest_only(graded) -> None:
    """What had come back counts; the case that hangs says so, the others wait for it."""
    record = graded("def shuffled(x, generator):\n    while True: pass", wall_s=1)
    assert case(record).status == "passed"
    assert case(record, "an_order_from_the_generator").status == "timeout"
    assert "did not finish within 1 s" in case(record, "an_order_from_the_generator").message
    assert case(record, "others_come_back").waits_for == ("an_order_from_the_generator",)


def test_a_hard_exit_is_named(graded) -> None:
    """os._exit costs what is left."""
    record = graded("import os\ndef shuffled(x, generator):\n    os._exit(3)")
    seen = case(record, "an_order_from_the_generator")
    assert seen.status == "crashed"
    assert "ended the whole program (exit code 3)" in seen.message
    assert case(record).status == "passed"


def test_a_crash_is_named(graded) -> None:
    """A fault of the machine code is not blamed on the grader."""
    record = graded("import ctypes\ndef shuffled(x, generator):\n    ctypes.string_at(0)")
    assert case(record, "an_order_from_the_generator").status == "crashed"
    assert "crashed" in case(record, "an_order_from_the_generator").message


def test_sys_exit_is_an_exception(graded) -> None:
    """SystemExit ends one case, not the worker."""
    record = graded("def shuffled(x, generator):\n    raise SystemExit(1)")
    assert case(record, "an_order_from_the_generator").status == "error"
    assert case(record, "others_come_back").status == "passed"


def test_too_much_memory(graded) -> None:
    """A tensor that grows too large is said to."""
    record = graded("def shuffled(x, generator):\n    return torch.ones(10**10)")
    assert "memory" in case(record, "an_order_from_the_generator").message


def test_too_much_output(graded) -> None:
    """Printing without end is stopped and said."""
    record = graded(
        "def shuffled(x, generator):\n    while True: print('x' * 10**6)",
        output_bytes=4 * 2**20,
    )
    assert "printed" in case(record, "an_order_from_the_generator").message
    assert record.output is not None
    assert record.output.cut > 0


def test_forbidden_operations_are_named_with_their_line(graded) -> None:
    """What the author forbids, by what ran."""
    seen = case(graded("def double(x, times=2.0):\n    x.cumsum(0)\n    return x * times"))
    assert seen.status == "forbidden"
    assert seen.message.startswith("uses cumsum at line ")
    assert seen.evidence is not None
    assert seen.evidence.excerpt is not None


def test_what_is_forbidden_costs_the_function_that_reaches_it(graded) -> None:
    """A forbidden name that is written but did not run is found too, and only where it is used."""
    record = graded("""
        def double(x, times=2.0):
            if times > 1e9:
                return torch.cumsum(x, 0)
            return x * times

        def check_myself():
            assert torch.cumsum(torch.ones(2), 0)[1] == 2
    """)
    assert case(record).status == "forbidden"
    assert case(record, "an_order_from_the_generator").status == "passed"


def test_a_changed_argument_is_named(graded) -> None:
    """In-place work on an argument fails, though the value is right."""
    seen = case(graded("def double(x, times=2.0):\n    return x.mul_(times)"))
    assert seen.status == "failed"
    assert "changed its argument x in place" in seen.message


def test_changed_global_state_is_named(graded) -> None:
    """Drawing from the global generator is seen, though the value is right."""
    seen = case(graded("def double(x, times=2.0):\n    torch.manual_seed(3)\n    return x * times"))
    assert seen.status == "failed"
    assert "the global random generator (torch)" in seen.message


def test_a_cut_gradient_is_named(graded) -> None:
    """A detached result says where gradients stop."""
    seen = case(graded("def double(x, times=2.0):\n    return x.data * times"))
    assert seen.status == "passed"
    seen = case(
        graded("def double(x, times=2.0):\n    return x.data * times"), "gradients_double_too"
    )
    assert seen.message.startswith("no gradient reaches x")
    assert seen.diagnosis is not None
    assert seen.diagnosis.mistake == "detached"


def test_an_exception_that_should_come(graded) -> None:
    """Returning where ValueError is asked for, and raising the wrong one."""
    seen = case(graded("def positive(number):\n    return number"), "negatives_are_refused")
    assert seen.message == "returned an answer, but must raise ValueError here"
    seen = case(
        graded("def positive(number):\n    if number < 0: raise KeyError\n    return number"),
        "negatives_are_refused",
    )
    assert "must raise ValueError here" in seen.message
    special = "class Special(ValueError): pass\n"
    assert (
        case(
            graded(
                special
                + "def positive(number):\n    if number < 0: raise Special\n    return number"
            ),
            "negatives_are_refused",
        ).status
        == "passed"
    )


def test_a_curve_names_the_call(graded) -> None:
    """In a case of several calls, the worst one is named by what tells it from the others."""
    seen = case(
        graded(
            "def positive(number):\n"
            "    if number < 0: raise ValueError\n"
            "    return min(number, 2.0)"
        ),
        "others_come_back",
    )
    assert seen.evidence is not None
    assert seen.evidence.worst is not None
    assert seen.evidence.worst.where == "number=3.0"
    assert seen.diagnosis is not None
    assert seen.diagnosis.mistake == "capped"


def test_an_order_that_ignores_the_generator_is_recognised(graded) -> None:
    """A property is judged, and the mistake behind it named."""
    seen = case(
        graded("def shuffled(x, generator):\n    return x.clone()"), "an_order_from_the_generator"
    )
    assert seen.status == "failed"
    assert "another seed, another order" in seen.message
    assert seen.diagnosis is not None
    assert seen.diagnosis.mistake == "in_order"


def test_source_that_is_no_text(graded) -> None:
    """Bytes that are no Python are a syntax error, not a crash."""
    for data in (b"\x00\x01", b"\xff\xfe", b"# coding: nonsense\n"):
        record = graded(whole=data)
        assert record.error is not None
        assert record.error.kind == "syntax"


LOOP = """
def double(x, times=2.0):
    return torch.stack([value * times for value in x])
"""


def test_a_loop_over_rows_gets_advice_but_keeps_its_marks(graded) -> None:
    """Operations are counted at two sizes; what grows with the rows is said, once all is right."""
    record = graded(LOOP)
    assert record.status == "passed"
    assert record.notes == (
        "your double runs 1 operations per number (13 for 12); the reference runs 1 in all",
    )
    assert graded().notes == ()
    assert graded(LOOP.replace("times for", "3 for")).notes == ()


@pytest.mark.parametrize(
    "body",
    [
        "x.detach_()\n    return x * times",
        "return torch.stack([x * times, x], 1)[:, 0]",
        "return (x * times).expand(1, 5)[0]",
    ],
)
def test_what_torch_allows_is_allowed(graded, body: str) -> None:
    """Arguments are no views of something hidden, and answers may be views with any stride."""
    seen = case(graded(f"def double(x, times=2.0):\n    {body}"))
    assert seen.message == ""
    assert seen.status == "passed"


def test_an_answer_of_millions_is_not_pored_over(graded) -> None:
    """Where what must hold is computed from the answer, one that is far too large is just wrong."""
    record = graded("def shuffled(x, generator):\n    return torch.zeros(2_000_000)\n")
    messages = [case.message for case in record.cases if case.function == "shuffled"]
    assert any("the answer has 2,000,000 values, expected about" in said for said in messages)
