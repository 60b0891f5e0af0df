"""Writes a note on the merge request of this pipeline, or renews the one that is there."""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from pathlib import Path
from typing import Any, Final

MARKER: Final = "<!-- dlgrade -->"
TIMEOUT: Final = 30.0


def main() -> None:
    """Finds our note by its first line, which nobody sees."""
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    api, project = os.environ["CI_API_V4_URL"], os.environ["CI_MERGE_REQUEST_PROJECT_ID"]
    url = f"{api}/projects/{project}/merge_requests/{os.environ['CI_MERGE_REQUEST_IID']}/notes"
    me = ask("GET", f"{api}/user")["id"]
    # The newest first; only a note of our own, for anybody can write the marker.
    there = ask("GET", f"{url}?sort=desc&order_by=created_at&per_page=100")
    ours = [n["id"] for n in there if n["author"]["id"] == me and n["body"].startswith(MARKER)]
    if ours:
        ask("PUT", f"{url}/{ours[0]}", text)
    else:
        ask("POST", url, text)


def ask(method: str, url: str, body: str | None = None) -> Any:
    """Asks GitLab, and returns what it answers."""
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps({"body": body}).encode(),
        headers={
            "PRIVATE-TOKEN": os.environ["DLGRADE_NOTE_TOKEN"],
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
