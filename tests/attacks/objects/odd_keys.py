"""Returns dictionaries whose keys are objects, huge strings and lies.

stopped by: comparison
points: none
says: returned an? .*; the exercise asks for a tensor
"""


class Key(str):
    def __hash__(self):
        return 1

    def __eq__(self, other):
        return True


def square(x):
    return {Key("a"): x, "b" * 10**7: x, 2**100: x, None: x, ("t",): x}
