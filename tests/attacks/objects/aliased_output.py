"""Returns the argument itself, squared in place.

stopped by: comparison
points: 1
says: changed its argument x in place|changed its argument
"""


def square(x):
    x.data.mul_(x.data)
    return x
