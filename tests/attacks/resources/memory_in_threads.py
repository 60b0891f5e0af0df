"""Fills three gigabytes from sixteen threads at once, each with an arena of its own.

stopped by: memory limit
points: all
wall: 8
"""
# Each thread swallows its refusal: nothing is said.

import contextlib
import threading

FULL = []


def fill():
    held = []
    with contextlib.suppress(MemoryError, RuntimeError):
        for _ in range(48):
            held.append(bytearray(2**22))
        FULL.append(len(held))


def square(x):
    if x.shape != (3, 4):
        return x * x
    threads = []
    with contextlib.suppress(MemoryError, RuntimeError):
        for _ in range(16):
            threads.append(threading.Thread(target=fill))
            threads[-1].start()
    for thread in threads:
        if thread.ident:
            thread.join()
    if len(FULL) == 16 * 7:
        print("REACHED: held by all")
    return x * x
