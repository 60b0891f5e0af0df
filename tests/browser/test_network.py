"""The page asks nobody for anything, and could not if it tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.result import Result, from_json

Open = Callable[..., Any]

ATTEMPTS = {
    "fetch": "fetch(ADDRESS)",
    "beacon": "Promise.resolve(navigator.sendBeacon(ADDRESS, 'x') || Promise.reject())",
    "request": "new Promise((yes, no) => { const ask = new XMLHttpRequest(); ask.onload = yes;"
    " ask.onerror = no; ask.open('GET', ADDRESS); ask.send(); })",
    "image": "new Promise((yes, no) => { const it = new Image(); it.onload = yes; it.onerror = no;"
    " it.src = ADDRESS; })",
    "script": "new Promise((yes, no) => { const it = document.createElement('script');"
    " it.onload = yes; it.onerror = no; it.src = ADDRESS; document.head.append(it); })",
    "style": "new Promise((yes, no) => { const it = document.createElement('link');"
    " it.rel = 'stylesheet'; it.onload = yes; it.onerror = no; it.href = ADDRESS;"
    " document.head.append(it); })",
}


@pytest.mark.parametrize(
    "name", ["bad", "mixed", "perfect", "demo", "hostile", "sample", "records"]
)
def test_it_opens_without_a_word(opened: Open, name: str) -> None:
    """No request, no message in the console, no dialog, with every fold open and to its end."""
    window = opened(name)
    window.unfold()
    window.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    window.page.wait_for_timeout(100)

    assert window.page.evaluate("performance.getEntriesByType('resource')") == []
    assert window.page.title().startswith(window.page.locator("h1").text_content())


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_policy_stops_what_tries(
    browser: Any, reports: Mapping[str, Path], attempt: str
) -> None:
    """Code in the page, if there were any, reaches nobody."""
    context = browser.new_context()
    asked: list[str] = []
    context.route("http://**", lambda route: (asked.append(route.request.url), route.abort()))
    page = context.new_page()
    broken: list[str] = []
    page.expose_function("note", lambda what: broken.append(what))
    page.goto(reports["demo"].as_uri())
    page.evaluate(
        "addEventListener('securitypolicyviolation', (event) => note(event.effectiveDirective))"
    )
    outcome = page.evaluate(
        f"{ATTEMPTS[attempt].replace('ADDRESS', repr('http://192.0.2.1/x'))}"
        ".then(() => 'reached', () => 'stopped')"
    )
    page.wait_for_timeout(50)
    context.close()

    assert outcome == "stopped" or attempt == "beacon"
    assert asked == []
    assert len(broken) == 1


def test_the_record_is_saved_as_json(opened: Open, results: Mapping[str, Result]) -> None:
    """The button unpacks what the page carries; nothing is asked for."""
    window = opened("demo")
    with window.page.expect_download() as saved:
        window.page.locator("#page\\:save").click()
    result = from_json(Path(saved.value.path()).read_text())

    assert saved.value.suggested_filename == "record.json"
    assert result.score == results["demo"].score
    assert [each.status for each in result.exercises] == [
        each.status for each in results["demo"].exercises
    ]
