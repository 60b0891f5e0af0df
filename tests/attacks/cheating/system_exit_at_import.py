r"""Raises SystemExit while it is imported.

stopped by: protocol
points: none
says: the file stops at line \d+ while it is imported: SystemExit
"""

import sys

sys.exit(0)


def square(x):
    return x
