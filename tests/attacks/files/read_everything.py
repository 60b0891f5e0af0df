"""Reads whatever it can find, from the root of the disk down.

stopped by: named files
points: all
"""

# Python, its packages and this package may be read; nothing else, and not so much as a list of it.
import contextlib
import os


def square(x):
    return x * x


for place in ("/", "/etc", "/home", "/root", "/proc", "/sys", "/tmp", "/var", "@OPEN@"):
    with contextlib.suppress(OSError):
        print("REACHED the list of", place, len(os.listdir(place)))
for name in ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/proc/version", "/proc/self/status"):
    with contextlib.suppress(OSError), open(name) as file:
        print("REACHED", name, len(file.read()))
