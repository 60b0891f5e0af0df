"""Makes a named pipe, at which a grader that opens everything would wait for ever.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def square(x):
    os.mkfifo("@OPEN@/attack-pipe")
    return x * x
