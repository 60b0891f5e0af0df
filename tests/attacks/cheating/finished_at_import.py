"""Says that everything is answered before anything was asked.

stopped by: protocol
points: none
says: cannot be read
"""

import os

from grader.wire.frames import Finished, pack

os.write(4, pack(Finished()))


def square(x):
    return x * x
