"""Lists the folder of the solutions.

stopped by: named files
points: none
says: PermissionError at line .* Permission denied
"""

import os


def square(x):
    print("REACHED", os.listdir("@SOLUTIONS@"))
    return x * x
