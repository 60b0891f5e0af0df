r"""Imports the course that a wheel carries inside of the package.

stopped by: named files
points: none
says: an import fails at line \d+
"""

import grader.bundled.solutions.normalization.layer_norm as solution

print("REACHED:", solution)


def square(x):
    return solution.exercise.functions["square"](x)
