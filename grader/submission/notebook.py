"""A notebook as the text of its code cells, one after the other.

The JSON is read into bounded records without its outputs. Nothing is parsed as Python here: what
of the cells is run, and what becomes of magics, is the worker's part (`grader.worker.notebook`).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from grader.submission.cells import place
from grader.submission.files import MAX_SOURCE_BYTES, Refused
from grader.submission.text import check

MAX_CELLS: Final = 2_000
"""Code cells of a notebook; a lecture's has some fifty."""

_LINE_END: Final = re.compile(r"\r\n?")
_OLD: Final = "open it in Jupyter and save it, or run: jupyter nbconvert --to notebook --inplace"
# Quotes, commas and escapes make a line longer as JSON; "\u00e9" is six bytes for two.
_MAX_RAW_BYTES: Final = 3 * MAX_SOURCE_BYTES


class _Cell(msgspec.Struct, gc=False):
    # Asked for, as a million cells "{}" would be small as JSON only.
    cell_type: str
    # Decoded when its size is known, as a list of a million empty strings is.
    source: msgspec.Raw = msgspec.Raw(b'""')


class _Book(msgspec.Struct):
    nbformat: int
    cells: list[_Cell] = []


_BOOK: Final = msgspec.json.Decoder(_Book)
_SOURCE: Final = msgspec.json.Decoder(str | list[str])


@dataclass(frozen=True)
class Notebook:
    """The code of a notebook.

    Attributes:
        source: the code cells that are not empty, each ended by a line feed.
        cells: the line that each of them begins with. Their numbers, from 1, are those that
            Jupyter shows after "Restart and run all".
    """

    source: bytes
    cells: tuple[int, ...]

    def defines(self, functions: Iterable[str]) -> bool:
        """Whether one of the functions seems to be defined at the top level of a cell."""
        names = "|".join(re.escape(name) for name in functions)
        pattern = rf"^(?:async[ \t]+)?def[ \t]+(?:{names})[ \t]*[(\[]"
        return bool(names) and re.search(pattern, self.source.decode(), re.M) is not None


def read(data: bytes) -> Notebook:
    """The code of a notebook.

    Args:
        data: the file.

    Raises:
        Refused: if it is no notebook of the present format, or its code is no text.
    """
    try:
        book = _BOOK.decode(data.removeprefix(codecs.BOM_UTF8))
        if book.nbformat != 4:
            raise Refused(f"this is a notebook of format {book.nbformat}, not 4; {_OLD}")
        texts = _texts([cell.source for cell in book.cells if cell.cell_type == "code"])
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        reason = str(error)[:200]
        raise Refused(
            f"this is not a notebook that Jupyter wrote ({reason}); save it again from Jupyter"
        ) from None
    return joined([text for text in texts if text.strip()])


def _texts(sources: list[msgspec.Raw]) -> list[str]:
    # A Raw is a view of the file; what matters is how long it is.
    if len(sources) > MAX_CELLS:
        raise Refused(f"the notebook has more than {MAX_CELLS} code cells; hand in fewer")
    if sum(len(memoryview(source)) for source in sources) > _MAX_RAW_BYTES:
        raise _too_much_code()
    decoded = (_SOURCE.decode(source) for source in sources)
    return [one if isinstance(one, str) else "".join(one) for one in decoded]


def joined(texts: Sequence[str]) -> Notebook:
    """Code cells, one after the other.

    Args:
        texts: of each cell; one that is empty keeps its number.

    Raises:
        Refused: if there is too much of it, or it is no text.
    """
    parts: list[str] = []
    cells: list[int] = []
    line = 1
    for text in texts:
        # As Python does: "\r" alone ends a line, a form feed does not.
        part = _LINE_END.sub("\n", text).removesuffix("\n") + "\n"
        cells.append(line)
        parts.append(part)
        line += part.count("\n")
    source = "".join(parts).encode()
    if len(source) > MAX_SOURCE_BYTES:
        raise _too_much_code()
    check(source, lambda line: place(cells, line))
    return Notebook(source, tuple(cells))


def _too_much_code() -> Refused:
    limit = MAX_SOURCE_BYTES // 1_000_000
    return Refused(f"the notebook has more than {limit} MB of code; an exercise is a few kilobytes")
