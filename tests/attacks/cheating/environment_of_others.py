r"""Reads the environment and the command line of the judge from /proc.

stopped by: named files
points: none
says: PermissionError at line \d+
"""


def square(x):
    for pid in ("@JUDGE@", "@WARM@", "self"):
        for name in ("cmdline", "environ"):
            with open(f"/proc/{pid}/{name}", "rb") as file:
                print("REACHED:", file.read())
    return x * x
