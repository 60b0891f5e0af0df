"""What every picture begins with, however it is drawn: its root, its names, its title."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from html import escape

from grader.pictures.words import clean
from grader.result import Picture

Renamed = Callable[[str], Sequence[str]]
"""The same parts, whose ids now begin with a prefix."""


def framed(
    parts: Sequence[str],
    view_box: str,
    *,
    title: str,
    description: str,
    renamed: Renamed | None = None,
) -> Picture:
    """A picture that a strict page may hold: as wide as its place, named by title and description.

    Two pictures on one page must not share an id. The prefix comes from what is drawn, so that the
    same data give the same bytes.

    Args:
        parts: the elements as text, in the order in which they are painted.
        view_box: size of the drawing, as the attribute has it.
        title: what the picture shows.
        description: the finding in words, for whoever cannot see it.
        renamed: needed if the parts have ids of their own.
    """
    title, description = clean(title, 300), clean(description)
    seed = "\0".join([title, description, *parts])
    prefix = "p" + hashlib.sha256(seed.encode()).hexdigest()[:8]
    drawn = "".join(parts if renamed is None else renamed(prefix))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view_box}" width="100%" role="img" '
        f'aria-labelledby="{prefix}-t {prefix}-d" font-family="system-ui, sans-serif" '
        f'stroke-linejoin="round"><title id="{prefix}-t">{escaped(title)}</title>'
        f'<desc id="{prefix}-d">{escaped(description)}</desc>{drawn}</svg>'
    )
    return Picture(title=title, description=description, svg=svg)


def escaped(text: str) -> str:
    """Text as it stands between tags, once `clean` has been over it."""
    return escape(text, quote=False)
