"""Returns a list that contains itself.

stopped by: protocol
points: none
says: it returned too much: the value is nested more than 32 levels deep; return only what
"""


def square(x):
    endless = []
    endless.append(endless)
    return endless
