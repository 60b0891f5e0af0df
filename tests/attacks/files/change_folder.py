"""Goes into the folder of the solutions and opens the file by its bare name.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.chdir("@SOLUTIONS@/plain")
    with open("square.py") as file:
        print("REACHED", file.read())
    return x * x
