"""Serving the live page from a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import threading
from typing import TYPE_CHECKING, Self

from grader.errors import UsageError
from grader.live.board import Board

if TYPE_CHECKING:
    from collections.abc import Callable

    import uvicorn


class LivePage:
    """The report on an address of this machine that nobody can guess; refreshed by `show`.

    As a context manager it is started at the beginning and closed at the end.

    Args:
        port: what to serve on; 0 for one that is free.

    Attributes:
        address: what to open, once it is started.
    """

    def __init__(self, port: int = 0) -> None:
        self.address = ""
        self._port = port
        self._board = Board()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Takes the port, then serves in a thread; does nothing if it has been started before.

        Raises:
            UsageError: if the port cannot be had, or what serves the page is not installed.
        """
        if self.address:
            return
        try:
            from grader.live.site import Site, server_of
        except ModuleNotFoundError as error:
            raise UsageError(
                f"the live page needs {error.name}, which is not installed; "
                "run: pip install 'dlgrade[web]'"
            ) from error
        listening = _listen(self._port)
        port = listening.getsockname()[1]
        token = secrets.token_hex(16)
        self._server = server_of(Site(self._board, port, token))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=_serve,
            args=(self._loop, self._server, listening),
            name="dlgrade-live",
            daemon=True,
        )
        self._thread.start()
        self.address = f"http://127.0.0.1:{port}/{token}/"

    def show(self, html: str) -> None:
        """Makes this the page; every open browser loads it. May be called from any thread.

        Before the start it is kept until then; after the end it does nothing.

        Args:
            html: the report, as it is written to disk.
        """
        self._board.pin(html.encode())
        self._soon(self._board.ring)

    def close(self) -> None:
        """Tells the browsers, ends the thread and gives the port back; may be called twice."""
        self._soon(self._end)
        if self._thread is not None:
            self._thread.join()

    def _soon(self, act: Callable[[], None]) -> None:
        """Acts in the thread that serves, if it still does."""
        if self._loop is not None:
            # A closed loop refuses with RuntimeError: nobody is left to hear of it.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(act)

    def _end(self) -> None:
        self._board.end()
        if self._server is not None:
            self._server.should_exit = True


def _listen(port: int) -> socket.socket:
    """A socket that listens on the loopback interface only."""
    if not 0 <= port <= 65535:
        raise UsageError(
            f"{port} is not a port; name one from 1 to 65535, or none for one that is free"
        )
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise UsageError(
            f"port {port} cannot be used: {reason}; name another, or none for one that is free"
        ) from error


def _serve(
    loop: asyncio.AbstractEventLoop, server: uvicorn.Server, listening: socket.socket
) -> None:
    async def serve() -> None:
        await server.serve(sockets=[listening])
        # Who has not read to the end by now does not keep the command waiting.
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)

    with listening, asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(serve())
