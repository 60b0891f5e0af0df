"""Returns objects that call themselves dict, list, tuple, int and string.

stopped by: comparison
points: none
says: returned an? .*; the exercise asks for a tensor
"""

KINDS = [dict, list, tuple, int, str, float, bool]


def square(x):
    kind = KINDS.pop(0)

    class Liar:
        __class__ = kind

        def items(self):
            return [("a", 1)]

        def __iter__(self):
            return iter([x * x])

        def __int__(self):
            return 3

    return Liar()
