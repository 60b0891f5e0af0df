"""Returns a few lists that hold each other: a tree of 10 to the power of 30 leaves.

stopped by: protocol
points: none
says: it returned too much: the value has more than 100000 parts
"""


def square(x):
    tree = [0.0]
    for _ in range(30):
        tree = [tree] * 10
    return tree
