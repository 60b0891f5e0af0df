"""The result as one HTML file that opens from disk and cannot reach the network.

The page's content security policy allows exactly the style sheet and the script written here, by
their hashes. All text passes through `visible` and through the template's escaping.

A notebook gets the exercises alone, as a fragment whose style touches nothing but itself.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import zlib
from functools import cache
from typing import Any, Final

import msgspec
from markupsafe import Markup

from grader.result import Case, Exercise, Picture, Result, from_json
from grader.writers import words
from grader.writers.page import GROUP_WORDS, Page, arrange, arrange_cell
from grader.writers.template import TEMPLATES, asset, environment, policy, script

LARGEST: Final = 2_000_000
"""Bytes of a page before pictures are left out, largest first."""

_SECTION: Final = re.compile(r"^/\* ([A-Z][^*]*\.) \*/$", re.M)
_OF_EXERCISES: Final = ("An exercise.", "Narrow.")
"""Sections of the page's style that a fragment needs, beside the first."""

_COMMENT: Final = re.compile(r"/\*.*?\*/", re.S)
_REM: Final = re.compile(r"(?<![\w.])(\d*\.?\d+)rem\b")
_BLANK: Final = re.compile(r"\n\s*")


def render(result: Result, remark: str = "") -> str:
    """The page.

    Args:
        result: what was graded.
        remark: what stands below the points, such as what lateness took from them.
    """
    record = _record(result)
    page = arrange(result)
    text = _page(page, record, remark)
    without = _surplus(page, len(text.encode()) - LARGEST)
    return _page(arrange(result, without), record, remark) if without else text


def render_cell(result: Result, token: str) -> str:
    """The exercises as a fragment that can stand below a notebook's cell, without script.

    Args:
        result: what was graded; its quizzes are left out.
        token: letters and digits that no other fragment in the notebook has, for its identifiers.
    """
    page = arrange_cell(result, token)
    text = _cell(page)
    without = _surplus(page, len(text.encode()) - LARGEST)
    return _cell(arrange_cell(result, token, without)) if without else text


def record_of(page: str) -> Result:
    """The record that a page carries, its pictures without their drawings.

    Args:
        page: what `render` returned.

    Raises:
        ValueError: if the page carries none that this version can read.
    """
    found = re.search(r'id="page:record">([A-Za-z0-9+/=]*)</script>', page)
    if found is None:
        raise ValueError("this page carries no record; write it anew with dlgrade check")
    try:
        return from_json(gzip.decompress(base64.b64decode(found[1])).decode())
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"the record in it is damaged: {error}") from error


def _surplus(page: Page, bytes_too_many: int) -> frozenset[str]:
    """The cases whose pictures go, largest first, until the page is small enough."""
    sizes = sorted(
        (
            (len(case.drawing.markup.encode()), case.anchor)
            for exercise in page.exercises
            for case in exercise.cases
            if case.drawing is not None and case.drawing.markup is not None
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    gone: set[str] = set()
    for size, anchor in sizes:
        if bytes_too_many <= 0:
            break
        gone.add(anchor)
        bytes_too_many -= size
    return frozenset(gone)


def _cell(page: Page) -> str:
    return (
        environment()
        .get_template("cell.html")
        .render(
            page=page,
            environment=page.result.environment,
            grader_fault=words.GRADER_FAULT,
            alone=True,
            style=Markup(_scoped_style()),
        )
    )


@cache
def _scoped_style() -> str:
    """The page's style as far as exercises need it, for what lies in the fragment only."""
    sections = _SECTION.split(asset(f"{TEMPLATES}/report.css"))
    titled = dict(zip(sections[1::2], sections[2::2], strict=True))
    page = sections[2] + "".join(titled[name] for name in _OF_EXERCISES)
    # The fragment is as wide as its notebook lets it be, and there the root's size is anything.
    page = page.replace(":root", "&").replace("@media (max-width", "@container (max-width")
    style = _COMMENT.sub("", page + asset(f"{TEMPLATES}/cell.css"))
    style = _REM.sub(lambda size: f"{float(size[1]) * 16:g}px", style)
    style += _COMMENT.sub("", asset("pictures/picture.css"))
    # Twice the class, so that a notebook's own rules for <pre> or <h2> count less.
    return f".dlgrade.dlgrade {{\n{_BLANK.sub(chr(10), style)}}}\n"


def _page(page: Page, record: Markup, remark: str) -> str:
    # The colours of the pictures belong to whoever draws them.
    style = asset(f"{TEMPLATES}/report.css") + asset("pictures/picture.css")
    own = script("report.js")
    return (
        environment()
        .get_template("report.html")
        .render(
            page=page,
            environment=page.result.environment,
            groups=GROUP_WORDS,
            grader_fault=words.GRADER_FAULT,
            alone=False,
            policy=policy(style, own),
            style=Markup(style),
            script=Markup(own),
            remark=remark,
            record=record,
        )
    )


def _record(result: Result) -> Markup:
    """The record as packed JSON, without the text of its pictures.

    The JSON of the bundled course is 234 to 270 KB, of a page that may have 400; packed it is a
    quarter of that. Base64 holds nothing that could end a script element.
    """
    text = json.dumps(_plain(_without_drawings(result)), separators=(",", ":"))
    # Without the time of packing, the same record gives the same page.
    return Markup(base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode())


def _plain(value: Any) -> Any:
    """Records as dicts. What equals its default is left out: reading the record restores it."""
    if isinstance(value, msgspec.Struct):
        pairs = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(value))
        return {
            field.name: _plain(inner)
            for field, inner in pairs
            if field.name == "schema" or inner != field.default
        }
    return [_plain(inner) for inner in value] if isinstance(value, tuple) else value


def _without_drawings(result: Result) -> Result:
    return msgspec.structs.replace(
        result, exercises=tuple(_exercise_without(exercise) for exercise in result.exercises)
    )


def _exercise_without(exercise: Exercise) -> Exercise:
    cases = tuple(_case_without(case) for case in exercise.cases)
    return msgspec.structs.replace(exercise, cases=cases)


def _case_without(case: Case) -> Case:
    if case.picture is None:
        return case
    picture = Picture(title=case.picture.title, description=case.picture.description, svg="")
    return msgspec.structs.replace(case, picture=picture)
