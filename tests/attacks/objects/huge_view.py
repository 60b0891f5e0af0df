r"""Returns a view of one number as 10 to the power of 12 elements.

stopped by: protocol
points: none
says: it returned too much: a tensor float64 \(1000000, 1000000\) takes 8000000000000 bytes
"""


def square(x):
    return x.new_ones(1, 1).expand(10**6, 10**6)
