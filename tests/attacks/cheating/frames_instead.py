"""Writes all messages itself while it is imported, and ends the process before a call is made.

stopped by: comparison
points: none
says: returned None
"""

import os
import sys

from grader.wire.frames import Answer, Finished, FunctionFacts, Loaded, pack

FRAME = sys._getframe()
while "request" not in FRAME.f_locals:
    FRAME = FRAME.f_back
REQUEST = FRAME.f_locals["request"]
FACTS = FunctionFacts(1, 2, "(x)", is_callable=True, accepts="keyword")
os.write(4, pack(Loaded(functions=dict.fromkeys(REQUEST.functions, FACTS))))
for task in REQUEST.tasks:
    inputs = tuple(call.arguments for call in task.calls)
    gradients = tuple({name: None for name in task.gradients} for _ in task.calls)
    os.write(
        4,
        pack(
            Answer(
                case=task.case,
                values=(None,) * len(task.calls),
                inputs_after=inputs,
                gradients=gradients if task.gradients else None,
            )
        ),
    )
os.write(4, pack(Finished()))
os._exit(0)


def square(x):
    return x
