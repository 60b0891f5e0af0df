"""A course with secrets that can be recognised, learners who are after them, and all they get."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from grader.result import Result, to_json
from grader.writers import html, terminal
from grader.writers.formats import FORMATS
from grader.writers.occasion import Occasion

OPEN: Final = (0.5, -0.25)
"""What goes into the case that everybody sees."""


@dataclass(frozen=True)
class Secrets:
    """The numbers that nobody may find, seven digits each: what goes into the closed cases."""

    own_output: float = 0.4837261
    hidden: float = 0.6192837
    hidden_verdict: float = 0.9174382
    held: float = 0.3750294
    verdict: float = 0.8264917
    after_due: float = 0.7041398
    offset: float = 0.2953846
    """Added by the reference."""

    @property
    def inputs(self) -> Mapping[str, float]:
        """Case → what goes into it, for all that the learner's own output may not betray."""
        return {
            name: getattr(self, name)
            for name in ("hidden", "hidden_verdict", "held", "verdict", "after_due")
        }

    def expected(self, name: str) -> float:
        """What the reference answers to a case."""
        value: float = getattr(self, name)
        return value * 2 + self.offset


OTHERS: Final = Secrets(0.1357924, 0.6468135, 0.8791346, 0.1802457, 0.9135682, 0.6573946, 0.3820461)
"""Other secrets, for those that a learner could only tell from these by what they get."""

WORDS: Final = ("a title of its own", "is wrong above a secret bound", "REFERENCE_LINE")
"""What only the course says: a title below `verdict`, a mistake, the reference's text."""

_STUB: Final = '''
"""Scaling.

Write `scale`.
"""

import torch


def scale(x, factor):
    raise NotImplementedError
'''

_SOLUTION: Final = '''
"""Scaling."""

import torch
from grader import Exercise


def scale(x, factor):
    return x * factor + {offset}  # REFERENCE_LINE


exercise = Exercise(scale, title="Scaling", hints=["one", "two", "three"])


def given(number):
    return dict(x=torch.tensor([number, -number], dtype=torch.float64), factor=2.0)


@exercise.case(points=1)
def seen(inputs):
    "what everybody sees"
    return dict(x=torch.tensor([0.5, -0.25], dtype=torch.float64), factor=2.0)


@exercise.case(points=1, feedback="own_output", hint="HINT_OF_OWN")
def own(inputs):
    "only what comes out of it is shown"
    return given({own_output})


@exercise.case(points=2, visibility="hidden")
def unseen(inputs):
    "a number that nobody sees"
    return given({hidden})


@exercise.case(points=2, visibility="hidden", feedback="verdict")
def unsaid(inputs):
    "a title of its own, hidden"
    return given({hidden_verdict})


@exercise.case(points=2, feedback="property")
def held(inputs):
    "a property that holds"
    return given({held})


@exercise.case(points=2, feedback="verdict")
def untitled(inputs):
    "a title of its own"
    return given({verdict})


@exercise.case(points=4, visibility="after_due")
def later(inputs):
    "what is seen later"
    return given({after_due})


@exercise.mistake(caught_by=unseen, hint="Look at large numbers.")
def bounded(x, factor):
    "is wrong above a secret bound"
    return scale(x, factor) if x.max() < 0.6 else scale(x, factor) * 3
'''

ATTACKS: Final = {
    "prints": """
        import os, sys
        def scale(x, factor):
            print(x, x.tolist(), repr(factor))
            print(x, file=sys.stderr)
            os.write(1, str(x.tolist()).encode())
            os.write(2, str(x.tolist()).encode())
            return x
        """,
    "raises": """
        def scale(x, factor):
            digits = str(abs(x[0].item())).replace(".", "_")
            raise type(f"E{digits}", (ValueError,), {})(f"{x.tolist()}")
        """,
    "stands_on_a_line": """
        def scale(x, factor):
            line = int(abs(x[0].item()) * 1000)
            exec(compile("\\n" * line + "raise ValueError", __file__, "exec"))
        """,
    "is_named_after_it": """
        def scale(x, factor):
            name = "n" + str(abs(x[0].item())).replace(".", "_")
            places = {}
            exec(compile(f"def {name}(): raise NotImplementedError", __file__, "exec"), places)
            return places[name]()
        """,
    "returns_it": """
        def scale(x, factor):
            return {str(x.tolist()): x}
        """,
    "keeps_it": """
        import builtins, glob, sys, tempfile, os
        builtins.SEEN = []
        def scale(x, factor):
            builtins.SEEN.append(x.clone())
            sys.modules.setdefault("seen" + str(x[0].item()), sys)
            for folder in ("/tmp", "/dev/shm", "/var/tmp", os.getcwd(), tempfile.gettempdir()):
                try:
                    for path in glob.glob(folder + "/dlgrade-secret*"):
                        print(path, open(path).read())
                    open(folder + "/dlgrade-secret" + str(x[0].item()), "w").write(str(x.tolist()))
                except OSError:
                    pass
            import torch
            print(builtins.SEEN)
            return torch.cat(builtins.SEEN)
        """,
    "digs": """
        import struct, sys
        frame, found = sys._getframe(), []
        while frame is not None:
            request = frame.f_locals.get("request")
            for task in getattr(request, "tasks", ()):
                for call in task.calls:
                    found.append((task.case, struct.unpack("2d", call.arguments["x"].data)))
                    found.append(task.upstream_seed)
            frame = frame.f_back
        raise ImportError(str(found))
        def scale(x, factor):
            return x
        """,
    "takes_its_time": """
        def scale(x, factor):
            if abs(x[0].item()) != 0.5:
                while True:
                    pass
            return x
        """,
    "leaves": """
        import os
        def scale(x, factor):
            if abs(x[0].item()) not in (0.5, {own_output}):
                os._exit(int(abs(x[0].item()) * 250))
            return x
        """,
    "counts": """
        import torch
        def scale(x, factor):
            for _ in range(int(abs(x[0].item()) * 1000)):
                torch.ones(1)
            torch.manual_seed(int(abs(x[0].item()) * 10**7))
            return x
        """,
    "floods": """
        def scale(x, factor):
            print(str(x.tolist()) * int(abs(x[0].item()) * 10_000))
            return x
        """,
    "is_mistaken": """
        def scale(x, factor):
            right = x * factor + {offset}
            return right if x.max() < 0.6 else right * 3
        """,
    "is_a_stub": """
        def scale(x, factor):
            raise NotImplementedError
        """,
}
"""Learners' files, by what they do to get at what goes into the closed cases, or to tell it."""


def write_course(folder: Path, secrets: Secrets, rules: str = "") -> Path:
    """Writes a course with one exercise for each attack, all of them alike."""
    numbers = dataclasses.asdict(secrets)
    for side, text in (("exercises", _STUB), ("solutions", _SOLUTION)):
        topic = folder / side / "secretive"
        topic.mkdir(parents=True)
        for name in ATTACKS:
            source = text.format(**numbers) if side == "solutions" else text
            (topic / f"{name}.py").write_text(source.lstrip())
    (folder / "solutions" / "course.toml").write_text(rules)
    return folder


def write_submission(folder: Path, secrets: Secrets = Secrets()) -> Path:
    """Writes what the attackers hand in; their cases fail alike, whatever the secrets are."""
    topic = folder / "secretive"
    topic.mkdir(parents=True)
    for name, source in ATTACKS.items():
        text = textwrap.dedent(source)
        for known in ("own_output", "offset"):
            text = text.replace(f"{{{known}}}", repr(getattr(secrets, known)))
        (topic / f"{name}.py").write_text("import torch\n" + text)
    return folder


def written(view: Result) -> Iterator[str]:
    """All that is ever written of a record: every writer, at every verbosity."""
    for verbosity in (-1, 0, 1):
        for width, plain in ((40, False), (200, True)):
            yield terminal.render(view, width=width, verbosity=verbosity, ascii_only=plain)
    page = html.render(view)
    yield page
    yield to_json(html.record_of(page)).decode()
    yield html.render_cell(view, "token")
    yield to_json(view).decode()
    yield from _formats(view)


def _formats(view: Result) -> Iterator[str]:
    """Every format that is registered, and what it appends elsewhere."""
    for each in FORMATS.values():
        known = dict.fromkeys((*each.needs, *each.wants), "https://example.org/1")
        occasion = Occasion(known, datetime(2027, 1, 1, tzinfo=UTC))
        for render in (each.render, *each.appended.values()):
            yield render(view, occasion)


def spellings(value: float) -> Iterator[str]:
    """How a number may be written."""
    yield repr(value)
    yield f"{value:.4f}"
    yield f"{value:.5g}"[:6]
    yield f"{value:.4e}"[:6]
    yield f"{value:.7f}".partition(".")[2]
    yield str(int(value * 10**7))
    yield value.hex()


def betrayed(texts: Iterator[str], secrets: Secrets, *, without: tuple[str, ...] = ()) -> list[str]:
    """What of the course's secrets stands in these texts.

    Args:
        texts: all that a learner gets.
        secrets: of the course.
        without: cases whose secrets learners may know.
    """
    known = [name for name in secrets.inputs if name not in without]
    numbers = {f"what goes into {name}": secrets.inputs[name] for name in known}
    numbers |= {f"what is expected of {name}": secrets.expected(name) for name in known}
    numbers["what is expected of own_output"] = secrets.expected("own_output")
    whole = "\n".join(texts)
    found = [
        f"{what}: {spelling}"
        for what, number in numbers.items()
        for spelling in spellings(number)
        if spelling in whole
    ]
    return found + [word for word in (*WORDS, "HINT_OF_OWN") if word in whole]


def untimed(result: Result) -> bytes:
    """A record without its durations."""
    exercises = tuple(
        msgspec.structs.replace(exercise, duration_s=0.0) for exercise in result.exercises
    )
    return to_json(msgspec.structs.replace(result, exercises=exercises, duration_s=0.0))
