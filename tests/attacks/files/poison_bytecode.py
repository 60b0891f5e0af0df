"""Opens the grader's own code for writing, to change what the next worker runs.

stopped by: named files
points: none
says: PermissionError at line .* Permission denied
"""

# Nothing is written: that it could be is enough.
import grader.worker.runner as runner


def square(x):
    with open(runner.__file__, "r+b"):
        print("REACHED the grader's code")
    return x * x
