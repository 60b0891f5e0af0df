"""Bytes that are no text, and text that is not what it seems."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.submission import Submitted
from grader.submission.files import Refused
from grader.submission.text import check

GOOD = b"x = 1\n"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("y = 1\nx = 'é'\n".encode("latin-1"), "line 2 is not UTF-8 (byte 0xe9); save the file as"),
        (b"\r\r\n\n\xff", "line 4 is not UTF-8"),
        ("x = 1".encode("utf-16"), "the file is UTF-16; save it as UTF-8"),
        (codecs.BOM_UTF16_BE + "x".encode("utf-16-be"), "the file is UTF-16"),
        ("x = 1".encode("utf-32"), "the file is UTF-32"),
        ("x = 1".encode("utf-16-le"), "line 1 holds a null byte"),
        (b"x = 1\n\x00", "line 2 holds a null byte"),
        (b"# coding: utf-7\n+AGE-", "line 1 declares the encoding 'utf-7'; take that out"),
        (b"#!/usr/bin/python\n# -*- coding: raw_unicode_escape -*-\n", "line 2 declares"),
        (b"\n\x0c# vim: set fileencoding=nonsense :\n", "declares the encoding 'nonsense'"),
        ("# coding: latin-1\n# é".encode(), "declares the encoding 'latin-1'"),
        (b"# coding: latin-1\n# coding: utf-7\nx = '\xc3\xa9'", "line 1 declares"),
        ("a = 1\nb = 2 # \u202e\n".encode(), "line 2 holds U+202E (right-to-left override)"),
        ("s = '\u2066x\u2069'".encode(), "line 1 holds U+2066 (left-to-right isolate)"),
    ],
)
def test_what_is_refused(source: bytes, said: str) -> None:
    """The line is named, and the cure."""
    with pytest.raises(Refused) as raised:
        check(source)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        codecs.BOM_UTF8 + "x = 'é'".encode(),
        b"# -*- coding: UTF-8 -*-\n",
        b"# vim: fileencoding=utf_8\n",
        b"# coding: utf-8-unix\n# coding: latin-1\n",
        b"# coding: latin-1\nx = 1\n",
        b"x = 1\n# coding: utf-7\n",
        b"x = 1\r\ny = 2\r\tif\x0c",
        "αβ = 'שלום' # 中文 🙂 \u200d".encode(),
    ],
)
def test_what_is_accepted(source: bytes) -> None:
    """Any script, any line end; a cookie that changes nothing."""
    check(source)


@pytest.mark.parametrize("bad", [b"\xff\xfe", b"x\0", "# \u202e".encode(), b"# coding: utf-7\n"])
def test_one_bad_file_costs_its_own_exercise(
    collected: Callable[..., dict[str, Submitted]], tmp_path: Path, bad: bytes
) -> None:
    """The rest is read."""
    for label, data in (("normalization/layer_norm", bad), ("initialization/kaiming", GOOD)):
        path = tmp_path / f"{label}.py"
        path.parent.mkdir()
        path.write_bytes(data)
    found = collected(tmp_path)
    assert found["layer_norm"].source is None
    assert found["layer_norm"].fault
    assert found["kaiming"].source == GOOD
