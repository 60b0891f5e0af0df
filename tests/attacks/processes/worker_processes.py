"""Uses processes as an honest learner may: to load data.

stopped by: system calls
points: none
says: (PermissionError|OSError|RuntimeError) at line .* (Operation not permitted|Permission denied)
"""

from torch.utils.data import DataLoader


def square(x):
    return next(iter(DataLoader(x, batch_size=max(len(x), 1), num_workers=2))) ** 2
