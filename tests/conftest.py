"""What tests share: a learner's folder, their code in a real worker, goldens to compare with."""

from __future__ import annotations

import importlib.util
import itertools
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from grader.course import Course, find
from grader.home import Home, make
from grader.pool import Limits, Pool, Report, create
from grader.progress import change
from grader.wire.frames import Call, Request, Task
from grader.wire.values import encode_arguments

# Machines are shared: how long an example takes says nothing about the code.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")

_NUMBERS = itertools.count(1)

Run = Callable[..., Report]


GOLDEN = Path(__file__).parent / "golden"
FIXTURES = Path(__file__).parent / "fixtures"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the flag that accepts what the writers say now."""
    parser.addoption(
        "--accept-goldens",
        action="store_true",
        help="write the goldens anew; read the difference before committing it",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str, str], None]:
    """Compares a text with ``tests/golden/<name>``, or writes it there with --accept-goldens."""
    accept = bool(request.config.getoption("--accept-goldens"))

    def compare(name: str, actual: str) -> None:
        gold = GOLDEN / name
        if accept:
            gold.parent.mkdir(parents=True, exist_ok=True)
            gold.write_text(actual, encoding="utf-8", newline="\n")
        beside = tmp_path / gold.name
        beside.write_text(actual, encoding="utf-8", newline="\n")
        expected = gold.read_text(encoding="utf-8") if gold.is_file() else ""
        assert expected == actual, f"differs from {gold}; the actual text is in {beside}"

    return compare


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The small course with a quiz, a second topic, and what an author's editor leaves behind."""
    root = tmp_path / "course"
    for part in ("course", "quiz"):
        shutil.copytree(FIXTURES / part, root, dirs_exist_ok=True)
    for side in ("exercises", "solutions"):
        other = root / side / "second"
        other.mkdir()
        shutil.copyfile(root / side / "arithmetic" / "double.py", other / "twice.py")
    (root / "exercises" / "arithmetic" / "README.md").write_text("# A lesson\n")
    (root / "exercises" / "arithmetic" / ".hidden").write_text("not for learners")
    (root / "exercises" / "__pycache__").mkdir()
    (root / "exercises" / "__pycache__" / "x.pyc").write_bytes(b"")
    return find(root)


@pytest.fixture
def home(course: Course, tmp_path: Path) -> Home:
    """A learner's folder in which progress is kept."""
    folder = tmp_path / "work" / "exercises"
    made = make(course, folder).home
    change(folder, lambda progress: progress)
    return made


@pytest.fixture(scope="session")
def sample() -> ModuleType:
    """Records with one of everything: the module ``writers/sample.py``, which is in no package."""
    return _module("writers/sample.py")


@pytest.fixture(scope="session")
def classes() -> ModuleType:
    """Invented classes whose mistakes are known: the module ``cohort/classes.py``."""
    return _module("cohort/classes.py")


def _module(name: str) -> ModuleType:
    """A module of the tests, which lie in no package."""
    path = Path(__file__).parent / name
    spec = importlib.util.spec_from_file_location(f"{path.parent.name}_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a window; one for all, as two drivers get in each other's way."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no Chromium")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def fork_pool() -> Iterator[Pool]:
    """A started engine with a warm process, shared by all tests."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the warm process is Linux only")
    with create("fork") as pool:
        yield pool


@pytest.fixture(scope="session")
def build() -> Callable[..., Request]:
    """Builds a request that calls ``f`` once per mapping of arguments, each in its own case."""

    def request(
        source: str,
        *arguments: Mapping[str, Any],
        parameters: Sequence[str] | None = None,
        forbids: Sequence[str] = (),
        gradients: Sequence[str] = (),
        allows_global_rng: bool = False,
        together: bool = False,
        output_limit: int = 32 * 2**20,
    ) -> Request:
        calls = [Call("f", encode_arguments(each)) for each in arguments or [{}]]
        groups = [tuple(calls)] if together else [(call,) for call in calls]
        tasks = tuple(
            Task(
                case=f"case_{number}",
                calls=group,
                gradients=tuple(gradients),
                upstream_seed=7,
                allows_global_rng=allows_global_rng,
            )
            for number, group in enumerate(groups, start=1)
        )
        names = parameters if parameters is not None else list(calls[0].arguments)
        return Request(
            name="exercise",
            filename="exercise.py",
            source=textwrap.dedent(source).encode(),
            functions={"f": tuple(names)},
            forbids=tuple(forbids),
            tasks=tasks,
            output_limit=output_limit,
        )

    return request


@pytest.fixture
def run(fork_pool: Pool, build: Callable[..., Request]) -> Run:
    """Runs a source text in the shared pool; the last argument may be ``limits=``."""

    def run(source: str, *arguments: Mapping[str, Any], **options: Any) -> Report:
        limits = options.pop("limits", Limits(wall_s=20, cpu_s=20, output_bytes=40 * 2**20))
        fork_pool.submit(next(_NUMBERS), build(source, *arguments, **options), limits)
        return fork_pool.wait()

    return run
