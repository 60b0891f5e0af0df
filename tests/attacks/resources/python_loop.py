"""Loops for ever, and swallows every exception that could end it.

stopped by: wall clock
points: none
says: it did not finish within 1 s|used up 1 s of processor time
wall: 1
"""


def square(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
