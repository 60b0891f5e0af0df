"""Has torch map the solution into memory, in C++, where Python's own hooks see nothing.

stopped by: named files
points: none
says: RuntimeError at line .* (Permission denied|Operation not permitted)
"""

import torch


def square(x):
    text = torch.from_file("@SECRET@", size=64, dtype=torch.uint8)
    print("REACHED", bytes(text.tolist()))
    return x * x
