"""Takes its own limits away.

stopped by: system calls
points: none
says: (PermissionError|ValueError) at line
"""

import resource


def square(x):
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
    print("REACHED its own limits")
    return x * x
