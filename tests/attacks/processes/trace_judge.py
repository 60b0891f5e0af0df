"""Takes the judge over as a debugger does.

stopped by: undumpable judge
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell. The kernel lets go
# of a traced process when its tracer dies.
import ctypes

PTRACE_SEIZE = 0x4206
if ctypes.CDLL(None).ptrace(PTRACE_SEIZE, int("@JUDGE@"), None, None) == 0:
    print("REACHED the judge")


def square(x):
    return x * x
