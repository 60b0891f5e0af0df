"""The class as one HTML file for the instructor: what to teach next, then everything else.

The page opens from disk, loads nothing and needs no script. Names, messages and paths come from
learners and platforms: all are made visible, shortened, and shown as text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from markupsafe import Markup

from grader.cohort.statistics import (
    BINS,
    Cause,
    ClassRecord,
    Example,
    Hurdle,
    Lesson,
    Progress,
    Row,
    Spread,
    Stray,
    Trouble,
    TroubleKind,
)
from grader.cohort.twins import Compared, Twins
from grader.writers import words
from grader.writers.template import TEMPLATES, asset, environment, policy, script
from grader.writers.visible import one_line, spaced

LARGEST: Final = 1_500_000
"""Bytes of a page before the table of students says less."""

TALKS: Final = 3
"""How many things to talk about are named."""

_SMALL_CLASS: Final = 10
"""In a smaller class, what one student does is worth a word too."""

_CAUSES, _MORE_CAUSES, _HURDLES, _GROUPS, _LISTED, _NAMED = 10, 60, 12, 40, 60, 10
"""How many entries each list has before it says how many more there are."""

_BAR_HEIGHT: Final = 120

_TROUBLES: Final[dict[TroubleKind, tuple[str, str]]] = {
    "grader": (
        "Not judged, by a fault of the grader or of the machine: it costs nobody points",
        "Run the same command with --resume, which tries again. If it fails again, look at one "
        "of them alone with dlgrade check.",
    ),
    "ungraded": (
        "Not graded yet",
        "Run the same command with --resume: it goes on where it stopped.",
    ),
    "unreadable": (
        "Nothing of it could be read",
        "Ask for the files again, as a folder or as a zip.",
    ),
    "nothing": (
        "Nothing in it to grade",
        "See what was handed in: the files must be called as the course calls them.",
    ),
}


@dataclass(frozen=True)
class Room:
    """How much is said of each student.

    Attributes:
        name: characters of a name.
        words: characters of a remark; none are made if it is 0.
        flags: how many are named, the others are counted.
    """

    name: int
    words: int
    flags: int


_ROOMS: Final = (
    Room(name=80, words=160, flags=3),
    Room(name=40, words=60, flags=1),
    Room(name=24, words=0, flags=0),
)


@dataclass(frozen=True)
class Link:
    """A name that leads to a report, or to nothing if there is none."""

    text: str
    href: str


@dataclass(frozen=True)
class Talk:
    """Something to talk about next week.

    Attributes:
        lead: who, up to the exercises: ``For 31 of the 187 students who tried it,``.
        names: of the exercises.
        rest: what they do, up to the full stop.
        hint: what to look at.
        lessons: what treats it.
        examples: reports that show it.
    """

    lead: str
    names: tuple[str, ...]
    rest: str
    hint: str
    lessons: tuple[Lesson, ...]
    examples: tuple[Link, ...]


@dataclass(frozen=True)
class Bar:
    """A bar of the distribution, across in percent and upwards in pixels."""

    start: float
    width: float
    height: float
    number: int
    title: str


@dataclass(frozen=True)
class Box:
    """The quartiles below the bars, in percent of the width."""

    low: float
    first: float
    middle: float
    third: float
    high: float


@dataclass(frozen=True)
class Segment:
    """A part of a stacked bar: in percent, and in words."""

    group: str
    start: float
    size: float
    number: int
    word: str


@dataclass(frozen=True)
class Stack:
    """An exercise, and how far the class is with it."""

    label: str
    title: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class RowView:
    """A student in the table.

    Attributes:
        row: the record.
        name: the student, with a link to the report.
        about: id and section, as far as the name does not say them.
        points: what they have, or why there is none.
        taken: what the rules took, in words.
        when: when the attempt that counts came, in words.
        attempts: which counts of how many, in words.
        remarks: what to look at.
        groups: the filters that the row belongs to.
    """

    row: Row
    name: Link
    about: str
    points: str
    taken: str
    when: str
    attempts: str
    remarks: tuple[str, ...]
    groups: str


@dataclass(frozen=True)
class Group:
    """Students with near-duplicates, and in which exercises."""

    students: tuple[Link, ...]
    twins: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TroubleView:
    """What was not judged: the headline of its kind, what was seen, whom it meets, what to do."""

    title: str
    what: str
    whom: str
    next: str
    number: int


@dataclass(frozen=True)
class ClassPage:
    """Everything that the template shows, in its order."""

    record: ClassRecord
    headline: str
    counts: tuple[str, ...]
    talks: tuple[Talk, ...]
    silence: str
    bars: tuple[Bar, ...]
    box: Box | None
    edges: tuple[str, ...]
    spread: str
    picture: str
    stacks: tuple[Stack, ...]
    causes: tuple[Talk, ...]
    more_causes: tuple[Talk, ...]
    causes_left: int
    hurdles: tuple[Hurdle, ...]
    hurdles_left: int
    troubles: tuple[TroubleView, ...]
    strays: tuple[tuple[Link, str, str], ...]
    strays_left: int
    groups: tuple[Group, ...]
    groups_left: int
    slowest: tuple[tuple[str, float], ...]
    rows: tuple[RowView, ...]
    filters: tuple[tuple[str, str, int], ...]
    shortened: bool


def render(record: ClassRecord) -> str:
    """The page.

    Args:
        record: what is to be known of the class.
    """
    text = ""
    for room in _ROOMS:
        text = _page(arrange(record, room))
        if len(text.encode()) <= LARGEST:
            break
    return text


def _page(page: ClassPage) -> str:
    style = asset(f"{TEMPLATES}/report.css") + asset(f"{TEMPLATES}/class.css")
    own = script("class.js")
    template = environment().get_template("class.html")
    return template.render(
        page=page,
        bar_height=_BAR_HEIGHT,
        chance=chance,
        policy=policy(style, own),
        style=Markup(style),
        script=Markup(own),
    )


def arrange(record: ClassRecord, room: Room = _ROOMS[0]) -> ClassPage:
    """The class arranged for the page.

    Args:
        record: what is to be known of it.
        room: how much is said of each student.
    """
    causes = tuple(_of_cause(cause) for cause in record.causes)
    groups = _groups(record)
    return ClassPage(
        record=record,
        headline=_headline(record),
        counts=_counts(record),
        talks=talks(record),
        silence=_silence(record),
        bars=_bars(record.spread),
        box=_box(record.spread),
        edges=tuple(words.amount(record.spread.max_score * share) for share in (0, 0.5, 1)),
        spread=_spread_in_words(record),
        picture=_picture_in_words(record.spread),
        stacks=tuple(map(_stack, record.progress)),
        causes=causes[:_CAUSES],
        more_causes=causes[_CAUSES:_MORE_CAUSES],
        causes_left=max(0, len(causes) - _MORE_CAUSES),
        hurdles=record.hurdles[:_HURDLES],
        hurdles_left=max(0, len(record.hurdles) - _HURDLES),
        troubles=tuple(map(_trouble, record.troubles[:_LISTED])),
        strays=tuple(map(_stray, record.strays[:_LISTED])),
        strays_left=max(0, len(record.strays) - _LISTED),
        groups=groups[:_GROUPS],
        groups_left=max(0, len(groups) - _GROUPS),
        slowest=tuple((_text(name, 60), seconds) for name, seconds in record.pace.slowest),
        rows=tuple(_row(row, room) for row in record.rows),
        filters=_filters(record.rows),
        shortened=room is not _ROOMS[0],
    )


def _headline(record: ClassRecord) -> str:
    number, students = len(record.rows) - record.missing, len(record.rows)
    noun = "student" if students == 1 else "students"
    handed = f"{spaced(number)} of {spaced(students)} {noun} handed in"
    if record.spread.quartiles is None:
        return handed if students else "The class has no students yet"
    middle = words.points(record.spread.quartiles[1], record.spread.max_score)
    return f"{handed}; half of those with points have {middle} or more"


def _counts(record: ClassRecord) -> tuple[str, ...]:
    late = sum(row.late for row in record.rows)
    flagged = sum(bool(row.flags) for row in record.rows)
    pairs = len({twins.students for each in record.compared for twins in each.twins})
    named = [
        (record.missing, "handed in nothing"),
        (record.unscored, "without points yet"),
        (late, "late"),
        (flagged, "with something to look at"),
        (pairs, "group of near-duplicates" if pairs == 1 else "groups of near-duplicates"),
        (
            len(record.strays),
            f"submission{'s match' if len(record.strays) > 1 else ' matches'} no student",
        ),
    ]
    return tuple(f"{spaced(number)} {what}" for number, what in named if number)


def talks(record: ClassRecord) -> tuple[Talk, ...]:
    """What to talk about next week: what most students failed by, for one known cause or for none.

    Of the cases that are failed for no known cause, one per exercise is named.
    """
    least = 2 if len(record.rows) >= _SMALL_CLASS else 1
    found = [(it.students, _of_cause(it)) for it in record.causes]
    worst: dict[str, Hurdle] = {}
    for hurdle in sorted(record.hurdles, key=lambda it: -it.unexplained):
        worst.setdefault(hurdle.label, hurdle)
    found += [(it.unexplained, _of_hurdle(it)) for it in worst.values()]
    found.sort(key=lambda pair: -pair[0])
    return tuple(talk for students, talk in found[:TALKS] if students >= least)


def _of_cause(cause: Cause) -> Talk:
    tried = "tried it" if len(cause.labels) == 1 else "tried them"
    return Talk(
        lead=f"{_of(cause.students, cause.tried)} who {tried}",
        names=tuple(_name_of(label) for label in cause.labels[:_NAMED]),
        rest=_sentence(cause.title),
        hint=_text(cause.hint, 400),
        lessons=cause.lessons,
        examples=tuple(map(_example, cause.examples)),
    )


def _of_hurdle(hurdle: Hurdle) -> Talk:
    title, is_quiz = f"“{_text(hurdle.title, 300)}”", hurdle.label.endswith("/quiz")
    who = "who answered" if is_quiz else "who got as far"
    return Talk(
        lead=f"{_of(hurdle.unexplained, hurdle.tried)} {who}",
        names=(_name_of(hurdle.label),),
        rest=f"has a wrong answer to {title}."
        if is_quiz
        else f"fails {title} for no cause that the course knows.",
        hint="",
        lessons=() if hurdle.lesson is None else (hurdle.lesson,),
        examples=(),
    )


def _of(number: int, total: int) -> str:
    if number == total > 1:
        return f"For all {spaced(total)}"
    return f"For {spaced(number)} of the {spaced(total)}" if total > 1 else "For the one"


def _silence(record: ClassRecord) -> str:
    if not any(progress.not_started < _students(progress) for progress in record.progress):
        return "Nothing was graded yet."
    return "Nothing stands out: no mistake was made, and no case failed, by two students or more."


def _students(progress: Progress) -> int:
    judged = progress.passed + progress.partial + progress.failed
    return judged + progress.not_started + progress.unjudged


def _sentence(clause: str) -> str:
    text = _text(clause, 400)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _name_of(label: str) -> str:
    name = label.rpartition("/")[2]
    return _text(label if name == "quiz" else name, 80)


def _text(text: str, limit: int) -> str:
    """In one line; what is left out is not counted, the report has it whole."""
    shown = one_line(text, limit * 2)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def _href(report: str, label: str = "") -> str:
    """An address below the page's own folder; empty if the path leads elsewhere."""
    parts = report.replace("\\", "/").split("/")
    if not report or "" in parts or ".." in parts:
        return ""
    try:
        path = quote(report.replace("\\", "/"), safe="/")
    except UnicodeEncodeError:
        return ""
    return f"{path}#{words.slug(label.rpartition('/')[2])}" if label else path


def _example(example: Example) -> Link:
    return Link(_text(example.name, 60), _href(example.report, example.label))


def _bars(spread: Spread) -> tuple[Bar, ...]:
    most, step = max(spread.bins), 100 / BINS
    return tuple(
        Bar(
            start=place * step + 0.6,
            width=step - 1.2,
            height=round(_BAR_HEIGHT * number / most, 1) if most else 0,
            number=number,
            title=f"{_range(spread, place)}: {words.count(number, 'student')}",
        )
        for place, number in enumerate(spread.bins)
    )


def _range(spread: Spread, place: int) -> str:
    low, high = (words.amount(spread.max_score * it / BINS) for it in (place, place + 1))
    return f"{low} to {high} points" if place == BINS - 1 else f"{low} to less than {high} points"


def _box(spread: Spread) -> Box | None:
    if spread.quartiles is None or spread.max_score <= 0:
        return None
    places = (spread.low, *spread.quartiles, spread.high)
    low, first, middle, third, high = (
        round(100 * min(max(it / spread.max_score, 0), 1), 2) for it in places
    )
    return Box(low, first, middle, third, high)


def _spread_in_words(record: ClassRecord) -> str:
    spread = record.spread
    if spread.quartiles is None:
        return "Nobody has points yet."
    first, middle, third = (words.amount(it) for it in spread.quartiles)
    text = (
        f"A quarter have at most {first} points, half at most {middle}, three quarters at most "
        f"{third}; the fewest are {words.amount(spread.low)}, the most {words.amount(spread.high)}."
    )
    left_out = [
        f"{spaced(record.missing)} who handed in nothing" if record.missing else "",
        f"{spaced(record.unscored)} who could not be given points" if record.unscored else "",
    ]
    named = " and ".join(filter(None, left_out))
    return f"{text} Not counted here: {named}." if named else text


def _picture_in_words(spread: Spread) -> str:
    filled = [bar.title for bar in _bars(spread) if bar.number]
    return f"Distribution of points. {'; '.join(filled)}." if filled else "No points yet."


def _stack(progress: Progress) -> Stack:
    numbers = [
        ("passed", progress.passed, "passed"),
        ("underway", progress.partial, "partly right"),
        ("failing", progress.failed, "failed"),
        ("unjudged", progress.unjudged, "not judged"),
        ("untouched", progress.not_started, "not started"),
    ]
    total = max(1, sum(number for _, number, _ in numbers))
    segments: list[Segment] = []
    start = 0.0
    for group, number, word in numbers:
        if number:
            size = round(100 * number / total, 3)
            segments.append(Segment(group, round(start, 3), size, number, word))
            start += size
    return Stack(progress.label, _text(progress.title, 120), tuple(segments))


def _row(row: Row, room: Room) -> RowView:
    student = row.student
    about = [student.id] if student.id != student.name else []
    about += [student.section] if student.section else []
    return RowView(
        row=row,
        name=Link(_text(student.name, room.name), _href(row.report)),
        about=_text(" · ".join(about), room.name),
        points=words.amount(row.score)
        if row.score is not None
        else ("no points yet" if row.attempts else "nothing handed in"),
        taken=f"{words.amount(row.taken)} taken by the rules" if row.taken else "",
        when=" ".join(filter(None, [_time(row), "late" if row.late else ""])),
        attempts=f"attempt {row.counted} of {row.attempts}" if row.attempts > 1 else "",
        remarks=_remarks(row, room),
        groups=" ".join(_groups_of(row)),
    )


def _time(row: Row) -> str:
    return "" if row.submitted is None else row.submitted.strftime("%Y-%m-%d %H:%M")


def _remarks(row: Row, room: Room) -> tuple[str, ...]:
    found = [_text(flag, max(room.words // 2, 40)) for flag in row.flags[: room.flags]]
    left = len(row.flags) - len(found)
    if left:
        found.append(f"{left} more" if found else words.count(left, "flag"))
    if row.unjudged:
        found.insert(0, "not fully judged, by the grader's fault")
    if row.why and room.words:
        found.append(_text(row.why, room.words))
    return tuple(found)


_FILTERS: Final = {
    "missing": "nothing handed in",
    "open": "no points yet",
    "late": "late",
    "flagged": "something to look at",
}


def _groups_of(row: Row) -> list[str]:
    held = {
        "missing": not row.attempts,
        "open": bool(row.attempts) and row.score is None,
        "late": row.late,
        "flagged": bool(row.flags) or row.unjudged,
    }
    return [group for group, holds in held.items() if holds]


def _filters(rows: Iterable[Row]) -> tuple[tuple[str, str, int], ...]:
    numbers: dict[str, int] = defaultdict(int)
    for row in rows:
        for group in _groups_of(row):
            numbers[group] += 1
    return tuple((key, word, numbers[key]) for key, word in _FILTERS.items() if numbers[key])


def _groups(record: ClassRecord) -> tuple[Group, ...]:
    """Near-duplicates by who they are of: those with the most exercises first."""
    links = {
        row.student.id: Link(_text(row.student.name, 60), _href(row.report)) for row in record.rows
    }
    found: dict[tuple[str, ...], list[Twins]] = defaultdict(list)
    for compared in record.compared:
        for twins in compared.twins:
            found[twins.students].append(twins)
    order = sorted(
        found.items(),
        key=lambda item: (-len(item[1]), min(it.others for it in item[1]), item[0]),
    )
    return tuple(
        Group(
            students=tuple(links.get(who, Link(_text(who, 60), "")) for who in students),
            twins=tuple((_name_of(it.label), _twins_in_words(it)) for it in twins),
        )
        for students, twins in order
    )


def _twins_in_words(twins: Twins) -> str:
    lines = f"{spaced(twins.rare)} {'lines' if twins.rare > 1 else 'line'}"
    text = f"{percent(twins.alike)} alike, with {lines} in common that few wrote; "
    if not twins.pairs:
        return text + "there is no other pair to compare with"
    if not twins.others:
        return text + f"none of the other {spaced(twins.pairs)} pairs shares as much"
    number, verb = spaced(twins.others), "shares" if twins.others == 1 else "share"
    often = spaced(twins.pairs // twins.others)
    return f"{text}{number} of the other {spaced(twins.pairs)} pairs {verb} as much, 1 in {often}"


def percent(share: float) -> str:
    """``97 %``, rounded down, so that only what is equal is 100 %."""
    return f"{int(100 * share + 1e-9)} %"


def chance(compared: Compared) -> str:
    """How alike answers are by themselves in this class; empty if there are no two."""
    if compared.usual is None or compared.unusual is None:
        return ""
    text = (
        f"{spaced(compared.answers)} answers; the middle pair is {percent(compared.usual)} alike, "
        f"1 pair in 100 more than {percent(compared.unusual)}"
    )
    if compared.cut:
        text += f"; of {spaced(compared.cut)} only the beginning, for length"
    return text


def _trouble(trouble: Trouble) -> TroubleView:
    title, todo = _TROUBLES[trouble.kind]
    return TroubleView(
        title=title,
        what=_text(trouble.what, 300),
        whom=_names(trouble.whom),
        next=todo,
        number=len(trouble.whom),
    )


def _names(names: Sequence[str]) -> str:
    # Names often hold a comma.
    shown = "; ".join(_text(name, 60) for name in names[:_NAMED])
    left = len(names) - _NAMED
    return f"{shown} and {spaced(left)} more" if left > 0 else shown


def _stray(stray: Stray) -> tuple[Link, str, str]:
    handed = stray.handed_in
    return (
        Link(_text(handed.name or handed.who, 80), _href(stray.report)),
        _text(handed.source, 120),
        _text(stray.nearest, 80),
    )
