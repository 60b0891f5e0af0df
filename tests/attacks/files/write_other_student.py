"""Overwrites another student's work.

stopped by: named files
points: none
says: PermissionError at line .* Permission denied
"""


def square(x):
    with open("@OTHER@", "w") as file:
        file.write("raise SystemExit\n")
    return x * x
