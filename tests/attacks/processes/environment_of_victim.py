"""Reads the environment of another process, where secrets are often kept.

stopped by: named files
points: none
says: PermissionError at line .* Permission denied
"""


def square(x):
    with open("/proc/@VICTIM@/environ") as file:
        print("REACHED", file.read())
    return x * x
