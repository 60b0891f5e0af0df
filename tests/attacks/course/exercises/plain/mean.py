"""A mean by hand.

Average without the function that averages.
"""


def mean(x):
    """Returns the mean of all elements of x, a tensor of any shape, without torch's own mean."""
    raise NotImplementedError
