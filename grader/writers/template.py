"""What every page is made with: files, policy, and templates that show text as text only."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from importlib import resources
from typing import Any, Final

import jinja2
from markupsafe import Markup

from grader.writers import words
from grader.writers.visible import spaced, visible

TEMPLATES: Final = "writers/templates"

_FIELD: Final = 20_000
_MESSAGE: Final = 4_000
"""Characters of a message: to break one word of 20 000 into lines takes Chromium two seconds."""


@cache
def asset(name: str) -> str:
    """The text of a file of this package, such as ``writers/templates/report.css``."""
    return (resources.files("grader") / name).read_text(encoding="utf-8")


def script(name: str) -> str:
    """A page's own script, behind the one that all pages share."""
    return asset(f"{TEMPLATES}/theme.js") + asset(f"{TEMPLATES}/{name}")


@cache
def environment() -> jinja2.Environment:
    """Where the templates are; every expression is made visible, then escaped."""
    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: asset(f"{TEMPLATES}/{name}")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["amount"] = words.amount
    found.filters["brief"] = partial(visible, limit=_MESSAGE)
    found.filters["later"] = words.later
    found.filters["printed"] = words.printed
    found.filters["spaced"] = spaced
    return found


def policy(style: str, script: str) -> Markup:
    """A content security policy that allows this style sheet and this script, and no network."""
    return Markup(
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _shown(value: Any) -> Any:
    """What every expression of a template passes through before it is escaped."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return visible(value, _FIELD)
