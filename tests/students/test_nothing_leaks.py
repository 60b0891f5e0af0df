"""Nothing that students get betrays what goes into closed cases, nor what is expected of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import msgspec
import pytest

from grader import audience, judge
from grader.audience import students_view
from grader.course import find
from grader.judge import grade
from grader.pool import Limits, Pool
from grader.result import Result
from grader.settings import Settings
from grader.submission import collect

SETTINGS = Settings(seed=7_391_846_205_518_364_927, limits=Limits(wall_s=4, cpu_s=1))

Graded = Callable[..., Result]


@pytest.fixture(scope="session")
def graded(
    secretive: ModuleType, fork_pool: Pool, tmp_path_factory: pytest.TempPathFactory
) -> Graded:
    """Grades the attackers, against the course with its own or with other secrets."""

    def graded(secrets: Any, settings: Settings = SETTINGS) -> Result:
        folder = tmp_path_factory.mktemp("secretive")
        course = find(secretive.write_course(folder, secrets))
        secretive.write_submission(folder / "handed-in", secrets)
        submission = collect(course, [folder / "handed-in"])
        result = grade(submission, fork_pool, settings)
        # Reports name the file; two runs must not differ in that.
        exercises = tuple(
            msgspec.structs.replace(exercise, file=f"{exercise.name}.py")
            for exercise in result.exercises
        )
        return msgspec.structs.replace(result, exercises=exercises)

    return graded


@pytest.fixture(scope="session")
def whole(graded: Graded, secretive: ModuleType) -> Result:
    """The instructor's record of the attackers."""
    return graded(secretive.Secrets())


def test_the_instructors_record_is_whole(whole: Result, secretive: ModuleType) -> None:
    """All that students must not find is there to be found; else the other tests mean nothing."""
    found = "\n".join(secretive.betrayed(secretive.written(whole), secretive.Secrets()))
    for what in ("hidden", "hidden_verdict", "held", "verdict", "after_due", "own_output"):
        assert f"what is expected of {what}:" in found
        assert what == "own_output" or f"what goes into {what}:" in found
    assert "is wrong above a secret bound" in found


@pytest.mark.parametrize("after_due", [False, True], ids=["before", "after"])
def test_nothing_is_found_in_what_students_get(
    whole: Result, secretive: ModuleType, after_due: bool
) -> None:
    """No input, expected value, hint, title or mistake of a closed case, in any spelling."""
    view = students_view(whole, after_due=after_due)
    without = ("after_due",) if after_due else ()
    found = secretive.betrayed(secretive.written(view), secretive.Secrets(), without=without)
    if after_due:
        # Everybody sees that case whole by then, and its mistake is named.
        found = [each for each in found if each != "is wrong above a secret bound"]
    assert found == []


def test_students_get_the_same_whatever_goes_in(
    whole: Result, graded: Graded, secretive: ModuleType
) -> None:
    """With other secrets students get the same bytes: nothing is encoded in any way.

    Their own output is theirs, so these cases keep their inputs.
    """
    secrets = secretive.Secrets()
    others = replace(secretive.OTHERS, own_output=secrets.own_output, offset=secrets.offset)
    one, other = students_view(whole), students_view(graded(others))
    assert secretive.untimed(one) == secretive.untimed(other)
    assert secretive.untimed(whole) != secretive.untimed(one)


PLANTED = {
    "closed cases are shown whole": (audience, "_verdict", lambda case, *_: case),
    "own output comes with all": (audience, "_own_output", lambda case: case),
    "nothing is withheld": (audience, "_withheld", lambda case: case),
    "hidden cases count as seen": (audience, "level", lambda _, feedback: feedback),
    "titles are told": (audience, "known_as", lambda place, name, title, *_: (name, title)),
}


@pytest.mark.parametrize("leak", PLANTED)
def test_a_leak_in_the_view_is_found(
    whole: Result, secretive: ModuleType, leak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search finds what it is there to find."""
    monkeypatch.setattr(*PLANTED[leak])
    view = students_view(whole)
    assert secretive.betrayed(secretive.written(view), secretive.Secrets())


def test_one_worker_for_all_cases_is_found(
    graded: Graded, secretive: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closed cases beside open ones: the learner's code carries them over."""
    monkeypatch.setattr(judge, "circle", lambda *_: "open")
    monkeypatch.setattr("grader.verdict.circle", lambda *_: "open")
    view = students_view(graded(secretive.Secrets()))
    found = "\n".join(secretive.betrayed(secretive.written(view), secretive.Secrets()))
    for name in secretive.Secrets().inputs:
        assert f"what goes into {name}:" in found
