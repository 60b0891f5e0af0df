"""Is told of everything that anybody opens.

stopped by: system calls
points: all
"""

# The return value is looked at instead of raising, so there is nothing to tell.
import ctypes

FANOTIFY_INIT, REPORT_FID = 300, 0x200
if ctypes.CDLL(None).syscall(FANOTIFY_INIT, REPORT_FID, 0) >= 0:
    print("REACHED a watch on everything")


def square(x):
    return x * x
