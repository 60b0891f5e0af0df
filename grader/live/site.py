"""What the live page answers: a frame, the report, and the events that refresh it.

Any page that is open in a browser can send requests to this machine. So nothing is said unless the
request names this host (a foreign name that was made to point here does not) and carries the token,
nothing but GET is understood, and no other page may frame, embed or read the answers.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from functools import cache
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Final

import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from grader.live.board import Board

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

CONNECTIONS: Final = 64
"""More are answered with 503: a page that opens connections cannot use up the descriptors."""

_COMMON: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_CLOSED: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# On top of the policy in the report itself, which allows its own script and style by their hashes.
_REPORT: Final = (
    "connect-src 'none'; object-src 'none'; frame-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


class Site:
    """The pages under one token, as an ASGI application.

    Args:
        board: holds the newest report.
        port: what the site is served on.
        token: the first part of every path that is answered.
    """

    def __init__(self, board: Board, port: int, token: str) -> None:
        self._board = board
        self._token = token
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        if port == 80:  # which browsers leave out
            self._hosts |= {"127.0.0.1", "localhost"}
        self._pages: dict[str, Callable[[], Response]] = {
            "": lambda: RedirectResponse(f"/{token}/", 308, _COMMON),
            "/": _frame,
            "/report": self._report,
            "/events": self._events,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        if request.headers.get("host", "").lower() not in self._hosts:
            return _refusal(403, "Open the address that dlgrade printed.")
        if request.method != "GET":
            return _refusal(405, "The live page can only be read.", {"Allow": "GET"})
        path: str = request.scope["path"]
        token, slash, name = path.removeprefix("/").partition("/")
        known = secrets.compare_digest(token.encode(), self._token.encode())
        page = self._pages.get(slash + name)
        if not known or page is None:
            return _refusal(404, "There is nothing here. Open the address that dlgrade printed.")
        return page()

    def _report(self) -> Response:
        report = self._board.report
        if not report.number:
            return _refusal(404, "There is no report yet: the first grading is under way.")
        headers = {**_COMMON, "Content-Security-Policy": _REPORT}
        return Response(report.html, media_type="text/html", headers=headers)

    def _events(self) -> Response:
        headers = {**_COMMON, "Content-Security-Policy": _CLOSED}
        return StreamingResponse(
            self._board.news(), media_type="text/event-stream", headers=headers
        )


def server_of(site: Site) -> uvicorn.Server:
    """A server that logs nothing, trusts no proxy and does not wait for slow browsers."""
    return uvicorn.Server(
        uvicorn.Config(
            site,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=1,
        )
    )


def _refusal(status: int, text: str, more: dict[str, str] | None = None) -> Response:
    headers = {**_COMMON, "Content-Security-Policy": _CLOSED, **(more or {})}
    return PlainTextResponse(f"{text}\n", status, headers)


def _frame() -> Response:
    text, policy = _framed()
    return Response(
        text, media_type="text/html", headers={**_COMMON, "Content-Security-Policy": policy}
    )


@cache
def _framed() -> tuple[str, str]:
    """The page around the report, and its policy: its own script and style, this site, no more."""
    style, script = _asset("frame.css"), _asset("frame.js")
    text = Template(_asset("frame.html")).substitute(style=style, script=script)
    policy = (
        f"{_CLOSED}; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "connect-src 'self'; frame-src 'self'; img-src data:"
    )
    return text, policy


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _asset(name: str) -> str:
    return (resources.files("grader") / "live" / name).read_text(encoding="utf-8")
