"""A question of PrairieLearn: an editor for each exercise, and how it is graded."""

from __future__ import annotations

import html
import json
import uuid
from collections.abc import Sequence
from typing import Final

from grader import __version__
from grader.course import Entry

TIMEOUT: Final = 300
"""Seconds; PrairieLearn allows 600."""

STUBS: Final = "stubs"
"""The folder that the editors take their text from."""

_EDITOR: Final = (
    '  <h2>{title}</h2>\n  <p>{asks}</p>\n  <pl-file-editor file-name="{file}" '
    'ace-mode="ace/mode/python" source-file-name="{file}" directory="{stubs}"></pl-file-editor>\n'
)
_PAGE: Final = (
    "<pl-question-panel>\n{editors}</pl-question-panel>\n\n<pl-submission-panel>\n"
    "  <pl-external-grader-results></pl-external-grader-results>\n"
    "  <pl-file-preview></pl-file-preview>\n</pl-submission-panel>\n"
)


def info(entries: Sequence[Entry]) -> str:
    """``info.json``; the same exercises give the same question."""
    labels = " ".join(entry.label for entry in entries)
    record = {
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"dlgrade {labels}")),
        "title": entries[0].title if len(entries) == 1 else f"{len(entries)} exercises",
        "topic": entries[0].topic,
        "type": "v3",
        "gradingMethod": "External",
        "singleVariant": True,
        "externalGradingOptions": {
            "enabled": True,
            "image": f"dlgrade-prairielearn:{__version__}",
            "entrypoint": "/usr/local/bin/grade",
            "timeout": TIMEOUT,
            "enableNetworking": False,
        },
    }
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"


def page(entries: Sequence[Entry]) -> str:
    """``question.html``; the stubs are in files of their own."""
    editors = (
        _EDITOR.format(
            title=_escaped(entry.title),
            asks=_escaped(entry.asks),
            file=_escaped(entry.stub.name),
            stubs=STUBS,
        )
        for entry in entries
    )
    return _PAGE.format(editors="".join(editors))


def _escaped(text: str) -> str:
    """As text in HTML that is a Mustache template."""
    return html.escape(text).replace("{", "&#123;").replace("}", "&#125;")
