"""What ``dlgrade cohort`` and ``dlgrade regrade`` do: from the store to all that is written."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from grader.cli.assigning import Asked, changed, given
from grader.cli.counting import counting
from grader.cli.options import again
from grader.cli.screen import screen_of, show
from grader.cli.words import GRADER_FAILED, PASSED
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.cohort.engine import Engine
    from grader.cohort.grading import Assignment, Class
    from grader.cohort.statistics import ClassRecord
    from grader.cohort.store import Conditions, Store
    from grader.cohort.twins import Compared
    from grader.course import Course

ASSIGNMENT: Final = "assignment"
GRADEBOOK: Final = "gradebook.csv"
CLASS_PAGE: Final = "class.html"

_DRAWN_WITH: Final = ("grader.audience", "grader.writers.html")
"""What students' pages are made of."""

_NAMED: Final = 6
"""Exercises that are named in a command, one by one."""


@contextlib.contextmanager
def opened(folder: Path, resume: bool) -> Iterator[Store]:
    """The store in a class's folder.

    Raises:
        UsageError: if there is one and nobody wants to go on with it, or there is none to go on
            with.
    """
    from grader.cohort.grading import Assignment
    from grader.cohort.store import FILE, Store
    from grader.submission.files import shown

    path = folder / FILE
    if resume and not path.exists():
        raise UsageError(f"{shown(folder)} holds no class; dlgrade cohort begins one")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{shown(folder)} cannot be made: {error.strerror}") from error
    with Store(path) as store:
        # One that was refused before anything was graded is not in anybody's way.
        if not resume and store.recall(ASSIGNMENT, Assignment) is not None:
            raise UsageError(
                f"{shown(folder)} holds a class already; go on with it by adding --resume, or "
                "name another folder"
            )
        yield store


@dataclass(frozen=True)
class Classroom:
    """A class that is being graded.

    Attributes:
        store: what is kept of it.
        folder: where everything goes.
        asked: what the command line says.
        course: what is judged.
        assignment: what is asked for now.
        before: what was asked for before; None if nothing was.
    """

    store: Store
    folder: Path
    asked: Asked
    course: Course
    assignment: Assignment
    before: Assignment | None

    @classmethod
    def of(
        cls, store: Store, folder: Path, asked: Asked, read: Mapping[str, Any] | None = None
    ) -> Classroom:
        """A class as it was, and as the command line has it now.

        Args:
            store: what is kept of it.
            folder: where everything goes.
            asked: what the command line says of how to judge.
            read: other attributes of the assignment; None where nothing is said.
        """
        from grader.cohort.grading import Assignment
        from grader.course import find

        before = store.recall(ASSIGNMENT, Assignment)
        where = asked.directory.resolve() if asked.directory else None
        if where is None and before is not None and before.course:
            where = Path(before.course)
        course = find(where)
        reports = (read or {}).get("reports") is not False
        conditions = asked.conditions(
            course, before.conditions if before else None, store, pictures=reports
        )
        now = before or Assignment(course="", conditions=conditions)
        changes = {
            "course": str(where) if where else "",
            "conditions": conditions,
            "bubblewrap": now.bubblewrap or asked.bubblewrap,
            **given(read or {}),
        }
        return cls(store, folder, asked, course, msgspec.structs.replace(now, **changes), before)

    def cohort(self, submissions: Path) -> int:
        """Takes in what was handed in, grades what has no verdict, writes everything."""
        if self.before is not None:
            self._refuse_changes(self.before.conditions)
        with self._started() as engine:
            self._take_in(submissions)
            self._tell_unanswered()
            self._grade(engine)
        return self._finish()

    def regrade(self, diff: bool) -> int:
        """Grades what is kept as the course is now, says what changes, and does it if wanted."""
        from grader.cohort.changes import changes
        from grader.cohort.grading import class_of, to_do
        from grader.writers.cohort import Sheet

        if self.before is None:
            raise UsageError(f"{self.folder} holds no class; dlgrade cohort begins one")
        then, now = self.before.conditions, self.assignment.conditions
        if then == now and not to_do(self.store, now):
            click.echo("Nothing to grade: course, seed and grader are as they were.")
            return PASSED
        self._grade()
        was = class_of(self.store, self.before)
        would = self._class()
        found = changes(was.standings, would.standings)
        screen = screen_of(sys.stdout)
        show(Sheet(screen.width, screen.ascii_only).changes(found, len(would.standings)), screen)
        if diff:
            command = _command("regrade", self.folder, *self.asked.words())
            click.echo(f"Nothing is changed. To do it: {command}")
            return GRADER_FAILED if _failed(would) else PASSED
        self.store.remember(ASSIGNMENT, self.assignment)
        return self._finish()

    def kept(self) -> str:
        """What is kept when it is interrupted."""
        from grader.cohort.grading import to_do

        left = len(to_do(self.store, self.assignment.conditions))
        done = len(self.store.settled(self.assignment.conditions))
        return f"{done} of {done + left} verdicts are there, and kept"

    @contextlib.contextmanager
    def _started(self) -> Iterator[Engine | None]:
        """A new class has something to grade: what takes time to begin does so at once."""
        from grader.cohort.reports import warm_up

        if self.before is not None:
            yield None
            return
        with self._engine() as engine:
            if self.assignment.reports:
                warm_up(_DRAWN_WITH)
            yield engine

    def _take_in(self, submissions: Path) -> None:
        """Keeps what was handed in; says what is not there any more.

        Raises:
            UsageError: if the rules or a platform's file do not fit the class. One that is new is
                forgotten, so that it can begin again.
        """
        from grader.cohort import intake
        from grader.cohort.grading import take_in
        from grader.cohort.platforms import returns

        self.store.remember(ASSIGNMENT, self.assignment)
        try:
            gone = take_in(self.store, intake.take_in(submissions, self.course, note))
            # With nobody graded yet: what does not fit is refused before the time is spent.
            returns(self.assignment, self._class().standings)
        except UsageError:
            if self.before is None:
                self.store.forget(ASSIGNMENT)
            raise
        if gone:
            one = len(gone) == 1
            note(
                f"{len(gone)} that {'was here is' if one else 'were here are'} not in "
                f"{submissions} any more, and not in the gradebook; what was graded is kept"
            )

    def _refuse_changes(self, before: Conditions) -> None:
        differing = changed(before, self.assignment.conditions)
        if differing:
            command = _command("regrade", self.folder, "--diff", *self.asked.words())
            raise UsageError(
                f"{self.folder} was graded otherwise: {', '.join(differing)}. To see what that "
                f"changes: {command}; or grade into another folder"
            )

    def _tell_unanswered(self) -> None:
        """Says, before the time is spent, if more is graded than the class was set."""
        from grader.cohort.grading import answered, to_do

        conditions = self.assignment.conditions
        if self.assignment.rules.count or not to_do(self.store, conditions):
            return
        counted = conditions.only or tuple(entry.label for entry in self.course.whole)
        found = answered(self.store, self.course, counted)
        if not found or len(found) == len(counted):
            return
        only = [word for label in found for word in ("--only", label)]
        if len(found) > _NAMED:
            only = ["--only", "NAME"]
        command = _command("regrade", self.folder, *only)
        note(
            f"nobody handed in {len(counted) - len(found)} of the {len(counted)} exercises and "
            f"quizzes that count. If they were not set, stop this, and grade what was: {command}"
        )

    def _grade(self, started: Engine | None = None) -> None:
        """Grades what has no verdict yet, with an engine that runs already or one of its own."""
        from grader.cohort.engine import Done
        from grader.cohort.grading import grade, to_do

        conditions = self.assignment.conditions
        digests = to_do(self.store, conditions)
        if not digests:
            return
        own = self._engine() if started is None else contextlib.nullcontext(started)
        with own as engine, counting("Grading", len(digests)) as step:

            def tell(done: Done) -> None:
                result = done.result
                step(bool(done.failure) or (result is not None and result.status == "grader_error"))

            grade(self.store, engine, conditions, digests, tell, self._refuse_change)

    def _refuse_change(self) -> None:
        """Judges read the course's files when they need them: it must be as it was at the start.

        Raises:
            UsageError: if it is not; what it gave is no verdict of either course.
        """
        from grader.cohort.course_digest import course_digest

        if course_digest(self.course) != self.assignment.conditions.course:
            raise UsageError(
                "the course was changed while the class was graded; what was graded before is "
                "kept. Put it back and go on with --resume, or see what the change does: "
                f"{_command('regrade', self.folder, '--diff')}"
            )

    def _engine(self) -> Engine:
        from grader.cohort.local import LocalEngine

        name, _, address = self.asked.engine.partition("=")
        jobs, mode = self.asked.jobs, self.assignment.conditions.settings.isolation
        bubblewrap = self.assignment.bubblewrap
        if name == "dask":
            from grader.cohort.cluster import ClusterEngine

            engine: Engine = ClusterEngine(
                self.course,
                address or None,
                width=jobs,
                mode=mode,
                bubblewrap=bubblewrap,
                tell=note,
            )
            return engine
        return LocalEngine(self.course, width=jobs, mode=mode, bubblewrap=bubblewrap)

    def _class(self) -> Class:
        from grader.cohort.grading import class_of

        return class_of(self.store, self.assignment)

    def _finish(self) -> int:
        """Writes reports, gradebook and class page, and says how the class stands."""
        from grader.cohort.gradebook import gradebook_csv
        from grader.files import write
        from grader.writers import class_page
        from grader.writers.cohort import Sheet

        whole = self._class()
        drawn = self._draw(whole)
        record = self._record(whole)
        places = [("gradebook", self.folder / GRADEBOOK), ("class page", self.folder / CLASS_PAGE)]
        write(self.folder / GRADEBOOK, gradebook_csv(whole.standings, self.assignment.rules))
        write(self.folder / CLASS_PAGE, class_page.render(record).encode("utf-8"))
        said = [(what, str(where)) for what, where in places]
        if drawn:
            said.append(("reports", str(self.folder / drawn)))
        screen = screen_of(sys.stdout)
        show(Sheet(screen.width, screen.ascii_only).summary(record, said), screen)
        self._hand_back(whole)
        return GRADER_FAILED if _failed(whole) else PASSED

    def _hand_back(self, whole: Class) -> None:
        """Writes the files for platforms, and says what is in them and what is not."""
        from grader.cohort.platforms import returns
        from grader.files import write

        for each in returns(self.assignment, whole.standings):
            filled = each.filled
            write(self.folder / each.file, filled.data)
            said = f"{filled.graded} with points, {filled.changed} of them new or changed"
            click.echo(f"for {each.platform:<9} {self.folder / each.file} ({said})")
            for line in (*filled.left_out, *filled.notes):
                note(f"{each.platform}: {line}")

    def _draw(self, whole: Class) -> str:
        """Draws the reports that are missing; the folder of all, empty if there are none."""
        from grader.audience import students_view
        from grader.cohort.local import cores
        from grader.cohort.reports import STUDENTS, Pages, Wanted, draw, missing, remark
        from grader.writers import html

        if not self.assignment.reports:
            return ""
        conditions = self.assignment.conditions
        view = partial(students_view, after_due=self.assignment.after_due)
        pages = Pages(view, html.render)
        own = [
            (attempt, remark(standing, place))
            for standing in whole.standings
            for place, attempt in enumerate(standing.attempts)
        ]
        wanted = [
            Wanted(Path(attempt.report).name, attempt.handed_in.digest, said)
            for attempt, said in [*own, *((stray.attempt, "") for stray in whole.strays)]
            if attempt.report
        ]
        todo = missing(self.store, conditions, self.folder, wanted, pages)
        if todo:
            jobs = min(self.asked.jobs or cores(), len(todo))
            with counting("Writing reports", len(todo)) as step:
                for _ in draw(self.store, conditions, self.folder, todo, pages, jobs):
                    step(False)
        return STUDENTS if wanted else ""

    def _record(self, whole: Class) -> ClassRecord:
        from grader.cohort.lessons import lessons_of
        from grader.cohort.statistics import Provenance, Stray, class_record

        conditions = self.assignment.conditions
        settings = conditions.settings
        versions = dict(pair.split(" ", 1) for pair in conditions.grader.split(", "))
        provenance = Provenance(
            course=self.course.name,
            made=datetime.now().astimezone(),
            digest=conditions.course,
            seed=None if settings.secret_seed else settings.seed,
            versions=versions,
            engine=self.asked.engine,
        )
        strays = [
            Stray(
                handed_in=stray.attempt.handed_in,
                nearest=stray.nearest.name if stray.nearest else "",
                report=stray.attempt.report,
            )
            for stray in whole.strays
        ]
        return class_record(
            whole.standings,
            provenance,
            lessons_of(self.course),
            compared=self._compared(whole),
            strays=strays,
        )

    def _compared(self, whole: Class) -> list[Compared]:
        """Looks for near-duplicates among what everybody wrote."""
        from grader.cohort.grading import answers
        from grader.cohort.twins import compare

        entries = {entry.label: entry for entry in self.course.entries}
        found = []
        for label, texts in answers(self.store, self.course, whole).items():
            sides = (entries[label].stub, entries[label].solution)
            given = [side.read_text(encoding="utf-8", errors="replace") for side in sides]
            found.append(compare(label, texts, given))
        return found


def _failed(whole: Class) -> bool:
    """Whether the grader failed for some."""
    summaries = (attempt.summary for attempt in whole.attempts)
    return any(summary is not None and summary.status == "grader_error" for summary in summaries)


def _command(name: str, folder: Path, *options: str) -> str:
    from grader.submission.files import shown

    return again(name, shown(folder), *options)


def note(text: str) -> None:
    """Says something on standard error that does not stop anything."""
    click.echo(f"dlgrade: {text}", err=True)
