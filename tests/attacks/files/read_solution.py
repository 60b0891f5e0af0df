"""Reads the solution from disk.

stopped by: named files
points: none
says: PermissionError at line .* Permission denied
"""


def square(x):
    with open("@SECRET@") as file:  # the refusal is the learner's own exception
        print(file.read())
    print("REACHED the solution")
    return x * x
