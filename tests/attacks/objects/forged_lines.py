"""Raises from code whose lines are numbered in thousands of millions, under this file's name.

stopped by: protocol
points: none
says: ZeroDivisionError
"""

import ast

TREE = ast.parse("def far(x):\n    return 1 / 0\n")
for node in ast.walk(TREE):
    if hasattr(node, "lineno"):
        node.lineno = node.end_lineno = 2_000_000_000
NAMES = {}
exec(compile(TREE, __file__, "exec"), NAMES)


def square(x):
    return NAMES["far"](x)
