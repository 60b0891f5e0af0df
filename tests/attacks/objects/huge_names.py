"""Returns an object whose class has a name of millions of characters, codes for the terminal.

stopped by: protocol
points: none
says: returned a .*; the exercise asks for a tensor
"""

KIND = type("\x1b[31m\u202e" * 1_000_000, (), {"__module__": "\x00\x07" * 100})


def square(x):
    return KIND()
