"""Something kept in a file.

Write the elements to a file and read them again.
"""


def kept(x):
    """Returns x, a tensor, after it was written to a file in the current folder and read again."""
    raise NotImplementedError
