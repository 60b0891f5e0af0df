"""Writes a message of a kind that it made up: a verdict.

stopped by: protocol
points: none
says: cannot be read
"""

import os

import msgspec


def square(x):
    payload = msgspec.msgpack.encode({"type": "verdict", "status": "passed", "score": 1e9})
    os.write(4, len(payload).to_bytes(4, "big") + payload)
    return x
