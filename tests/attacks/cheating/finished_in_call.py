"""Says in its first call that everything is answered, and leaves.

stopped by: protocol
points: none
says: it said that it was done before everything was answered
"""

import os

from grader.wire.frames import Finished, pack


def square(x):
    os.write(4, pack(Finished()))
    os._exit(0)
