"""Nothing of the judge's is in a worker's memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# The learner's file: searches its objects and every readable mapping of its process. It holds each
# needle masked, looks for the first bytes and compares the rest masked: so it cannot find itself.
SEARCH = """
import gc

MASK, HEAD = 0x5A, 12

def occurs(data, masked):
    head = bytes(byte ^ MASK for byte in masked[:HEAD])
    place = data.find(head)
    while place >= 0:
        rest = data[place + HEAD : place + len(masked)]
        if bytes(byte ^ MASK for byte in rest) == masked[HEAD:]:
            return True
        place = data.find(head, place + 1)
    return False

def mappings():
    with open("/proc/self/maps") as lines:
        for line in lines.read().splitlines():
            span, rights = line.split()[:2]
            if rights[0] == "r" and "[v" not in line:
                yield [int(part, 16) for part in span.split("-")]

def blocks():
    size, overlap = 2 ** 24, 256
    with open("/proc/self/mem", "rb", buffering=0) as memory:
        for start, end in mappings():
            for position in range(start, end, size):
                try:
                    memory.seek(position)
                    yield memory.read(min(size + overlap, end - position))
                except OSError:
                    break

def texts():
    for container in gc.get_objects():
        for item in gc.get_referents(container):
            if type(item) is str:
                yield item.encode("utf-8", "replace")
            elif type(item) is bytes:
                yield item

def f(control, tensor, masked):
    needles = {name: bytes.fromhex(text) for name, text in masked.items()}
    in_memory, in_objects, size = set(), set(), 0
    for block in blocks():
        size += len(block)
        in_memory |= {name for name in needles if occurs(block, needles[name])}
    for text in texts():
        in_objects |= {name for name in needles if occurs(text, needles[name])}
    return sorted(in_memory), sorted(in_objects), size
"""

# A judge: it makes up its secrets, so that no file holds them, and keeps them in its memory.
JUDGE = """
import json, os, struct, sys
import torch
from grader.pool import Limits, Policy, create
from grader.wire.frames import Call, Request, Task
from grader.wire.layers import PROTECTION
from grader.wire.values import decode, encode_arguments

def unique(label):
    return f"{label}_{os.urandom(12).hex()}"

reference = f"def {unique('reference')}(x): return x"
mistake = unique("unbiased")
expected = torch.tensor([struct.unpack("d", b"\\x11" + os.urandom(5) + b"\\xf1\\x3f")[0]] * 4,
                        dtype=torch.float64)
control = unique("control")
tensor = torch.rand(4, dtype=torch.float64)
secrets = {
    "reference source": reference.encode(),
    "mistake": mistake.encode(),
    "expected value": expected.numpy().tobytes()[:16],
    "environment": os.environ["COURSE_TOKEN"].encode(),
    "control text": control.encode(),
    "control tensor": tensor.numpy().tobytes(),
}
masked = {name: bytes(byte ^ 0x5A for byte in data).hex() for name, data in secrets.items()}
arguments = encode_arguments({"control": control, "tensor": tensor, "masked": masked})
request = Request(
    name="search", filename="search.py", source=sys.stdin.buffer.read(),
    functions={"f": tuple(arguments)}, tasks=(Task("search", (Call("f", arguments),)),),
)
with create(sys.argv[1], policy=Policy(without=PROTECTION)) as pool:
    pool.submit(1, request, Limits(wall_s=60, cpu_s=60))
    report = pool.wait()
    (answer,) = report.answers
    assert answer.raised is None, answer.raised
    print(json.dumps(decode(answer.values[0])))
"""


@pytest.mark.parametrize("engine", ["fork", "fresh"])
def test_a_worker_finds_nothing_of_the_judge(engine: str) -> None:
    """References, expected values, mistakes and tokens are in no memory that a worker can read.

    The search itself works: it finds what is really there, the inputs.
    """
    if not Path("/proc/self/mem").exists():
        pytest.skip("this platform does not show a process its own memory")
    done = subprocess.run(
        [sys.executable, "-c", JUDGE, engine],
        input=SEARCH.encode(),
        capture_output=True,
        env={**os.environ, "COURSE_TOKEN": f"token_{os.urandom(16).hex()}"},
        timeout=100,
    )
    if b"Permission denied: '/proc/self/mem'" in done.stderr:
        pytest.skip("a process that nobody may look into cannot read its own memory either")
    assert done.returncode == 0, done.stderr.decode()
    in_memory, in_objects, size = json.loads(done.stdout)
    assert in_memory == ["control tensor", "control text"]
    assert in_objects == ["control text"] or in_objects == ["control tensor", "control text"]
    assert size > 10**8
