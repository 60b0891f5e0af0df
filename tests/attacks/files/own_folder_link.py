"""Leaves a link in its folder, so that whoever deletes the folder changes what it points to.

stopped by: system calls
answers: kept
points: none
says: PermissionError at line .* Operation not permitted
"""

import os


def kept(x):
    os.symlink("@OPEN@", "link")
    return x
