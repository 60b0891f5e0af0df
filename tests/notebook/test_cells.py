"""`check` in a real kernel: what is graded is what was run last, with all that it needs."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(180)

Run = Callable[[str], Any]

RIGHT = "def double(x, times=2.0):\n    return x * times"
WRONG = "def double(x, times=2.0):\n    return x + times"


def test_a_right_answer_shows_itself(run: Run) -> None:
    """As text and as a fragment; nothing is printed, and the value knows."""
    run(RIGHT)
    ran = run("check(double)")
    assert ran.error == ""
    assert ran.printed == ""
    assert ran.text.startswith("✓ double")
    assert ran.shown["text/html"].startswith('<div class="dlgrade"')
    assert run("check(double).passed").text == "True"


def test_a_wrong_answer_names_cell_and_line(run: Run) -> None:
    """The number is the one that Jupyter shows beside the cell."""
    cell = run(f"# mine\n\n{WRONG}")
    ran = run("check(double)")
    assert ran.text.startswith("✗ double")
    assert f"this notebook, cell {cell.number}, line 3" in ran.text
    assert f"this notebook, cell {cell.number}, line 3" in ran.shown["text/html"]
    assert "import double" not in ran.shown["text/html"]
    assert "dlgrade check" not in ran.shown["text/html"]


def test_the_newest_definition_counts(run: Run) -> None:
    """What earlier cells tried is neither graded nor run."""
    run(WRONG)
    failed = run("FACTOR = 1 / 0\ndef double(x, times=FACTOR):\n    return x")
    assert "ZeroDivisionError" in failed.error
    run("FACTOR = 2.0\ndef double(x, times=FACTOR):\n    return x * times")
    assert run("check(double)").text.startswith("✓ double")


@pytest.mark.parametrize("attempt", [f"1 / 0\n{WRONG}", WRONG.replace("x + times", "(x + times")])
def test_an_attempt_that_failed_is_told_apart(run: Run, attempt: str) -> None:
    """The function is still that of the cell before, and the verdict says so."""
    good = run(RIGHT)
    bad = run(attempt)
    assert bad.error != ""
    ran = run("check(double)")
    assert ran.text.startswith("✓ double")
    note = f"cell {bad.number} was to define double anew, but did not get there: this is what cell "
    assert f"{note}{good.number} defines" in ran.shown["text/html"]


def test_the_same_text_run_again_counts_again(run: Run) -> None:
    """Going back to an earlier cell is a change as any other."""
    run(RIGHT)
    run(WRONG)
    assert run("check(double)").text.startswith("✗ double")
    run(RIGHT)
    ran = run("check(double)")
    assert ran.text.startswith("✓ double")
    assert "was to define" not in ran.shown["text/html"]


def test_what_it_needs_comes_along_and_nothing_else(run: Run, tmp_path: Path) -> None:
    """Helpers, constants and imports of other cells; no magics, prints or training."""
    trace = tmp_path / "trace"
    run("import math as m\nTWO = m.sqrt(4.0)")
    run(f"%cd -q .\n!echo hello\nopen({str(trace)!r}, 'a').write('x')\nprint('noise')")
    run("def twice(x, times):\n    return x * times")
    run("%%time\ndef double(x, times=TWO):\n    return twice(x, times)")
    ran = run("check(double)")
    assert ran.text.startswith("✓ double")
    assert "noise" not in ran.text
    assert trace.read_text() == "x"


@pytest.mark.parametrize(
    "cell",
    [
        "double = lambda x, times=2.0: x * times",
        "def twice(x, times=2.0):\n    return x * times\ndouble = twice",
        "def double(x, n=2.0, times=2.0):\n    return x * times\n"
        "double = functools.partial(double, n=1)",
        "def deco(f):\n    def inner(*a, **k):\n        return f(*a, **k)\n    return inner\n"
        f"@deco\n{RIGHT}",
        f"@torch.enable_grad()\n{RIGHT}",
        f"@functools.wraps(len)\n{RIGHT}\ndouble = double.__wrapped__ and double\n{RIGHT}",
    ],
)
def test_however_it_got_its_name(run: Run, cell: str) -> None:
    """Lambdas, other names, partials and decorators are graded as what they are called."""
    assert run(cell).error == ""
    assert run("check(double)").text.startswith("✓ double")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("check(doubel)", "name 'doubel' is not defined"),
        ("check('doubel')", "no exercise or function is called 'doubel'; did you mean double?"),
        (
            "def doubel(x):\n    return x\ncheck(doubel)",
            "no exercise asks for a function 'doubel'; did you mean double?",
        ),
        ("check(lambda x: x)", "this function has no name that an exercise knows"),
        ("check(functools.partial(len))", "give the function that it calls"),
        ("check(print)", "no exercise asks for a function 'print'"),
        ("class double:\n    pass\ncheck(double)", "double is a class"),
        ("check(double(torch.ones(2)))", "not a Tensor; give the function itself"),
        ("check(3)", "check takes functions, or their names, not a int"),
        ("exec('def double(x): return x')\ncheck(double)", "the source of double cannot be found"),
        ("anywhere(torch.nn.functional.relu)", "this relu comes from torch"),
        ("del double\ncheck('double')", "not defined yet; run a cell that defines"),
        ("old = double\ndef double(x):\n    return 1\ncheck(old)", "stands for another function"),
        ("check(double, seed=1.5)", "seed must be an integer, not 1.5"),
        ("check(double, course='/nowhere')", "/nowhere is not a course"),
    ],
)
def test_what_cannot_be_meant(run: Run, cell: str, said: str) -> None:
    """One line says what to do; the frames of the grader are no help to anybody."""
    run(RIGHT)
    ran = run(cell)
    assert said in ran.error
    if "not defined" not in said or "yet" in said:
        assert ran.error.startswith("dlgrade: ")
        assert "\n" not in ran.error


def test_functions_of_an_exercise(run: Run) -> None:
    """One of them shows its cases; the exercise's name shows all, those without a cell as open."""
    run(f"for each in ('double', 'shuffled', 'positive'):\n    globals().pop(each, None)\n{RIGHT}")
    alone = run("check(double)")
    assert alone.text.startswith("✓ double")
    assert "positive" not in alone.text
    assert run("check(double).passed").text == "True"
    whole = run("check('double')")
    assert whole.text.startswith("✗ double")
    assert "positive is not started: no cell defines it" in whole.text
    assert run("check('double').passed").text == "False"
    assert run("check()").text == alone.text


def test_a_function_of_a_module_is_graded_from_its_file(run: Run, tmp_path: Path) -> None:
    """Its lines are those of the file."""
    (tmp_path / "answers_of_mine.py").write_text(f"import torch\n\n\n{WRONG}\n")
    run(f"sys.path.insert(0, {str(tmp_path)!r})\nfrom answers_of_mine import double")
    ran = run("check(double)")
    assert "answers_of_mine.py:4" in ran.text
    assert "cell" not in ran.text
    run(f"%run {tmp_path / 'answers_of_mine.py'}")
    assert "answers_of_mine.py:4" in run("check(double)").text


def test_odd_cells_do_not_stand_in_the_way(run: Run) -> None:
    """A cell that was run cannot be taken back, so it must not spoil what comes after it."""
    run("odd = '\u202e'")
    run("long = '" + "x" * 1_200_000 + "'")
    run("%%html\n<b>no Python</b>")
    run("this is no Python")
    run(RIGHT)
    assert run("check(double)").text.startswith("✓ double")
    run(f"# \u202e\n{RIGHT}")
    assert "invisible character" in run("check(double)").error


def test_hostile_text_stays_text(run: Run) -> None:
    """What the function says cannot act in the page that shows it."""
    hostile = "<img src=x onerror=alert(1)></style><script>alert(2)</script>\\x1b[31m\\u202e"
    run(f"def double(x, times=2.0):\n    print('{hostile}')\n    raise ValueError('{hostile}')")
    ran = run("check(double)")
    page = ran.shown["text/html"]
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "<img" not in page
    assert "<script" not in page
    assert page.count("</style>") == 1
    assert "\x1b" not in page + ran.text


def test_the_kernel_is_left_as_it_was(run: Run) -> None:
    """Threads, default dtype and seed of torch, grad mode, and the modules of the judge."""
    state = (
        "(torch.get_num_threads(), torch.get_default_dtype(), torch.is_grad_enabled(), "
        "hash(torch.get_rng_state().numpy().tobytes()))"
    )
    run(f"{RIGHT}\ntorch.set_num_threads(3)\ntorch.set_default_dtype(torch.float16)")
    run(f"before = {state}\n_ = check(double)\nafter = {state}")
    run("torch.set_default_dtype(torch.float32)")
    assert run("before == after").text == "True"
    assert run("'grader.judge' in sys.modules").text == "False"


def test_an_interrupt_leaves_no_process(run: Run) -> None:
    """The next check starts anew and is right."""
    psutil = pytest.importorskip("psutil")
    kernel = int(run("os.getpid()").text)
    run("def double(x, times=2.0):\n    while True:\n        pass")
    answered = threading.Event()

    def spent() -> dict[int, float]:
        """Processor time of each process below the kernel."""
        try:
            below = psutil.Process(kernel).children(recursive=True)
            return {one.pid: one.cpu_times().user for one in below}
        except psutil.NoSuchProcess:  # it went while it was looked at
            return {}

    # A worker may be there already, waiting for what to do.
    before = spent()

    def is_busy() -> bool:
        return any(used - before.get(pid, 0.0) > 0.5 for pid, used in spent().items())

    def interrupt() -> None:
        while not answered.is_set() and not is_busy():
            time.sleep(0.05)
        # As Jupyter does: everything in the kernel's group hears of it.
        os.killpg(os.getpgid(kernel), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    ran = run("check(double)")
    answered.set()
    thread.join()
    assert "KeyboardInterrupt" in ran.error
    assert run("len(__import__('psutil').Process().children())").text == "0"
    run(RIGHT)
    assert run("check(double)").text.startswith("✓ double")


def test_a_forked_kernel_has_a_judge_of_its_own(run: Run) -> None:
    """The child's check works, and the parent's judge survives the child's end."""
    run(f"{RIGHT}\n_ = check(double)")
    ran = run(
        "if (child := os.fork()) == 0:\n"
        "    try:\n"
        "        right = check(double).passed\n"
        "        from grader.notebook.warmth import WARMTH\n"
        "        WARMTH.close()\n"
        "    finally:\n"
        "        os._exit(42 if right else 1)\n"
        "os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])"
    )
    assert ran.text == "42"
    assert run("check(double)").text.startswith("✓ double")
