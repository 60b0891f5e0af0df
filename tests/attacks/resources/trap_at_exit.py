"""Answers right, and then never lets go: what the worker does last is replaced by a loop.

stopped by: wall clock
points: all
wall: 2
"""
# All answers were written before the clock ended it: there is nothing left to say.

import sys


class Stuck:
    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        return self.stream.write(text)

    def flush(self):
        while True:
            pass


sys.stdout = Stuck(sys.stdout)


def square(x):
    return x * x
