"""Loads a piece of kernel.

stopped by: system calls
points: all
"""

# With nothing to load, a kernel that would do it says that the address is bad.
import ctypes
import errno

INIT_MODULE = 175
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall(INIT_MODULE, None, 0, b"")
if ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
    print("REACHED the kernel's modules", ctypes.get_errno())


def square(x):
    return x * x
