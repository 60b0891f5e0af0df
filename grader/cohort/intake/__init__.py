"""Submissions of a class, as they come from the platforms: a folder, or the zip of a download.

What each platform's export looks like is in `platforms`, where files lie in `places`. Times of
files are nobody's time of submission: unpacking sets them, and so do Canvas and Moodle when they
pack. Only Gradescope's own record and the last commit of a clone (which its author can set) count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from grader.cohort.intake.places import Place, opened
from grader.cohort.intake.platforms import Arrival, recognise
from grader.cohort.intake.unpacking import unpacked
from grader.cohort.records import HandedIn
from grader.course import Course
from grader.submission import Bundle, could_ask, gather
from grader.submission.archive import emptiness
from grader.submission.bundle import FOREIGN, SUFFIXES, Member, suffix_among
from grader.submission.files import NOTEBOOK, Parts
from grader.submission.packed import Packed

Note = Callable[[str], None]

_YEARS: Final = range(1970, 9000)

__all__ = ["Note", "take_in"]


def take_in(
    path: Path, course: Course, note: Note = lambda _: None
) -> Iterator[tuple[HandedIn, Bundle]]:
    """Reads what a class handed in, one submission after the other.

    A submission that cannot be read comes with a `HandedIn.fault` and an empty bundle; it never
    stops the others.

    Args:
        path: a folder that holds a folder, an archive or a notebook per student; or an export of
            Canvas, Moodle or Gradescope, unpacked or as the zip that it came in.
        course: what is answered; files that it could not ask for are left out.
        note: is told what was passed over, and why.

    Raises:
        UsageError: if there is no class in ``path``; says what was expected.
    """
    with opened(path) as root:
        for arrival in recognise(root, course, note):
            bundle = _bundle(arrival, course)
            fault = arrival.fault
            if not fault and not bundle.members:
                fault = emptiness(bundle)
            yield (
                HandedIn(
                    source=arrival.source,
                    digest=bundle.digest,
                    who=arrival.who,
                    ids=arrival.ids,
                    name=arrival.name,
                    submitted=_believable(arrival.submitted),
                    late=arrival.late,
                    attempt=arrival.attempt,
                    fault=fault,
                ),
                bundle,
            )


def _believable(time: datetime | None) -> datetime | None:
    """A time that somebody may have handed in at, None if it is none.

    Whoever commits can write any; one near the end of the calendar is none in another zone.
    """
    return time if time is not None and time.year in _YEARS else None


def _bundle(arrival: Arrival, course: Course) -> Bundle:
    """What a student handed in, archives at its top opened."""
    wanted = could_ask(course)
    cuts: list[str] = []

    def items() -> Iterator[Packed]:
        for name, place in arrival.files:
            found = place.contents(wanted) if place.is_folder else [_named(place, name)]
            for packed in found:
                if "/" not in packed.name and suffix_among(packed.name, (*SUFFIXES, *FOREIGN)):
                    yield from unpacked(packed, course, cuts)
                else:
                    yield packed

    bundle = gather(items(), arrival.who, wanted=wanted)
    cut = "; ".join(filter(None, (*cuts, bundle.cut)))
    return Bundle(bundle.place, _joined(bundle.members, course), bundle.inner, cut)


def _joined(members: Mapping[Parts, Member], course: Course) -> dict[Parts, Member]:
    """Files beside the folders of topics, in the folders that they belong to.

    Somebody packed one exercise and handed in the other as it is; `collect` would look at one way.
    """
    roots = sorted(parts[:-2] for parts in members if parts[-2:-1] and parts[-2] in course.topics)
    if not roots:
        return dict(members)
    homes = {
        f"{entry.name}{suffix}": (*roots[0], entry.topic)
        for entry in course.entries
        for suffix in (".py", NOTEBOOK)
    }
    joined: dict[Parts, Member] = {}
    for parts, member in members.items():
        home = (*homes.get(parts[-1], ()), parts[-1]) if len(parts) == 1 else parts
        if home in joined or (home != parts and home in members):
            both = f"{parts[-1]} and {'/'.join(home)}"
            member = Member(fault=f"there is {both}; hand in one file for an exercise")
        joined[home] = member
    return joined


def _named(place: Place, name: str) -> Packed:
    return Packed(name, place.problem, place.read, is_loose=True)
