"""Ends itself by a signal that cannot be caught.

stopped by: protocol
points: none
says: Python itself crashed .signal 9.|it ended the whole program
"""

import os
import signal


def square(x):
    os.kill(os.getpid(), signal.SIGKILL)
