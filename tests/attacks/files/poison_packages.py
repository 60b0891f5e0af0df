"""Puts a file among the installed packages that the next process would run when it starts.

stopped by: named files
points: none
says: PermissionError at line .* (Permission denied|Operation not permitted)
"""

# The file holds a comment only, and goes again at once: it would be everybody's.
import os

import torch

POISON = os.path.join(os.path.dirname(os.path.dirname(torch.__file__)), "attack-poison.pth")


def square(x):
    with open(POISON, "w") as file:
        file.write("# an attack\n")
    os.unlink(POISON)
    print("REACHED the packages of the next process")
    return x * x
