"""Fills three gigabytes of shared anonymous memory, which some limits do not count.

stopped by: memory limit
points: none
says: it ran out of memory
"""

import mmap


def square(x):
    held = [mmap.mmap(-1, 2**26) for _ in range(48)]
    for block in held:
        for page in range(0, len(block), 4096):
            block[page] = 1
    print("REACHED: held", len(held))
    return x * x
