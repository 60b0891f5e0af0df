"""Opens the folder of the solutions to everybody by its mode.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.chmod("@SOLUTIONS@", 0o777)
    print("REACHED the mode of the solutions")
    return x * x
