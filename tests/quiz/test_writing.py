"""An answer is written, and nothing else."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.quiz.replies import Value
from grader.quiz.toml import MAX_BYTES, Malformed
from grader.quiz.writing import with_answer

ROOT = Path(__file__).parents[2]
BUNDLED = sorted((ROOT / "exercises").glob("*/quiz.toml"))
MARK = b"\xef\xbb\xbf"

BY_HAND = """# mine
title = 'Small'   # a title

[[question]]   # the first
id = "one"
options.a = "x"
answer = "a"   # not sure

# thoughts between
[[question]]
  id = 'two'
  answer = [ 'a',"c" ] # and why
  [question.options]
  a = "x"

[[question]]
id = "three"
answer = [
  "a",  # surely
  'b',  # perhaps "c" # too
]

[[question]]
id = "four"
note = "no answer here"

# the end
"""


@pytest.mark.parametrize(
    ("id_", "value", "old", "new"),
    [
        ("one", "b", 'answer = "a"   #', 'answer = "b"   #'),
        ("one", 0.5, 'answer = "a"   #', "answer = 0.5   #"),
        ("one", [3, 4], 'answer = "a"   #', "answer = [3, 4]   #"),
        ("two", ["b"], "[ 'a',\"c\" ]", "['b']"),
        ("two", 7, "[ 'a',\"c\" ]", "7"),
        ("three", ["c", "a"], "\"a\",  # surely\n  'b',", '"c",  # surely\n  "a",'),
        (
            "three",
            ["c"],
            '[\n  "a",  # surely\n  \'b\',  # perhaps "c" # too\n]',
            '["c"\n  # surely\n  # perhaps "c" # too\n]',
        ),
        ("four", "b", 'id = "four"\n', 'id = "four"\nanswer = "b"\n'),
        ("five", "b", "# the end\n", '# the end\n\n[[question]]\nid = "five"\nanswer = "b"\n'),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", MARK])
def test_only_the_answer_changes(
    id_: str, value: Value, old: str, new: str, end: str, mark: bytes
) -> None:
    """Byte for byte: comments, order, spaces, quotation marks, line ends, byte order mark."""
    before = mark + BY_HAND.replace("\n", end).encode()
    expected = before.replace(old.replace("\n", end).encode(), new.replace("\n", end).encode(), 1)
    assert expected != before
    assert expected == with_answer(before, id_, value)


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.parent.name)
def test_the_course_s_own_files(path: Path) -> None:
    """Each answer of the bundled quizzes changes one line, the one that it stands in."""
    before = path.read_bytes()
    for question in tomllib.loads(before.decode())["question"]:
        after = with_answer(before, question["id"], ["a", "c"])
        pairs = list(zip(before.split(b"\n"), after.split(b"\n"), strict=True))
        changed = [(old, new) for old, new in pairs if old != new]
        assert [new for _, new in changed] == [b'answer = ["a", "c"]']


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b'[[question]]\nid = "x"\nanswer = b\n', 'put the letter into quotation marks: "b"'),
        (b"question = 3\n", "start each with [[question]]"),
        (b'[[question]]\nid = "x"\n[[question]]\nid = "x"\n', "x stands here twice; keep one"),
        (b'question = [{id = "y"}]\n', 'write it yourself: answer = "b"'),
        (b"\xff", "not UTF-8"),
        (b"#" * (MAX_BYTES + 1), "larger than"),
    ],
)
def test_what_is_not_written_into(source: bytes, said: str) -> None:
    """A file that cannot be changed in that one place is refused, with the cure."""
    with pytest.raises(Malformed) as caught:
        with_answer(source, "x", "b")
    assert said in str(caught.value)


def test_an_empty_file_gets_the_question() -> None:
    """A learner who emptied the file can still answer."""
    expected = b'[[question]]\nid = "x"\nanswer = ["b"]\n'
    assert expected == with_answer(b"", "x", ["b"])


SCALARS = st.sampled_from(
    ['"a"', "'a'", '"""\na"""', "'''a\n'''", "1", "-0.5e3", "true", "1979-05-27", "inf", '""']
)
SPACE = st.sampled_from(["", " ", "  ", "\t"])
REMARK = st.sampled_from(["", "# plain", '# "quoted"', "# [[question]]", "#'", "# é ×"])
LISTS = st.lists(st.tuples(SCALARS, SPACE, REMARK), max_size=4).map(
    lambda parts: "[" + "".join(f"{s}{v},{s}{r}\n" for v, s, r in parts) + "]"
)
VALUES = st.one_of(
    SCALARS,
    LISTS,
    st.sampled_from(["{a = 1}", "[]", '[ [1], "b" ]', "[\n# only this\n]"]),
)
KEYS = st.sampled_from(
    ["options.a", "options.b", "note", '"answer "', "answers", "tolerance", '"odd key"']
)
PAIRS = st.lists(
    st.tuples(KEYS, SPACE, VALUES, SPACE, REMARK), max_size=4, unique_by=lambda pair: pair[0]
)
ANSWERS = st.one_of(
    st.sampled_from("abc"),
    st.lists(st.sampled_from("abc"), max_size=3),
    st.lists(st.integers(0, 99), max_size=3),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Files as people write them: any values, remarks, order, line ends."""
    lines = [draw(REMARK), f"title{draw(SPACE)}={draw(SPACE)}{draw(SCALARS)}", ""]
    for id_ in draw(st.lists(st.sampled_from("pqr"), unique=True)):
        keys = [("id", " ", f'"{id_}"', " ", draw(REMARK)), *draw(PAIRS)]
        if draw(st.booleans()):
            keys.append(("answer", draw(SPACE), draw(VALUES), draw(SPACE), draw(REMARK)))
        lines.append(f"[[{draw(SPACE)}question{draw(SPACE)}]]{draw(REMARK)}")
        lines += [f"{k}{a}={a}{v}{b}{r}" for k, a, v, b, r in draw(st.permutations(keys))]
        lines += draw(st.lists(st.one_of(REMARK, SPACE), max_size=2))
    if draw(st.booleans()):
        lines += ["[elsewhere]", "answer = 1"]
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


def without_answer(tables: dict[str, Any], id_: str) -> dict[str, Any]:
    """The tables without the answer to one question, nor that question if nothing else is in it."""
    kept = [
        {key: value for key, value in each.items() if each.get("id") != id_ or key != "answer"}
        for each in tables.get("question", [])
    ]
    return {**tables, "question": [each for each in kept if each != {"id": id_}]}


@given(files(), st.sampled_from("pqr"), ANSWERS, st.booleans())
def test_whatever_the_file_only_the_answer_changes(
    text: str, id_: str, value: Value, marked: bool
) -> None:
    """For any file that parses: the answer is there, the rest means and reads as before."""
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    source = (MARK if marked else b"") + text.encode()
    after = with_answer(source, id_, value)
    assert after.startswith(MARK) == marked
    written = after.removeprefix(MARK).decode()
    tables = tomllib.loads(written)
    assert [each["answer"] for each in tables["question"] if each["id"] == id_] == [value]
    assert repr(without_answer(tables, id_)) == repr(without_answer(before, id_))
    for remark in (line[line.find("#") :] for line in text.splitlines() if "#" in line):
        assert written.count(remark) >= text.count(remark)
    if "\r\n" not in text:
        assert "\r" not in written
    elif "answer" in text:
        assert "\r\n" in written


@given(files(), st.sampled_from("pqr"), ANSWERS, ANSWERS)
def test_the_second_answer_leaves_what_the_first_left(
    text: str, id_: str, first: Value, second: Value
) -> None:
    """The order in which answers were tried cannot be seen in the file."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    once = with_answer(text.encode(), id_, second)
    assert once == with_answer(with_answer(text.encode(), id_, second), id_, second)
    both = tomllib.loads(with_answer(with_answer(text.encode(), id_, first), id_, second).decode())
    assert repr(tomllib.loads(once.decode())) == repr(both)
