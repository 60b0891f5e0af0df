"""Forks until nobody else can.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

# Two hundred at the most, which end by themselves.
import os
import time


def square(x):
    for _ in range(200):
        if os.fork() == 0:
            time.sleep(2)
            os._exit(0)
    print("REACHED 200 processes")
    return x * x
