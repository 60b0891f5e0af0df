"""The pages of a class, made from what the store keeps: those that are missing or out of date.

They are drawn by processes of their own once all verdicts are there: a page says what the gradebook
makes of its points, and no judge waits for a page.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
import re
import signal
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from grader import __version__
from grader.cohort.ranking import amount
from grader.cohort.records import Standing
from grader.cohort.store import Conditions, Store, unpacked
from grader.errors import DlgradeError
from grader.files import write
from grader.result import Result

STUDENTS: Final = "reports"
"""The folder of what students may see."""

INSTRUCTORS: Final = "instructor"
"""The folder of the same pages whole, where students do not see everything."""

_AHEAD: Final = 4
_LONGEST: Final = 40
"""Characters of a name, of up to four bytes each: file systems take 255 bytes."""

_START: Final = "spawn" if sys.platform == "win32" else "forkserver"
"""How processes begin: this one has threads, and must not be forked itself."""

_UNSAFE: Final = re.compile(r"[^\w.@+-]+")
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever follows the dot."""


@dataclass(frozen=True)
class Pages:
    """How pages are made. Both are functions of modules: they travel to processes by their names.

    Attributes:
        view: what students may see of a record.
        render: makes a page of a record, and of what the gradebook says of it.
    """

    view: Callable[[Result], Result]
    render: Callable[[Result, str], str]

    def draw(self, folder: Path, wanted: Wanted, result: Result) -> None:
        """Writes the students' page, and the instructor's if it has more; each whole or not at all.

        Raises:
            DlgradeError: if one cannot be written.
        """
        seen = self.view(result)
        if seen != result:
            _put(folder / INSTRUCTORS / wanted.name, self.render(result, wanted.remark))
        # The gradebook's points would give away how cases went that wait for the due date.
        told = wanted.remark if seen.max_score == result.max_score else ""
        # Last, for it is this one that is missed if we do not come so far.
        _put(folder / STUDENTS / wanted.name, self.render(seen, told))


@dataclass(frozen=True)
class Wanted:
    """A page that is to be there.

    Attributes:
        name: of the file.
        digest: of what was handed in.
        remark: what the gradebook says of it; see `remark`.
    """

    name: str
    digest: str
    remark: str = ""


@dataclass(frozen=True)
class Missing:
    """A page that is to be drawn.

    Attributes:
        wanted: which.
        stamp: what it is made from, for the store.
    """

    wanted: Wanted
    stamp: str


def remark(standing: Standing, place: int) -> str:
    """What a student's page says of the gradebook, where its points are not all that there is.

    Args:
        standing: the student's row.
        place: which of their attempts the page is of.
    """
    if standing.counted is None or standing.score is None:
        return ""
    if standing.counted != place:
        return "Another attempt counts in the gradebook."
    summary = standing.attempts[place].summary
    counts = standing.score, standing.max_score
    if not standing.why and summary and counts == (summary.score, summary.max_score):
        return ""
    points = f"{amount(standing.score)} of {amount(standing.max_score)} points"
    return f"In the gradebook: {points}. {standing.why}".rstrip()


def warm_up(modules: Sequence[str]) -> None:
    """Begins to import what pages are made with, where the processes that draw are forked from.

    Returns at once. It need not be called: then each of them imports it when it draws.

    Args:
        modules: what `Pages` are made of.
    """
    if _START == "forkserver":
        from multiprocessing import forkserver

        multiprocessing.get_context(_START).set_forkserver_preload(["__main__", *modules])
        forkserver.ensure_running()


def missing(
    store: Store,
    conditions: Conditions,
    folder: Path,
    wanted: Iterable[Wanted],
    how: Pages,
) -> list[Missing]:
    """Those of the wanted pages that are not there as the verdicts are now.

    Args:
        store: where the verdicts are.
        conditions: which of them.
        folder: of the class.
        wanted: of each attempt; those without a verdict have no page.
        how: how they are made.
    """
    reported = store.reported()
    makers = pickle.dumps((__version__, how.view, how.render))
    found = []
    for page in wanted:
        record = store.record(conditions, page.digest)
        if record is not None:
            stamp = hashlib.sha256(makers + page.remark.encode() + record).hexdigest()
            there = (folder / STUDENTS / page.name).is_file()
            if reported.get(page.name) != stamp or not there:
                found.append(Missing(page, stamp))
    return found


def draw(
    store: Store,
    conditions: Conditions,
    folder: Path,
    pages: Iterable[Missing],
    how: Pages,
    jobs: int,
) -> Iterator[Missing]:
    """Draws pages in as many processes, and yields each when it is written.

    Raises:
        DlgradeError: if one cannot be written.
    """
    for place in (STUDENTS, INSTRUCTORS):
        # What a process that was killed while it wrote has left behind.
        for left in (folder / place).glob(".*.html.*.tmp"):
            left.unlink(missing_ok=True)
    ahead = iter(pages)
    context = multiprocessing.get_context(_START)
    with ProcessPoolExecutor(jobs, context, _prepare) as processes:
        under_way: dict[Future[None], Missing] = {}
        try:
            while True:
                for page in islice(ahead, _AHEAD * jobs - len(under_way)):
                    record = store.record(conditions, page.wanted.digest)
                    assert record is not None
                    under_way[processes.submit(_draw, how, folder, page.wanted, record)] = page
                if not under_way:
                    return
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    page = under_way.pop(future)
                    future.result()
                    store.report(page.wanted.name, page.stamp)
                    yield page
        except BrokenProcessPool as error:
            raise DlgradeError(
                "a process that wrote reports has died; the verdicts are kept: go on with --resume"
            ) from error
        finally:
            processes.shutdown(cancel_futures=True)


def name_for(student: str, attempt: int, taken: set[str]) -> str:
    """The name of a student's page, new among those that are taken, and harmless.

    Whatever a student is called, the file lies in its folder, is not hidden, and no two names
    differ in nothing but their case.
    """
    plain = unicodedata.normalize("NFC", student)
    safe = _UNSAFE.sub("-", plain).strip(".-")[:_LONGEST]
    safe = _DEVICE.sub(r"student-\g<0>", safe) if _DEVICE.match(safe) else safe
    number = f"-{attempt}" if attempt > 1 else ""
    name = f"{safe}{number}.html"
    if not safe or safe != plain or name.casefold() in taken:
        name = f"{safe or 'student'}-{_mark(student)}{number}.html"
    while name.casefold() in taken:
        name = f"{safe or 'student'}-{_mark(name)}{number}.html"
    taken.add(name.casefold())
    return name


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _draw(how: Pages, folder: Path, wanted: Wanted, record: bytes) -> None:
    how.draw(folder, wanted, unpacked(record))


def _put(path: Path, page: str) -> None:
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise DlgradeError(f"{path.parent} cannot be made: {error.strerror}") from error
    write(path, page.encode("utf-8"))


def _prepare() -> None:
    """What a drawing process begins with: it goes when its parent does, and only then."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    # An interrupt at the terminal is for the parent; one that is killed cannot tell anybody.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_go_with, args=(parent,), daemon=True).start()


def _go_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
