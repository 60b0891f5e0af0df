"""Reads the pages of its own memory that hold Python's objects, in search of the author's file.

stopped by: separate process
points: all
"""
# Nothing is said: a process may read its own memory. The harness looks for the canary in what is
# printed here.

import ctypes
import gc

WORD = bytes(reversed(b"erauqs(ekatsim.esicrexe@"))  # this file does not hold the word itself
PAGE = 4096


def square(x):
    pages = {id(thing) // PAGE for thing in gc.get_objects()}
    pages |= {
        id(name) // PAGE for thing in gc.get_objects() if type(thing) is dict for name in thing
    }
    found = 0
    for page in sorted(pages):
        block = ctypes.string_at(page * PAGE, PAGE)
        if WORD in block and found < 20:
            found += 1
            print(block.decode("latin-1"))
    return x * x
