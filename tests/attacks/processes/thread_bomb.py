"""Starts threads until nobody else can.

stopped by: resource limits
points: none
says: can't start new thread
"""

# Six hundred at the most, which end by themselves.
import threading
import time


def square(x):
    for _ in range(600):
        threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
    print("REACHED 600 threads")
    return x * x
