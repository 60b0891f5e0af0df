"""What pytest calls in a run with ``--dlgrade``."""

from __future__ import annotations

import os
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from grader import __version__
from grader.course import find
from grader.errors import DlgradeError, IsolationError, UsageError
from grader.pool import Limits
from grader.pytest_plugin.findings import ascii_only
from grader.pytest_plugin.gradebook import Gradebook
from grader.pytest_plugin.nodes import CaseTest, ExerciseFile, NotJudged
from grader.result import from_json, to_json
from grader.settings import Settings
from grader.submission import Submitted, collect
from grader.submission.files import shown
from grader.usual import TIME_LIMIT_S
from grader.writers import terminal, words

_SENT: Final = "dlgrade"
"""The name under which a process of pytest-xdist sends its results."""

_GRADER_FAILED: Final = 3
"""The exit code of ``dlgrade check`` for the same."""

_PACKAGE: Final = "__init__.py"

Several = list[pytest.Collector]


def of(config: pytest.Config) -> Hooks:
    """The hooks of a run.

    Raises:
        pytest.UsageError: if there is no course where one was named, or it is wrong.
    """
    directory = config.getoption("dlgrade_course")
    try:
        course = find(None if directory is None else Path(directory))
    except DlgradeError as error:
        raise pytest.UsageError(str(error)) from error
    settings = Settings(
        seed=config.getoption("dlgrade_seed"),
        isolation=config.getoption("dlgrade_isolation"),
        pictures=False,
        limits=Limits(wall_s=TIME_LIMIT_S, cpu_s=TIME_LIMIT_S),
    )
    return Hooks(config, Gradebook(course, settings))


class Hooks:
    """Collects the files that answer an exercise, and grades those whose tests are run.

    Args:
        config: of pytest.
        gradebook: what grades.
    """

    def __init__(self, config: pytest.Config, gradebook: Gradebook) -> None:
        self.config = config
        self.gradebook = gradebook
        self.names = {entry.stub.name for entry in gradebook.course.whole}

    def pytest_report_header(self) -> str:
        """Says which course, and which inputs."""
        given = self.config.getoption("dlgrade_course")
        course = "the bundled course" if given is None else f"the course in {shown(given)}"
        return f"dlgrade: {__version__}, {course}, seed {self.gradebook.settings.seed}"

    # Collecting.

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> Any:
        """A plain folder where exercises lie: of a package pytest would import ``__init__.py``."""
        if self._is_package(path / _PACKAGE):
            return pytest.Dir.from_parent(parent, path=path)
        return None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, Several, Several]:
        """Ours are nobody else's: pytest's own collector would import a file that is named."""
        others = yield
        if self._is_package(file_path):
            return []
        submitted = self._submitted(file_path)
        if submitted is None:
            return others
        file = ExerciseFile.from_parent(
            parent, path=file_path, submitted=submitted, gradebook=self.gradebook
        )
        return [file]

    def _is_package(self, path: Path) -> bool:
        """Whether it is what makes a package of a folder of exercises."""
        if path.name != _PACKAGE or not os.path.isfile(path):
            return False
        folder, topics = path.parent, self.gradebook.course.topics
        return any(os.path.isfile(folder / name) for name in self.names) or any(
            os.path.isfile(folder / topic / name) for topic in topics for name in self.names
        )

    def _submitted(self, path: Path) -> Submitted | None:
        if path.name not in self.names:
            return None
        try:
            (submitted,) = collect(self.gradebook.course, [path])
        except UsageError:
            return None
        here = self.config.invocation_params.dir
        named = path.relative_to(here) if path.is_relative_to(here) else path
        return replace(submitted, file=shown(named))

    # Running.

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Lets torch be imported, elsewhere, while other tests run; looks at what was asked for."""
        if self.config.getoption("collectonly"):
            return
        if not any(isinstance(item, CaseTest) for item in session.items):
            return
        service = self.gradebook.start()
        if self.gradebook.settings.isolation == "strict":
            try:
                service.held()
            except IsolationError as error:
                # Once, instead of at every test: it is neither theirs nor the learner's.
                pytest.exit(str(error), returncode=_GRADER_FAILED)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Puts the learner's file where pytest would show our own code."""
        report = yield
        if not isinstance(item, CaseTest):
            return report
        if call.excinfo is not None and isinstance(call.excinfo.value, NotJudged):
            # Outside of the call itself pytest asks nobody how to show an exception.
            report.longrepr = item.repr_failure(call.excinfo)
        if report.skipped and isinstance(report.longrepr, tuple):
            report.longrepr = (str(item.path), item.line, report.longrepr[2])
        if report.when == "call":
            report.sections.extend(item.sections(report.passed))
        return report

    # Ending.

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Sends what was graded to the process that started this one, if pytest-xdist did."""
        sent: dict[str, Any] | None = getattr(self.config, "workeroutput", None)
        if sent is not None:
            results = self.gradebook.results.items()
            sent[_SENT] = {file: to_json(result).decode() for file, result in results}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Receives it; the tests of one file may have run in several processes."""
        for file, result in getattr(node, "workeroutput", {}).get(_SENT, {}).items():
            self.gradebook.results[file] = from_json(result)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The result in a line, and what did not hold the files, if anything."""
        result = self.gradebook.together()
        if result is None:
            return
        terminalreporter.section("dlgrade")
        terminalreporter.write_line(terminal.render(result, verbosity=-1, ascii_only=ascii_only()))
        notice = words.isolation_notice(result.environment)
        if notice:
            terminalreporter.write_line(notice)

    def pytest_unconfigure(self) -> None:
        """Ends the service."""
        self.gradebook.close()
