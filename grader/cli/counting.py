"""Progress over many submissions: a bar where somebody watches, a line every so often elsewhere."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import click

from grader.writers.words import count

PAUSE_S: Final = 10.0
"""Between two lines, where there is no bar."""

Step = Callable[[bool], None]
"""One more is done; the argument says whether it failed by the grader's fault."""


@dataclass
class Counter:
    """How far it is.

    Attributes:
        doing: what is done, as a verb: ``Grading``.
        total: how many there are.
        clock: seconds that only go forward.
        done: how many are done.
        failed: how many of them failed by the grader's fault.
    """

    doing: str
    total: int
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    failed: int = 0
    _first: float = field(default=0.0)

    def step(self, failed: bool) -> None:
        """One more is done."""
        self.done += 1
        self.failed += failed
        if self.done == 1:
            # What came before is mostly the start of torch, and says nothing of the rest.
            self._first = self.clock()

    @property
    def rate(self) -> float:
        """How many a second since the first; 0 while nobody can know."""
        spent = self.clock() - self._first
        return (self.done - 1) / spent if self.done > 1 and spent > 0 else 0.0

    def words(self) -> str:
        """How fast it goes, how long it takes, and how many failed."""
        said = []
        if self.rate:
            said.append(
                f"{self.rate:.1f} a second" if self.rate >= 1 else f"{1 / self.rate:.1f} s each"
            )
            if self.done < self.total:
                said.append(f"{_span((self.total - self.done) / self.rate)} left")
        if self.failed:
            said.append(f"{count(self.failed, 'failure')} of the grader")
        return ", ".join(said)

    def line(self) -> str:
        """The whole in a line."""
        words = self.words()
        return f"{self.doing}: {self.done} of {self.total}{f' ({words})' if words else ''}"


@contextlib.contextmanager
def counting(doing: str, total: int) -> Iterator[Step]:
    """Shows progress on standard error.

    Args:
        doing: what is done, as a verb: ``Grading``.
        total: how many there are.
    """
    counter = Counter(doing, total)
    if sys.stderr.isatty() and not os.environ.get("CI"):
        with _bar(counter) as step:
            yield step
    else:
        yield _lines(counter)


def _lines(counter: Counter) -> Step:
    said_at = counter.clock()

    def step(failed: bool) -> None:
        nonlocal said_at
        counter.step(failed)
        if counter.done == counter.total or counter.clock() - said_at >= PAUSE_S:
            said_at = counter.clock()
            click.echo(counter.line(), err=True)

    return step


@contextlib.contextmanager
def _bar(counter: Counter) -> Iterator[Step]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[words]}", markup=False),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(counter.doing, total=counter.total, words="")

        def step(failed: bool) -> None:
            counter.step(failed)
            bar.update(task, completed=counter.done, words=counter.words())

        yield step


def _span(seconds: float) -> str:
    """A time to wait, no finer than anybody needs."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
