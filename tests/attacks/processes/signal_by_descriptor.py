"""Ends a process by a descriptor that stands for it.

stopped by: system calls
points: none
says: PermissionError at line .* Operation not permitted|OSError at line .* Function not implemented
"""

import os
import signal


def square(x):
    signal.pidfd_send_signal(os.pidfd_open(int("@VICTIM@")), signal.SIGTERM)
    print("REACHED the victim")
    return x * x
