r"""Takes the forbidden name that stands in this file out of what the worker reports about it.

stopped by: protocol
answers: mean
points: none
says: uses mean at line \d+, which this exercise asks you to write yourself
"""

import torch

from grader.wire import frames
from grader.worker import runner

HONEST = frames.pack


def pack(message):
    if isinstance(message, frames.Loaded):
        facts = {"mean": frames.FunctionFacts(9, 10, "(x)", is_callable=True, accepts="keyword")}
        message = frames.Loaded(functions=facts)
    if isinstance(message, frames.Answer):
        fields = {name: getattr(message, name) for name in message.__struct_fields__}
        message = frames.Answer(**{**fields, "forbidden": (), "operations": ()})
    return HONEST(message)


runner.pack = pack


def mean(x):
    return torch.mean(x)
