r"""Raises an exception whose text is a string that says it has no length, and has fifty million.

stopped by: protocol
points: none
says: Long at line \d+: yyyy
"""


class Lie(str):
    def __len__(self):
        return 0

    def __getitem__(self, key):
        return self


class Long(Exception):
    def __str__(self):
        return Lie("y" * 50_000_000)


def square(x):
    raise Long
