"""Restarts the machine.

stopped by: system calls
points: all
"""

# With wrong magic numbers, so that a kernel that would do it says that they are wrong.
import ctypes
import errno

REBOOT = 169
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall(REBOOT, 1, 2, 3, None)
if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
    print("REACHED the switch", ctypes.get_errno())


def square(x):
    return x * x
