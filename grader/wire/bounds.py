"""Measures msgpack bytes before anything is built from them.

A few bytes of msgpack can announce a list of four thousand million items. The scan walks over the
headers only, so what a hostile worker wrote is refused before memory is spent on it.
"""

from __future__ import annotations

from typing import Final

from grader.errors import WireError

MAX_DEPTH: Final = 32
"""How deeply lists, tuples and dicts of one value may nest."""

MAX_NODES: Final = 100_000
"""How many nodes one value may have."""

MAX_ITEMS: Final = 500_000
"""How many msgpack items one frame may have; a tensor takes about ten, a number one."""

MAX_FILE_ITEMS: Final = 2_000_000
"""How many items all frames of one worker may have together.

An empty dict is one byte on the wire and 72 in memory: 64 MB of them would become 4.6 GB.
"""

# A dict node is three msgpack levels (record, pairs, pair); the message around it takes a few.
_MAX_LEVELS: Final = 3 * MAX_DEPTH + 8

_SCALAR_BYTES: Final = {
    0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8,
    0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8,
}  # fmt: skip
_LENGTH_BYTES: Final = {
    0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4,
}  # fmt: skip
_COUNT_BYTES: Final = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def _whole(byte: int) -> int:
    if byte < 0x80 or byte >= 0xE0:
        return 1
    if 0xA0 <= byte < 0xC0:
        return 1 + (byte & 0x1F)
    return 1 + _SCALAR_BYTES[byte] if byte in _SCALAR_BYTES else 0


_WHOLE: Final = tuple(_whole(byte) for byte in range(256))
"""How many bytes an item takes whose first byte says so; 0 for the others."""


def check_bounds(payload: bytes, most: int = MAX_ITEMS) -> int:
    """Refuses msgpack that is malformed, too deep or too populous.

    Args:
        payload: the content of one frame.
        most: how many items it may have.

    Returns:
        How many it has.

    Raises:
        WireError: if so.
    """
    position, items, size = 0, 0, len(payload)
    left = 1  # in the innermost container
    around: list[int] = []  # left in those around it
    while left or around:
        if not left:
            left = around.pop()
            continue
        left -= 1
        items += 1
        if items > most or position >= size:
            raise WireError("a frame is cut short or has too many items")
        known = _WHOLE[payload[position]]
        if known:  # nearly all; no call for each
            position += known
            continue
        position, children = _step(payload, position)
        if children:
            around.append(left)
            left = children
            if len(around) >= _MAX_LEVELS:
                raise WireError("a frame is nested too deeply")
    if position != size:
        raise WireError("a frame does not end where it says")
    return items


def _step(payload: bytes, position: int) -> tuple[int, int]:
    """Passes an item that `_WHOLE` does not know.

    Returns:
        The position after its header or data, and how many items are in it.
    """
    byte = payload[position]
    position += 1
    if byte < 0x90:
        return position, 2 * (byte & 0x0F)
    if byte < 0xA0:
        return position, byte & 0x0F
    if byte in _LENGTH_BYTES:
        after = position + _LENGTH_BYTES[byte]
        return after + int.from_bytes(payload[position:after], "big"), 0
    if byte in _COUNT_BYTES:
        size, per_entry = _COUNT_BYTES[byte]
        after = position + size
        return after, per_entry * int.from_bytes(payload[position:after], "big")
    raise WireError("a frame holds something that is not a plain value")
