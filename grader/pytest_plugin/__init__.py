"""``pytest --dlgrade exercises/``: each case of an exercise and each question of a quiz is a test.

pytest imports this module in every run of an environment that dlgrade is installed in, so it names
the options and nothing more. What collects and grades is imported once ``--dlgrade`` is given, and
even then torch stays in the process of the grader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_FURTHER = {"dlgrade_course": None, "dlgrade_seed": 0, "dlgrade_isolation": "auto"}
"""The options that say how to grade, and what they are where nobody gives them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Names the options."""
    group = parser.getgroup("dlgrade", "deep-learning exercises")
    group.addoption(
        "--dlgrade",
        action="store_true",
        help="Grade the exercises and quizzes among the files; each case is a test.",
    )
    group.addoption(
        "--dlgrade-course",
        metavar="DIR",
        help="A folder with exercises/ and solutions/ (default: the bundled course).",
    )
    group.addoption(
        "--dlgrade-seed",
        type=int,
        default=_FURTHER["dlgrade_seed"],
        metavar="N",
        help="Draw other inputs.",
    )
    group.addoption(
        "--dlgrade-isolation",
        choices=("auto", "strict", "off"),
        default=_FURTHER["dlgrade_isolation"],
        help="What holds the files: all that the machine has, all or nothing, or nothing.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Brings in what collects and grades, if it was asked for.

    Raises:
        pytest.UsageError: if there is no such course, or grading was not asked for.
    """
    if config.getoption("dlgrade"):
        from grader.pytest_plugin.hooks import of

        config.pluginmanager.register(of(config), "dlgrade-session")
        return
    given = [name for name, usual in _FURTHER.items() if config.getoption(name) != usual]
    if given:
        import pytest

        option = f"--{given[0].replace('_', '-')}"
        raise pytest.UsageError(f"{option} does nothing without --dlgrade; give both, or neither")
