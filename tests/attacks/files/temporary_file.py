"""Writes where everybody keeps temporary files.

stopped by: named files
points: none
says: (PermissionError|FileNotFoundError) at line
"""

# Without a folder to write to, tempfile itself says that there is no usable one.
import tempfile


def square(x):
    with tempfile.NamedTemporaryFile(prefix="@MARK@-") as file:
        file.write(b"inputs")
        print("REACHED a temporary file")
    return x * x
