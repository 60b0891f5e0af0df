"""Who takes the course; whose a submission is, `match` says.

A roster comes from a platform (Canvas's gradebook, Moodle's participants or grading worksheet,
Gradescope, GitHub Classroom) or is anybody's table with headers that say what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from grader.cohort.matching import Matched, Unmatched, match, roster_of
from grader.cohort.names import legible, words
from grader.cohort.records import Student
from grader.cohort.tables import read_table
from grader.errors import UsageError
from grader.submission.files import shown

__all__ = ["Matched", "Unmatched", "match", "read_roster", "roster_of"]

_SHOWN_PROBLEMS: Final = 5
_PARTICIPANT: Final = re.compile(r"(\D{1,60}?)\s*(\d{1,20})")

# What a column is called, accents, case and punctuation aside.
_HEADERS: Final = {
    "sis": ("sis user id", "sis id"),
    "login": (
        *("sis login id", "login", "login id", "username", "user name", "netid", "benutzername"),
        *("anmeldename", "nom d utilisateur", "nombre de usuario", "gebruikersnaam"),
    ),
    "gradescope": ("sid",),
    "github": ("github username", "github user", "github login", "github"),
    "email": (
        *("email", "e mail", "mail", "email address", "e mail address", "e mail adresse"),
        *("adresse de courriel", "adresse e mail", "direccion de correo", "correo electronico"),
        *("indirizzo email", "e mailadres", "emailadres"),
    ),
    "id": (
        *("id", "id number", "identifier", "student id", "student number", "matriculation number"),
        *("id nummer", "matrikelnummer", "numero d identification", "numero de id", "matricola"),
        *("studentnummer",),
    ),
    "name": (
        *("name", "full name", "fullname", "student", "student name", "display name"),
        *("vollstandiger name", "nom complet", "nombre completo", "nome completo"),
        *("volledige naam",),
    ),
    "first": (
        *("first name", "firstname", "given name", "given names", "vorname", "prenom"),
        *("nombre", "nome", "voornaam"),
    ),
    "last": (
        *("last name", "lastname", "surname", "family name", "nachname", "nom"),
        *("nom de famille", "apellido s", "apellidos", "cognome", "achternaam"),
    ),
    "section": (
        *("section", "sections", "group", "groups", "tutorial", "gruppe", "gruppen"),
        *("groupe", "groupes", "grupo", "grupos"),
    ),
    "role": ("role",),
}
_KINDS: Final = {header: kind for kind, headers in _HEADERS.items() for header in headers}
_IDS: Final = ("canvas", "id", "moodle", "gradescope", "sis", "login", "github", "email")


def read_roster(path: Path, note: Callable[[str], None] = lambda _: None) -> tuple[Student, ...]:
    """Reads who takes the course.

    Args:
        path: a CSV file.
        note: is told what was passed over or guessed.

    Raises:
        UsageError: if it is no such table, or a student in it has no id, or that of another.
    """
    header, *rows = read_table(path, note)
    columns = _columns(header, rows)
    if not {*_IDS, "name", "first", "last"} & columns.keys():
        found = ", ".join(filter(None, header[:8])) or "nothing"
        raise UsageError(
            f"{shown(path)} has no column that says who a student is; its first row is {found}, "
            "and it needs headers such as Name, ID and Email"
        )
    numbered = [
        (number, _student(columns, row))
        for number, row in enumerate(rows, start=2)
        if any(row) and not _is_no_student(columns, row)
    ]
    problems = list(_problems(numbered))
    if problems:
        more = len(problems) - _SHOWN_PROBLEMS
        said = "; ".join(problems[:_SHOWN_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")
        raise UsageError(f"{shown(path)} cannot tell students apart: {said}")
    if not numbered:
        raise UsageError(f"{shown(path)} names no student; export it again")
    return tuple(student for _, student in numbered)


def _columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Which column holds what, by its header or by what is in it; of two of a kind the first."""
    said = [" ".join(words(cell)) for cell in header or [""]]
    cells = [[row[at] for row in rows if len(row) > at and row[at]] for at in range(len(said))]
    columns: dict[str, int] = {}
    for at, text in enumerate(said):
        kind = _KINDS.get(text, "email" if _are_addresses(cells[at]) else "")
        if kind:
            columns.setdefault(kind, at)
    if said[0] in ("student", "lastname") and {"id", "section"} <= columns.keys():
        columns["canvas"] = columns.pop("id")
    # The first column of Moodle's grading worksheet, in any language.
    may_be = 0 not in columns.values() or (said[0] == "identifier" and "github" not in columns)
    if may_be and _are_participants(cells[0]):
        columns = {kind: at for kind, at in columns.items() if at != 0} | {"moodle": 0}
    if "email" in columns and not {"name", "first", "last"} & columns.keys():
        unknown = (at for at in range(len(said)) if at not in columns.values())
        named = next((at for at in unknown if _are_names(cells[at])), None)
        if named is not None:
            columns["name"] = named
    return columns


def _are_addresses(cells: Sequence[str]) -> bool:
    return bool(cells) and all(re.fullmatch(r"[^\s@]+@[^\s@]+", cell) for cell in cells)


def _are_participants(cells: Sequence[str]) -> bool:
    """Whether cells are ``Participant 17`` and the like: one word, and a number each."""
    found = [_PARTICIPANT.fullmatch(cell) for cell in cells]
    return bool(found) and all(found) and len({one[1] for one in found if one is not None}) == 1


def _are_names(cells: Sequence[str]) -> bool:
    """Whether cells are letters, and hardly two the same."""
    return len({*cells}) > len(cells) // 2 and not any(re.search(r"[\d@]", cell) for cell in cells)


def _student(columns: dict[str, int], row: Sequence[str]) -> Student:
    def cell(kind: str) -> str:
        at = columns.get(kind, len(row))
        return legible(row[at]) if at < len(row) else ""

    found = {kind: cell(kind) for kind in _IDS if cell(kind)}
    ids = {kind: value for kind, value in found.items() if kind != "id"}
    if "moodle" in ids:
        ids["moodle"] = re.sub(r"\D", "", ids["moodle"])
    name = cell("name") or " ".join(filter(None, (cell("first"), cell("last"))))
    own = next(iter(found.values()), "" if {*_IDS} & columns.keys() else name)
    return Student(
        id=own, name=name or own, email=ids.get("email", ""), ids=ids, section=cell("section")
    )


def _is_no_student(columns: dict[str, int], row: Sequence[str]) -> bool:
    """Rows that platforms add: Canvas's points and its test student, Gradescope's staff."""
    if "canvas" in columns:
        return not row[0] or " ".join(words(row[0])) in ("points possible", "student test")
    role = columns.get("role", len(row))
    return role < len(row) and row[role].casefold() not in ("", "student")


def _problems(numbered: Sequence[tuple[int, Student]]) -> Iterator[str]:
    seen: dict[tuple[str, str], int] = {}
    for number, student in numbered:
        if not student.id:
            yield f"row {number} has no id"
            continue
        for kind, value in {"id": student.id, **student.ids}.items():
            earlier = seen.setdefault((kind, value.casefold()), number)
            if earlier != number:
                yield f"rows {earlier} and {number} have the same {kind} {value}"
                break
