"""Answers what it cannot do with nonsense that makes the judge fail: such a case would not count.

stopped by: protocol
points: 1
says: cannot be read
"""

from grader.wire.frames import DictNode, ListNode, OpaqueNode, SuppliedNode, TensorNode
from grader.worker import runner

HONEST = runner.encode
NONSENSE = iter(
    [
        OpaqueNode("tensor", "of my own"),
        SuppliedNode("open", {"file": 0}),
        TensorNode("float64", (5,), b"\xff" * 40, requires_grad=True, strides=(0,)),
        ListNode((DictNode(((1, None), (1, None))),) * 3),
    ]
)


def encode(value, generators=None):
    if value is None:
        return next(NONSENSE, TensorNode("bool", (1,), b"\7"))
    return HONEST(value, generators)


runner.encode = encode


def square(x):
    return x * x if not x.numel() else None
