"""Crashes with the wish that its memory be written to the disk.

stopped by: resource limits
points: none
says: Python itself crashed .signal 6
"""

# Whether there would be a dump is asked of the limit: the machine may put it anywhere.
import os
import resource


def square(x):
    if resource.getrlimit(resource.RLIMIT_CORE)[1] != 0:
        print("REACHED a dump", flush=True)
    os.abort()
