"""The page: its structure, its safety, its size."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from html.parser import HTMLParser
from itertools import pairwise
from types import ModuleType

import msgspec
import pytest

from grader.result import Picture, Result
from grader.writers.html import LARGEST, record_of, render

VOID = frozenset({"meta", "input", "br", "img", "link", "hr"})


class Reader(HTMLParser):
    """Collects elements, text by element, and what is left open."""

    def __init__(self) -> None:
        """Starts with nothing read."""
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes an element without content."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Elements close in the order they were opened."""
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        """Notes text under its element."""
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every element of this name."""
        return [attributes for name, attributes in self.elements if name == tag]


def read(page: str) -> Reader:
    """Parses a page, which must be well nested."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def with_picture(sample: ModuleType, svg: str) -> Result:
    """The sample's failing exercise with another drawing."""
    exercise = sample.layer_norm()
    cases = list(exercise.cases)
    picture = Picture(title="A title", description="The finding.", svg=svg)
    cases[2] = msgspec.structs.replace(cases[2], picture=picture)
    result: Result = sample.result(msgspec.structs.replace(exercise, cases=tuple(cases)))
    return result


def test_the_title_is_the_result(sample: ModuleType) -> None:
    """A tab shows the verdict."""
    assert read(render(sample.mixed())).texts["title"] == [
        "2 of 8 exercises and 0 of 2 quizzes pass, 20 of 55 points"
    ]


def test_the_same_record_gives_the_same_page(sample: ModuleType) -> None:
    """Nothing but the record decides what is written."""
    assert render(sample.mixed()) == render(sample.mixed())


def test_headings_are_in_order_and_ids_are_unique(sample: ModuleType) -> None:
    """One h1, no level skipped, every id once, every link inside the page has its target."""
    reader = read(render(sample.mixed()))
    levels = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch("h[1-6]", tag)]
    ids = [str(attributes["id"]) for _, attributes in reader.elements if "id" in attributes]
    links = [attributes["href"] for attributes in reader.named("a")]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert sorted(ids) == sorted(set(ids))
    assert links
    assert all(link is not None and link[1:] in ids for link in links)


def test_the_policy_allows_exactly_the_page_s_own_script_and_style(sample: ModuleType) -> None:
    """The hashes are those of what the page holds; everything else is forbidden."""
    page = render(sample.mixed())
    reader = read(page)
    policy = next(
        attributes["content"] or ""
        for attributes in reader.named("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    for tag in ("script", "style"):
        found = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(found) == 1
        digest = base64.b64encode(hashlib.sha256(found[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_nothing_refers_to_the_network(sample: ModuleType) -> None:
    """No element loads anything, no attribute holds a script or a style."""
    reader = read(render(sample.mixed()))

    for tag, attributes in reader.elements:
        assert tag not in {"link", "iframe", "object", "embed", "img", "base", "form"}
        assert not any(name == "style" or name.startswith("on") for name in attributes)
        assert "src" not in attributes
        assert str(attributes.get("href", "#")).startswith("#")


def test_hostile_text_stays_text(sample: ModuleType) -> None:
    """Nothing of it becomes an element, an attribute or an invisible character."""
    page = render(sample.result(sample.hostile()))
    reader = read(page)

    assert len(reader.named("script")) == 2
    assert not reader.named("img")
    assert "<b>name</b>" not in page
    assert "{{ 7 * 7 }}" in page
    assert all(character.isprintable() or character in "\n\t" for character in page)
    assert "\\x1b[31mred" in page
    assert "\\u202egnp.exe" in page


def test_the_record_is_embedded_without_its_drawings(sample: ModuleType) -> None:
    """What is read back from the page is the record, pictures' text aside."""
    for result in (sample.mixed(), sample.result(sample.hostile()), sample.result()):
        back = record_of(render(result))

        assert [e.name for e in back.exercises] == [e.name for e in result.exercises]
        again = json.loads(msgspec.json.encode(result))
        for exercise in again["exercises"]:
            for case in exercise["cases"]:
                if case["picture"]:
                    case["picture"]["svg"] = ""
        assert again == json.loads(msgspec.json.encode(back))


def test_a_page_without_a_record_is_refused() -> None:
    """In words that say how to get one."""
    with pytest.raises(ValueError, match="carries no record; write it anew with dlgrade check"):
        record_of("<title>another page</title>")


def test_a_failing_case_keeps_its_order(sample: ModuleType) -> None:
    """Message, evidence, cause, picture, code, hints, try it, how it was judged."""
    page = render(sample.result(sample.layer_norm()))
    start = page.index('id="layer_norm:2"')
    order = [
        "The shape and the dtype are right",
        "<h4>Evidence</h4>",
        "<h4>Cause</h4>",
        "<h4>Picture</h4>",
        "<h4>Your code</h4>",
        "<h4>Hints</h4>",
        "<h4>Try it</h4>",
        "<h4>How this was judged</h4>",
    ]
    places = [page.index(text, start) for text in order]

    assert sorted(places) == places
    assert "dlgrade check exercises/normalization/layer_norm.py --seed 0 -v" in page
    assert "<mark>    variance = x.var(axes, keepdim=True)</mark>" in page


def test_the_first_failing_case_is_open_and_passing_ones_are_folded(sample: ModuleType) -> None:
    """One case of the exercise is unfolded; its hints are three, each behind its own fold."""
    reader = read(render(sample.result(sample.warmup(), sample.layer_norm())))
    folds = reader.named("details")
    opened = [fold.get("id") for fold in folds if "open" in fold]

    assert opened == ["layer_norm:2"]
    assert sum(fold.get("class") == "hint" for fold in folds) == 3
    assert [fold for fold in folds if fold.get("class") == "cases"]


def test_waiting_cases_say_what_they_wait_for(sample: ModuleType) -> None:
    """With a link to it."""
    page = render(sample.result(sample.layer_norm()))

    assert (
        'waits for <a href="#layer_norm:2">rows are normalised with the population variance</a>'
        in page
    )


def test_captured_output_says_how_much_was_cut(sample: ModuleType) -> None:
    """Head, tail, and the count of what lies between."""
    page = render(sample.result(sample.layer_norm()))

    assert "12 128 characters, 12 034 of them left out" in page
    assert "last line" in page


def test_a_remark_stands_below_the_points(sample: ModuleType) -> None:
    """As text, and nothing stands there without one."""
    page = render(sample.result(), "It came <late>.")
    assert '<p class="remark">It came &lt;late&gt;.</p>' in page
    assert 'class="remark"' not in render(sample.result())


def test_the_next_step_is_named_and_linked(sample: ModuleType) -> None:
    """The verdict says where to go on, and says so when there is nothing left."""
    assert 'Next: <a href="#layer_norm"><code>layer_norm</code></a>' in render(sample.mixed())
    assert "Nothing is left to do." in render(sample.perfect())
    assert "Name a file or a folder" in render(sample.result())


def test_an_unsafe_drawing_is_dropped_and_said(sample: ModuleType) -> None:
    """The words of the picture stay, and the page says why the drawing is missing."""
    page = render(with_picture(sample, "<svg viewBox='0 0 1 1'><script>1</script></svg>"))

    assert "The drawing is left out: it holds a &lt;script&gt; element" in page
    assert "The finding." in page


def test_two_megabytes_of_pictures_lose_the_largest(sample: ModuleType) -> None:
    """The largest go first, the page says how many, and the words stay."""
    shape = '<path d="M0 0"/>'
    sizes = (40_000, 55_000, 50_000)
    pages = [
        with_picture(sample, f'<svg viewBox="0 0 {place + 1} 1">{shape * size}</svg>').exercises[0]
        for place, size in enumerate(sizes)
    ]
    page = render(sample.result(*pages))

    assert len(page.encode()) <= LARGEST
    assert "1 of the pictures is left out" in page
    assert 'viewBox="0 0 1 1"' in page
    assert 'viewBox="0 0 2 1"' not in page
    assert 'viewBox="0 0 3 1"' in page
    assert "the page would be larger than 2 MB with it" in page


def test_a_failing_case_is_small(sample: ModuleType) -> None:
    """A failing case with its picture takes at most 25 KB."""
    page = render(sample.result(sample.layer_norm()))
    case = re.search(r'<details class="case failing".*?</div></details>\n', page, re.DOTALL)

    assert case is not None
    assert "<svg" in case[0]
    assert len(case[0].encode()) <= 25_000


def test_a_course_is_small(sample: ModuleType) -> None:
    """Thirty exercises of ten cases, every fifth with a failure and a picture: 400 KB."""
    assert len(render(sample.full_course()).encode()) <= 400_000


def test_every_colour_of_the_pictures_is_set(sample: ModuleType) -> None:
    """The page defines the nine variables and ties the pictures' classes to them."""
    page = render(sample.mixed())

    for role in ("ink", "muted", "grid", "paper", "yours", "expected", "bad", "good", "shade"):
        assert f"--{role}: light-dark(" in page
        assert f".s-{role}{{stroke:var(--{role}" in page
        assert f".f-{role}{{fill:var(--{role}" in page


def test_odd_data_do_not_hang(sample: ModuleType) -> None:
    """A million characters in one field are shortened before anything looks at each of them."""
    started = time.process_time()
    page = render(sample.result(sample.hostile()))

    assert time.process_time() - started < 5
    assert "more characters)" in page


def test_missing_isolation_is_said(sample: ModuleType) -> None:
    """Switched off: above everything. Not complete, or not to be had: where it says how."""
    result = sample.mixed()

    def page(**changes: object) -> str:
        environment = msgspec.structs.replace(result.environment, **changes)
        text: str = render(msgspec.structs.replace(result, environment=environment))
        return text

    off = page(isolation_mode="off")
    assert '<p class="notice" role="note">Isolation was off: these files' in off
    lacks = {"own user": "other users cannot read <here>"}
    incomplete = page(isolation_lacks=lacks)
    assert 'class="notice"' not in incomplete
    assert "Missing: own user (other users cannot read &lt;here&gt;)." in incomplete
    practice = page(isolation_lacks={"system calls": "only Linux has it"}, platform="Darwin arm64")
    assert "Practice mode: Darwin has no layers against files that mean harm." in practice
    assert "Isolation is not complete" not in page()
