"""Compiles text whose constant expressions and nesting take all there is to be taken.

stopped by: memory limit
points: none
says: MemoryError|SyntaxError|RecursionError|ran out of memory|did not finish|crashed
"""


def square(x):
    return eval("(" * 100_000 + "1" + ")" * 100_000) + eval("-" * 1_000_000 + "1")
