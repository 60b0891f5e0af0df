r"""Reserves sixteen terabytes of addresses, without touching them.

stopped by: resource limits
points: none
says: it ran out of memory|OSError at line \d+: .*Cannot allocate memory
"""

import mmap


def square(x):
    held = mmap.mmap(-1, 2**44, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
    print("REACHED: reserved", len(held))
    return x * x
