"""How platforms call what a student handed in, and what that says of the student.

Canvas (``lib/content_zipper.rb``): ``<sortable name, squeezed>[_LATE]_<user id>_<file id>_<name>``,
or ``[LATE_]anon_<id>_…`` where names are hidden; only the last attempt is packed.
Moodle (``mod/assign``): folders ``<full name>_<participant>_assignsubmission_file_``, or files with
that before their names; only the last attempt. Gradescope: see `grader.cohort.intake.gradescope`.
GitHub Classroom (``gh classroom clone``): ``<assignment>-submissions/<assignment>-<user>``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from grader.cohort.intake import clones, gradescope
from grader.cohort.intake.places import Place
from grader.cohort.names import legible
from grader.course import QUIZ, Course
from grader.errors import UsageError
from grader.submission.archive import stem
from grader.submission.bundle import FOREIGN, SUFFIXES, suffix_among
from grader.submission.files import LIMITS, NOTEBOOK, Refused, shown, suffix_of

_CANVAS: Final = re.compile(
    r"(?:(?!LATE_|anon_)(?P<name>.*?)_)?(?P<late>LATE_)?"
    r"(?:(?P<user>\d{1,20})|anon_(?P<anon>[A-Za-z0-9]{1,20}))"
    r"_(?:\d{1,20}_(?P<file>.+)|(?:text|link)\.html)",
    re.DOTALL,
)
_MOODLE: Final = re.compile(
    r"(?P<name>.+?)(?:_(?P<number>\d{1,20}))?_assignsubmission_(?P<kind>[a-z]+)_?(?P<file>.*)",
    re.DOTALL,
)
_ATTEMPT: Final = re.compile(r"(?:attempt|submission|try)[-_ ]?(\d{1,4})", re.IGNORECASE)
_AGAIN: Final = re.compile(r"(?:-\d{1,3}| \(\d{1,3}\))$")
_CLASSROOM: Final = "-submissions"


@dataclass
class Arrival:
    """What came from one student at one time; see `grader.cohort.records.HandedIn`.

    Attributes:
        files: what it is made of, and what each file is called in the student's own words.
    """

    source: str
    who: str
    ids: dict[str, str] = field(default_factory=dict)
    name: str = ""
    submitted: datetime | None = None
    late: bool = False
    attempt: int = 1
    fault: str = ""
    files: list[tuple[str, Place]] = field(default_factory=list)


def recognise(root: Place, course: Course, note: Callable[[str], None]) -> list[Arrival]:
    """Finds who handed in what, by names alone.

    Raises:
        UsageError: if this is the submission of one student, or of nobody.
    """
    try:
        root = _unwrapped(root, course)
        children = root.children()
    except Refused as refused:
        raise UsageError(f"{shown(root.name)} holds no class: {refused}") from None
    recorded = next((place for place in children if place.name == gradescope.RECORD), None)
    if recorded is not None:
        found = _from_gradescope(recorded, children, note)
    else:
        _refuse_single(root, children, course)
        found = _by_name(root, children, course, note)
    if not found:
        raise UsageError(
            f"{shown(root.name)} holds no submission; name a folder (or a platform's zip) that "
            "holds a folder, an archive or a notebook for each student"
        )
    return _told_apart(found)


def _unwrapped(root: Place, course: Course) -> Place:
    """The folder that an export was packed or unpacked in, if that is all there is."""
    children = root.children()
    if len(children) != 1 or not children[0].is_folder:
        return root
    (only,) = children
    inner = _inside(only)
    if _MOODLE.fullmatch(only.name) or _is_submission(inner, course):
        return root
    exported = any(
        place.name == gradescope.RECORD
        or _MOODLE.fullmatch(place.name)
        or (_CANVAS.fullmatch(place.name) and not place.is_folder)
        for place in inner
    )
    several = sum(place.is_folder or _is_packed(place.name) for place in inner) > 1
    return only if exported or (several and not _attempts(inner)) else root


def _inside(place: Place) -> list[Place]:
    """What lies in a folder; why nothing can be read comes up when its files are."""
    try:
        return place.children()
    except Refused:
        return []


def _is_packed(name: str) -> bool:
    return bool(suffix_among(name, (*SUFFIXES, *FOREIGN))) or suffix_of(name) == NOTEBOOK


def _is_submission(children: list[Place], course: Course) -> str:
    """The name of something that an answer to the course holds, and a class does not."""
    answers = {f"{entry.name}{suffix}" for entry in course.entries for suffix in (".py", NOTEBOOK)}
    known = answers | {QUIZ, *course.topics, "exercises"}
    return next((place.name for place in children if place.name in known), "")


def _refuse_single(root: Place, children: list[Place], course: Course) -> None:
    held = _is_submission(children, course)
    if held:
        raise UsageError(
            f"{shown(root.name)} is the submission of one learner, not of a class: it holds "
            f"{held}; grade it with dlgrade check, or name the folder that holds a folder, an "
            "archive or a notebook for each student"
        )


def _by_name(
    root: Place, children: list[Place], course: Course, note: Callable[[str], None]
) -> list[Arrival]:
    exported: dict[str, Arrival] = {}
    plain: list[Place] = []
    for place in children:
        moodle = _MOODLE.fullmatch(place.name)
        canvas = _CANVAS.fullmatch(place.name)
        if moodle is not None and (place.is_folder or moodle["file"]):
            _add_moodle(exported, place, moodle)
        elif canvas is not None:
            _add_canvas(exported, place, canvas, course)
        else:
            plain.append(place)
    _hide_names([arrival for key, arrival in exported.items() if key.startswith("moodle ")])
    for arrival in exported.values():
        if not arrival.files:
            arrival.fault = (
                "only text was handed in online, no file; ask for a .py file or an archive"
            )
    return [*exported.values(), *_plain(root, plain, note)]


def _add_moodle(exported: dict[str, Arrival], place: Place, said: re.Match[str]) -> None:
    """Files come by student; online text says nothing that can be graded."""
    number, name = said["number"] or "", said["name"]
    ids = {"moodle": number} if number else {}
    arrival = exported.setdefault(
        f"moodle {name} {number}", Arrival(source=place.name, who=name, ids=ids, name=name)
    )
    if said["kind"] == "file":
        arrival.source = place.name
        arrival.files.append((said["file"] or place.name, place))


def _hide_names(arrivals: list[Arrival]) -> None:
    """Where Moodle hides names, all are called "Participant", in the site's language."""
    names = {arrival.name for arrival in arrivals}
    if names == {"Participant"} or (len(names) == 1 and len(arrivals) > 1):
        for arrival in arrivals:
            arrival.who = f"{arrival.name} {arrival.ids.get('moodle', '')}".rstrip()
            arrival.name = ""


def _add_canvas(
    exported: dict[str, Arrival], place: Place, said: re.Match[str], course: Course
) -> None:
    user, hidden = said["user"] or "", said["anon"] or ""
    arrival = exported.setdefault(
        f"canvas {user} {hidden}",
        Arrival(
            source=place.name,
            who=said["name"] or (f"anon {hidden}" if hidden else f"user {user}"),
            ids={"canvas": user} if user else {},
            late=bool(said["late"]),
        ),
    )
    if said["file"]:
        arrival.files.append((_as_asked(said["file"], course), place))


def _as_asked(name: str, course: Course) -> str:
    """A file's name without the number that Canvas adds to one that is handed in again."""
    path = PurePosixPath(name.replace("/", "_"))
    whole = stem(path.name) if suffix_among(path.name, SUFFIXES) else path.stem
    bare = _AGAIN.sub("", whole)
    asked = {entry.name for entry in course.entries} | set(course.topics)
    return name.replace(whole, bare, 1) if bare in asked and whole not in asked else name


def _plain(root: Place, places: list[Place], note: Callable[[str], None]) -> Iterator[Arrival]:
    """A folder, an archive or a notebook for each student, called like the student."""
    folders = {place.name for place in places if place.is_folder}
    for place in places:
        if place.is_folder:
            yield from _folder(root, place)
        elif not _is_packed(place.name):
            note(f"{shown(place.name)} was passed over: {_no_submission(place)}")
        elif (who := _stem(place.name)) in folders:
            note(f"{shown(place.name)} was passed over: the folder {shown(who)} is beside it")
        else:
            yield Arrival(source=place.name, who=who, files=[(place.name, place)])


def _no_submission(place: Place) -> str:
    if suffix_of(place.name) in LIMITS:
        return "put it into a folder that is called like the student"
    return "it is no folder, archive or notebook of a student"


def _stem(name: str) -> str:
    suffix = suffix_among(name, (*SUFFIXES, *FOREIGN)) or suffix_of(name)
    return name[: len(name) - len(suffix)]


def _folder(root: Place, place: Place) -> Iterator[Arrival]:
    """A student's folder, or a folder of attempts, or a clone."""
    attempts = _attempts(_inside(place))
    for number, inner in attempts:
        source = f"{place.name}/{inner.name}"
        yield Arrival(source=source, who=place.name, attempt=number, files=[("", inner)])
    if attempts:
        return
    arrival = Arrival(source=place.name, who=place.name, files=[("", place)])
    prefix = f"{root.name.removesuffix(_CLASSROOM)}-"
    if root.name.endswith(_CLASSROOM) and place.name.removeprefix(prefix) not in ("", place.name):
        arrival.who = place.name.removeprefix(prefix)
        arrival.ids = {"github": legible(arrival.who)}
    if place.clone is not None:
        arrival.submitted = clones.committed(place.clone)
    yield arrival


def _attempts(children: list[Place]) -> list[tuple[int, Place]]:
    """The attempts that a folder holds, in their order; none if it holds anything else."""
    numbers = [_ATTEMPT.fullmatch(place.name) for place in children]
    found = [
        (int(number[1]), place)
        for number, place in zip(numbers, children, strict=True)
        if number is not None and place.is_folder
    ]
    return sorted(found, key=lambda one: one[0]) if len(found) == len(children) else []


def _from_gradescope(
    recorded: Place, children: list[Place], note: Callable[[str], None]
) -> list[Arrival]:
    folders = {place.name: place for place in children if place.is_folder}
    found: list[Arrival] = []
    for entry in gradescope.read(recorded):
        place = folders.pop(entry.folder, None)
        arrival = Arrival(
            source=entry.folder,
            who=entry.folder,
            submitted=entry.submitted,
            attempt=entry.attempt,
            files=[("", place)] if place is not None else [],
            fault="" if place is not None else "the export names it, but does not hold its files",
        )
        if not entry.submitters:
            note(f"{shown(entry.folder)} belongs to nobody in {gradescope.RECORD}")
            found.append(arrival)
        for name, ids in entry.submitters:
            found.append(replace(arrival, who=name or entry.folder, name=name, ids=ids))
    for name, place in folders.items():
        note(f"{shown(name)} is not in {gradescope.RECORD}: nobody knows whose it is")
        found.append(Arrival(source=name, who=name, files=[("", place)]))
    return found


def _told_apart(found: list[Arrival]) -> list[Arrival]:
    """Names made legible; where two then look alike, the later is numbered."""
    meant: dict[str, str] = {}
    for arrival in found:
        arrival.source, arrival.name = legible(arrival.source), legible(arrival.name)
        if arrival.ids:
            arrival.who = legible(arrival.who)
            continue
        said, number = legible(arrival.who), 1
        while meant.setdefault(said, arrival.who) != arrival.who:
            number += 1
            said = f"{legible(arrival.who)} ({number})"
        arrival.who = said
    return found
