"""JUnit XML, in the dialect of Jenkins' ``junit-10.xsd``, or with a file and a line on each test.

The strict dialect is what pytest calls xunit2. GitLab, and the actions that read test reports on
GitHub, use ``file`` and ``line`` of a test, which that schema does not have. No reader shows
points: they are properties of a suite, and a line in a test's output.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from grader.result import Exercise, Quiz, Result
from grader.writers import words
from grader.writers.checks import Check, checks
from grader.writers.occasion import Occasion, path_from
from grader.writers.visible import one_line

ROOTS: Final = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Where a repository lies on the runners of GitHub and GitLab; those who read lines start there."""

_LONGEST_NAME: Final = 300
_LONGEST_MESSAGE: Final = 500


def render(result: Result, occasion: Occasion) -> str:
    """The result for Jenkins and whoever else validates."""
    return _document(result, occasion, lines=False)


def render_lines(result: Result, occasion: Occasion) -> str:
    """The result for GitLab and GitHub, with a file and a line on each test."""
    return _document(result, occasion, lines=True)


def _document(result: Result, occasion: Occasion, lines: bool) -> str:
    parts = words.parts(result)
    every = [check for part in parts for check in checks(part)]
    root = ET.Element("testsuites", name="dlgrade", time=_seconds(result.duration_s))
    _count(root, every)
    for part in parts:
        root.append(_suite(part, occasion, lines))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(part: Exercise | Quiz, occasion: Occasion, lines: bool) -> ET.Element:
    every = checks(part)
    file = path_from(_root(occasion) if lines else "", part.file, occasion.folder)
    suite = ET.Element("testsuite", name=_name(part.label))
    _count(suite, every)
    suite.set("skipped", str(sum(check.outcome == "skipped" for check in every)))
    suite.set("time", _seconds(part.duration_s if isinstance(part, Exercise) else 0.0))
    suite.set("timestamp", occasion.now.isoformat(timespec="seconds"))
    suite.set("file", _name(file))
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("score", words.amount(part.score)),
        ("max_score", words.amount(part.max_score)),
        ("status", part.status),
    ):
        ET.SubElement(properties, "property", name=name, value=value)
    # Jenkins takes what is before the last full stop for a package.
    group = ".".join(_name(piece) for piece in part.label.split("/"))
    for check in every:
        suite.append(_test(check, group, file, lines))
    return suite


def _test(check: Check, group: str, file: str, lines: bool) -> ET.Element:
    test = ET.Element("testcase", name=_name(check.name), classname=group)
    if lines:
        test.set("file", _name(file))
        if check.line is not None and not check.in_notebook:
            test.set("line", str(check.line))
    if check.outcome != "passed":
        message = one_line(check.message, _LONGEST_MESSAGE)
        told = ET.SubElement(test, check.outcome, type=check.status, message=message)
        # Not every reader shows the message, so the text says it all.
        told.text = message if check.outcome == "skipped" else _text(check, file)
    printed = ET.SubElement(test, "system-out")
    printed.text = words.points(check.score, check.max_score)
    return test


def _text(check: Check, file: str) -> str:
    return "\n".join((one_line(check.heading), one_line(check.place(file)), check.found()))


def _count(element: ET.Element, every: list[Check] | tuple[Check, ...]) -> None:
    element.set("tests", str(len(every)))
    element.set("failures", str(sum(check.outcome == "failure" for check in every)))
    element.set("errors", str(sum(check.outcome == "error" for check in every)))


def _root(occasion: Occasion) -> str:
    return next((occasion.environment[name] for name in ROOTS if name in occasion.environment), "")


def _name(text: str) -> str:
    return one_line(text, _LONGEST_NAME)


def _seconds(duration: float) -> str:
    return f"{duration:.4f}"
