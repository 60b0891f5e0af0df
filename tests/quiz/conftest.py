"""A small quiz with a question of every kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course import QUIZ, Entry
from grader.judge import grade_quiz
from grader.result import Quiz
from grader.submission import Submitted

ASKED = """title = "Small things"

[[question]]
id = "one"
kind = "one choice"
asks = "One?"
options.a = "first"
options.b = "second"
options.c = "third"
answer = ""

[[question]]
id = "several"
kind = "several choices"
asks = "Several?"
options.a = "first"
options.b = "second"
options.c = "third"
answer = []

[[question]]
id = "number"
kind = "number"
asks = "How much is twice 0.5?"
tolerance = 0.01
points = 2
answer = ""

[[question]]
id = "shape"
kind = "shape"
asks = "Which shape?"
answer = ""

[[question]]
id = "order"
kind = "order"
asks = "In which order?"
options.a = "last"
options.b = "first"
options.c = "middle"
answer = []
"""
KEY = '''[[question]]
id = "one"
answer = "b"
why.a = "one a: no"
why.b = "one b: yes"
why.c = "one c: no"

[[question]]
id = "several"
answer = ["a", "c"]
why.a = "several a: yes"
why.b = "several b: no"
why.c = "several c: yes"
hint = "several: look again"

[[question]]
id = "number"
compute = """
answer = reference("arithmetic", "double").double(0.5)
once = answer / 2
"""
why.answer = "number: twice"
why.once = "number: once is not twice"
hint = "number: a hint"

[[question]]
id = "shape"
compute = """
import torch
answer = torch.zeros(3, 4).shape
turned = (4, 3)
scalar = ()
"""
why.answer = "shape: rows first"
why.turned = "shape: columns are not first"
why.scalar = "shape: a scalar"
hint = "shape: a hint"

[[question]]
id = "order"
answer = ["b", "c", "a"]
why.a = "order a: is last"
why.b = "order b: is first"
why.c = "order c: between"
hint = "order: a hint"
'''
FIXTURE = Path(__file__).parents[1] / "fixtures" / "course"

Write = Callable[..., Entry]
Grade = Callable[..., Quiz]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes both files of a quiz into a copy of the small course."""

    def write(asked: str = ASKED, key: str = KEY, topic: str = "arithmetic") -> Entry:
        for side, text in (("exercises", asked), ("solutions", key)):
            folder = tmp_path / side / topic
            folder.mkdir(parents=True, exist_ok=True)
            (folder / QUIZ).write_text(text)
            for source in (FIXTURE / side / "arithmetic").glob("*.py"):
                (folder / source.name).write_bytes(source.read_bytes())
        place = Path(topic) / QUIZ
        stub, solution = tmp_path / "exercises" / place, tmp_path / "solutions" / place
        return Entry(topic=topic, name="quiz", stub=stub, solution=solution)

    return write


@pytest.fixture
def answered() -> Callable[..., str]:
    """The learner's file with these answers, as TOML: ``answered(one='"b"')``."""

    def answered(**answers: str) -> str:
        head, *parts = ASKED.split("[[question]]\n")
        for place, part in enumerate(parts):
            name = part.split('"')[1]
            lines = part.rstrip().split("\n")
            lines[-1] = f"answer = {answers[name]}" if name in answers else lines[-1]
            parts[place] = "\n".join(lines) + "\n\n"
        return "[[question]]\n".join([head, *parts])

    return answered


@pytest.fixture
def grade(write: Write) -> Grade:
    """Grades the text of a learner's file against the small quiz."""

    def grade(text: str | bytes | None, **course: Any) -> Quiz:
        source = text.encode() if isinstance(text, str) else text
        entry = write(**course)
        return grade_quiz(Submitted(entry, "quiz.toml", source, missing=source is None))

    return grade
