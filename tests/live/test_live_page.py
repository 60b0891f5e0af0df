"""The live page over HTTP: who is answered, with what, and what is left when it is closed."""

from __future__ import annotations

import builtins
import contextlib
import gc
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest

from grader.errors import UsageError
from grader.files import write
from grader.live import LivePage
from grader.live.board import LISTENERS
from grader.writers.html import render as render_html

HEADERS = {
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def place(live: LivePage) -> tuple[int, str]:
    """The port and the path of the page."""
    parts = urlsplit(live.address)
    assert parts.port is not None
    return parts.port, parts.path


def ask(
    live: LivePage, path: str, method: str = "GET", host: str | None = None
) -> http.client.HTTPResponse:
    """One request, read to its end: the answer's ``body`` is kept."""
    port, _ = place(live)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        headers = {"Host": f"127.0.0.1:{port}" if host is None else host}
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        return answer


class Stream:
    """An open stream of events, read line by line."""

    def __init__(self, live: LivePage) -> None:
        """Opens it."""
        port, path = place(live)
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        request = f"GET {path}events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
        self.socket.sendall(request.encode())
        self.text = b""

    def until(self, sign: str) -> str:
        """Reads until a text has come; returns all that has come so far."""
        while sign.encode() not in self.text:
            more = self.socket.recv(65536)
            assert more, f"the stream ended without {sign!r}: {self.text!r}"
            self.text += more
        return self.text.decode()

    def rest(self) -> str:
        """Reads until the other side ends."""
        while more := self.socket.recv(65536):
            self.text += more
        return self.text.decode()


@contextlib.contextmanager
def stream(live: LivePage) -> Iterator[Stream]:
    """A stream that is closed at the end."""
    opened = Stream(live)
    with contextlib.closing(opened.socket):
        yield opened


def test_the_report_is_the_one_on_disk_byte_for_byte(
    live: LivePage, sample: ModuleType, tmp_path: Path
) -> None:
    """Hostile text, pictures and policy included: nothing is added for the refresh."""
    html = render_html(sample.result(*sample.mixed().exercises, sample.hostile()))
    write(tmp_path / "report.html", html.encode())
    live.show(html)
    with build_opener(ProxyHandler({})).open(f"{live.address}report?7", timeout=20) as answer:
        served = answer.read()

    assert served == (tmp_path / "report.html").read_bytes()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_page_of_two_megabytes_arrives(live: LivePage) -> None:
    """The largest report there is; what was shown before the last is gone."""
    live.show("first")
    live.show("é" * 1_000_000)

    assert ask(live, f"{place(live)[1]}report").body == ("é" * 1_000_000).encode()


def test_what_is_shown_before_the_start_is_kept(sample: ModuleType) -> None:
    """The first report may be there before the port is."""
    page = LivePage()
    page.show("early")
    assert page.address == ""
    with page:
        assert ask(page, f"{place(page)[1]}report").body == b"early"
        first = page.address
        page.start()
        assert page.address == first


def test_before_the_first_report_there_is_none(live: LivePage) -> None:
    """The address can be opened at once; the report says that it is not there yet."""
    answer = ask(live, f"{place(live)[1]}report")

    assert answer.status == 404
    assert answer.body == b"There is no report yet: the first grading is under way.\n"
    assert ask(live, place(live)[1]).status == 200


def test_the_frame_allows_itself_and_nothing_else(live: LivePage) -> None:
    """Its policy names its own script and style by their hashes."""
    answer = ask(live, place(live)[1])
    policy = answer.headers["content-security-policy"]

    assert re.sub(r"'sha256-[\w+/]{43}='", "HASH", policy) == (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "style-src HASH; script-src HASH; connect-src 'self'; frame-src 'self'; img-src data:"
    )


def test_the_report_may_be_framed_by_the_live_page_only(live: LivePage) -> None:
    """The header adds to the policy that the report has in itself."""
    live.show("x")
    policy = ask(live, f"{place(live)[1]}report").headers["content-security-policy"]

    assert "frame-ancestors 'self'" in policy
    assert "connect-src 'none'" in policy


@pytest.mark.parametrize("page", ["", "report", "events", "nowhere"])
def test_every_answer_is_closed_to_others(live: LivePage, page: str) -> None:
    """No cache keeps it, no other page may embed it, nobody is told who asked."""
    live.show("x")
    with stream(live) if page == "events" else contextlib.nullcontext() as events:
        if events is not None:
            head = events.until("\r\n\r\n").lower()
            given = dict(
                line.split(": ", 1) for line in head.split("\r\n\r\n")[0].split("\r\n")[1:]
            )
        else:
            answer = ask(live, place(live)[1] + page)
            given = {name.lower(): value for name, value in answer.getheaders()}

    assert {name: given.get(name) for name in HEADERS} == HEADERS
    assert "frame-ancestors" in given["content-security-policy"]
    assert not [name for name in given if name.startswith("access-control-") or name == "server"]


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.:{port}",
     "[::1]:{port}", "127.0.0.1:{port}@evil.example", "0.0.0.0:{port}"],
)  # fmt: skip
def test_another_name_for_this_machine_is_refused(live: LivePage, host: str) -> None:
    """A name that somebody made point here reads nothing, even with the token."""
    live.show("secret")
    port, path = place(live)
    answer = ask(live, f"{path}report", host=host.format(port=port))

    assert answer.status == 403
    assert answer.body == b"Open the address that dlgrade printed.\n"


def test_a_request_without_a_host_is_refused(live: LivePage) -> None:
    """HTTP/1.0 needs no host; we do."""
    port, path = place(live)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost"])
def test_this_machine_by_its_names_is_answered(live: LivePage, name: str) -> None:
    """Both names of the loopback interface, as a browser sends them."""
    port, path = place(live)

    assert ask(live, path, host=f"{name}:{port}").status == 200


@pytest.mark.parametrize(
    "path",
    ["/", "//", "/report", "/events", "/favicon.ico", "/{short}/", "/{other}/", "/{token}x/",
     "/{token}/../report", "/{token}/report/", "//{token}/", "/%E9%FF/", "/{upper}/",
     "/{token}/%2e%2e/", "http://127.0.0.1/{token}/"],
)  # fmt: skip
def test_a_wrong_token_finds_nothing(live: LivePage, path: str) -> None:
    """Neither without a token nor with a part of it, nor beside the three pages."""
    live.show("secret")
    token = place(live)[1].strip("/")
    asked = path.format(
        token=token, short=token[:-1], other="0" * len(token), upper=token.upper() + "A"
    )
    answer = ask(live, asked)

    assert answer.status == 404
    assert answer.body == b"There is nothing here. Open the address that dlgrade printed.\n"


def test_the_address_without_its_last_stroke_leads_to_it(live: LivePage) -> None:
    """Terminals leave out the stroke when they make a link of an address."""
    path = place(live)[1]
    answer = ask(live, path.rstrip("/"))

    assert (answer.status, answer.headers["location"]) == (308, path)


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "X"]
)
def test_nothing_but_get_is_understood(live: LivePage, method: str) -> None:
    """The page is for reading."""
    for page in ("", "report", "events"):
        answer = ask(live, place(live)[1] + page, method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET")


def test_every_page_has_a_token_of_its_own() -> None:
    """128 bits from the system, and loopback only."""
    with LivePage() as one, LivePage() as other:
        pattern = r"http://127\.0\.0\.1:\d+/([0-9a-f]{32})/"
        tokens = [re.fullmatch(pattern, page.address) for page in (one, other)]
        assert tokens[0] and tokens[1]
        assert tokens[0][1] != tokens[1][1]
        crossed = ask(one, place(other)[1])

    assert crossed.status == 404


def test_other_interfaces_are_not_served(live: LivePage) -> None:
    """Another address of this machine, even of its loopback interface, is refused."""
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", place(live)[0]), timeout=5):
        pass


def test_a_stream_tells_the_newest_at_once_and_every_newer_one(live: LivePage) -> None:
    """Two browsers hear of it; whoever comes later is told where things stand."""
    with stream(live) as one:
        assert "text/event-stream" in one.until("data: 0\n\n")
        live.show("a")
        one.until("data: 1\n\n")
        with stream(live) as two:
            two.until("data: 1\n\n")
            live.show("b")
            one.until("data: 2\n\n")
            assert "data: 0" not in two.until("data: 2\n\n")


def test_one_stream_too_many_replaces_the_oldest(live: LivePage) -> None:
    """Open streams are bounded, and the tab that was opened last is live."""
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(stream(live))]
        streams[0].until("data: 0")
        for _ in range(LISTENERS):
            streams.append(stack.enter_context(stream(live)))
            streams[-1].until("data: 0")
        assert "event: replaced\ndata:\n\n" in streams[0].until("0\r\n\r\n")
        live.show("x")
        for opened in streams[1:]:
            opened.until("data: 1")


def test_a_closed_stream_is_forgotten(live: LivePage) -> None:
    """Tabs that were closed do not count."""
    for _ in range(3 * LISTENERS):
        with stream(live) as passing:
            passing.until("data: 0")
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(stream(live)) for _ in range(LISTENERS)]
        for opened in streams:
            opened.until("data: 0")
        live.show("x")
        for opened in streams:
            assert "replaced" not in opened.until("data: 1")


def descriptors() -> int:
    """How many are open in this process, where that can be counted."""
    return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0


def test_a_thousand_reports_leave_nothing_behind(live: LivePage) -> None:
    """One page of 200 KB is kept, whether a browser reads or not."""
    with stream(live) as reading, stream(live) as stuck:
        reading.until("data: 0")
        stuck.until("data: 0")
        before = descriptors()
        tracemalloc.start()
        try:
            for number in range(1000):
                live.show(f"{number:06}" * 33_000)
            reading.until("data: 1000\n\n")
            gc.collect()
            held, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert descriptors() == before
        assert held < 1_000_000
        assert ask(live, f"{place(live)[1]}report").body == b"000999" * 33_000


def test_reports_from_many_threads_all_count(live: LivePage) -> None:
    """Whoever shows, the number goes up by one and nothing tears."""
    threads = [
        threading.Thread(target=lambda: [live.show("x" * 1000) for _ in range(50)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with stream(live) as opened:
        opened.until("data: 400\n\n")


def test_closing_ends_streams_thread_and_port() -> None:
    """What was open is told, what is left is nothing; twice does no harm."""
    threads, before = threading.active_count(), descriptors()
    page = LivePage()
    page.start()
    port = place(page)[0]
    with stream(page) as opened:
        opened.until("data: 0")
        page.close()
        page.close()
        assert "event: ended\ndata:\n\n" in opened.rest()
    assert threading.active_count() == threads
    assert descriptors() == before
    page.show("too late")
    with LivePage(port) as again:
        assert place(again)[0] == port


def test_closing_does_not_wait_for_who_does_not_read() -> None:
    """A browser that stopped in the middle of a report, and one that never asked."""
    page = LivePage()
    page.start()
    page.show("x" * 30_000_000)
    port, path = place(page)
    before = threading.active_count()
    with (
        socket.create_connection(("127.0.0.1", port)) as slow,
        socket.create_connection(("127.0.0.1", port)),
    ):
        slow.sendall(f"GET {path}report HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        slow.recv(10)
        page.close()
        assert threading.active_count() == before - 1


def test_closing_before_the_start_or_right_after_it() -> None:
    """Neither hangs, and neither leaves a thread."""
    before = threading.active_count()
    LivePage().close()
    for _ in range(5):
        page = LivePage()
        page.start()
        page.close()

    assert threading.active_count() == before


def test_signals_stay_with_the_command(live: LivePage) -> None:
    """Ctrl+C reaches the one who called, not the server."""
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_port_that_is_taken_says_so(live: LivePage) -> None:
    """One line: which, why, what to do."""
    port = place(live)[0]
    with pytest.raises(UsageError) as caught:
        LivePage(port).start()

    assert str(caught.value) == (
        f"port {port} cannot be used: Address already in use; "
        "name another, or none for one that is free"
    )


@pytest.mark.parametrize("port", [-1, 65536, 10**20])
def test_a_number_that_is_no_port_says_so(port: int) -> None:
    """Nothing is started."""
    with pytest.raises(UsageError) as caught:
        LivePage(port).start()

    assert str(caught.value) == (
        f"{port} is not a port; name one from 1 to 65535, or none for one that is free"
    )


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_the_extra_one_line_says_what_to_install(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No port is taken and no traceback is shown."""
    imported = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> ModuleType:
        if name.partition(".")[0] == missing:
            raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)
        return imported(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "grader.live.site", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(UsageError) as caught:
        LivePage().start()

    assert str(caught.value) == (
        f"the live page needs {missing}, which is not installed; run: pip install 'dlgrade[web]'"
    )


def test_it_is_imported_without_what_serves_it() -> None:
    """A command that may need it stays light."""
    script = (
        "import sys; from grader.live import LivePage; page = LivePage(); page.show('x')\n"
        "print(sorted({'torch', 'starlette', 'uvicorn', 'anyio'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def test_nothing_is_printed_whatever_comes_in() -> None:
    """The terminal belongs to the command: no access log, no warning, no traceback."""
    script = (
        "import socket\n"
        "from grader.live import LivePage\n"
        "with LivePage() as page:\n"
        "    host = page.address.split('/')[2]\n"
        "    port = int(host.split(':')[1])\n"
        "    upgrade = b'Upgrade: websocket\\r\\nConnection: Upgrade'\n"
        "    lines = [b'\\x16\\x03\\x01\\x00\\xff', b'GET / HTTP/1.1', b'GET / HTTP/9.9',\n"
        "             b'GET /' + b'x' * 100_000 + b' HTTP/1.1', b'\\x1b[2J',\n"
        "             b'GET / HTTP/1.1\\r\\nHost: ' + host.encode() + b'\\r\\n' + upgrade]\n"
        "    for line in lines:\n"
        "        with socket.create_connection(('127.0.0.1', port), timeout=20) as client:\n"
        "            client.sendall(line + b'\\r\\n\\r\\n')\n"
        "            print(client.recv(12).decode())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-X", "dev", "-c", script], capture_output=True, text=True
    )

    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.split("\n") == [
        f"HTTP/1.1 {status}" for status in (400, 400, 403, 400, 400, 404)
    ] + [""]
