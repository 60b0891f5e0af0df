"""Looks at its name and at the precision of its timers, which it has from where it was forked.

stopped by: named files
points: all
"""

import ctypes

LIBC = ctypes.CDLL(None)
GET_NAME, GET_TIMER_SLACK = 16, 30
NAME = ctypes.create_string_buffer(16)

LIBC.prctl(GET_NAME, NAME, 0, 0, 0)
if NAME.value == b"attack" or LIBC.prctl(GET_TIMER_SLACK, 0, 0, 0, 0) == 123457:
    print("REACHED: another submission has been here")


def square(x):
    return x * x
