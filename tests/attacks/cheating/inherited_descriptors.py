"""Looks for descriptors that it inherited: the judge's socket, other requests, other answers.

stopped by: closed descriptors
points: all
"""
# Nothing is said: to look at a number that is not open harms nobody.

import os


def square(x):
    for number in range(3, 4096):
        try:
            os.fstat(number)
        except OSError:
            continue
        if number != 4:  # its own answers
            print("REACHED: descriptor", number)
            print(os.pread(number, 10_000, 0) if number > 5 else "")
    return x * x
