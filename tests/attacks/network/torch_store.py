"""Opens a port by torch's own C++ code.

stopped by: system calls
points: none
says: DistNetworkError at line|RuntimeError at line
"""

from datetime import timedelta

from torch.distributed import TCPStore


def square(x):
    store = TCPStore("127.0.0.1", 0, is_master=True, timeout=timedelta(seconds=1))
    print("REACHED port", store.port)
    return x * x
