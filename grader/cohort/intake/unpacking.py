"""Archives that students handed in, as if they had handed in what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.course import Course
from grader.submission.archive import too_large
from grader.submission.bundle import FOREIGN, SUFFIXES, is_litter, suffix_among
from grader.submission.files import Refused, TooLarge, shown
from grader.submission.packed import MAX_ARCHIVE_BYTES, Packed, contents


def unpacked(packed: Packed, course: Course, cuts: list[str]) -> Iterator[Packed]:
    """The files of an archive.

    Args:
        packed: the archive, as it was handed in.
        course: what it answers.
        cuts: takes what keeps the archive from being read, or from being read further.
    """
    suffix = suffix_among(packed.name, (*SUFFIXES, *FOREIGN))
    found: list[Packed] = []
    try:
        if suffix not in SUFFIXES:
            kinds = ", ".join(SUFFIXES)
            raise Refused(f"it is packed in a way that is not read; pack it as one of {kinds}")
        for one in contents(_whole(packed)):
            found.append(one)
    except Refused as refused:
        cuts.append(f"{shown(packed.name)}: {refused}")
    return _in_topic(_unwrapped(found, course), packed.name[: -len(suffix)], course)


def _whole(packed: Packed) -> bytes:
    if packed.problem:
        raise Refused(f"it {packed.problem}")
    try:
        data = packed.read(MAX_ARCHIVE_BYTES)
    except TooLarge:
        raise too_large() from None
    if len(data) > MAX_ARCHIVE_BYTES:
        raise too_large()
    return data


def _unwrapped(found: list[Packed], course: Course) -> list[Packed]:
    """The files without the folder around all of them: other files may lie beside the archive."""
    kept = [one for one in found if not any(is_litter(part) for part in one.name.split("/"))]
    tops = {one.name.partition("/")[0] for one in kept if "/" in one.name}
    if len(tops) != 1 or not all("/" in one.name for one in kept):
        return kept
    (top,) = tops
    if top in ("", "..", "exercises", *course.topics):
        return kept
    return [replace(one, name=one.name.partition("/")[2]) for one in kept]


def _in_topic(found: list[Packed], stem: str, course: Course) -> Iterator[Packed]:
    """The files, those side by side in the topic that the archive is called like."""
    for one in found:
        lies_bare = stem in course.topics and "/" not in one.name
        yield replace(one, name=f"{stem}/{one.name}") if lies_bare else one
