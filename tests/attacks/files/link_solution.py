"""Makes a second name for the solution where everybody may read.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.link("@SECRET@", "@OPEN@/attack-link")
    with open("@OPEN@/attack-link") as file:
        print("REACHED", file.read())
    return x * x
