"""Takes memory in pieces too small for any one of them to be refused as large.

stopped by: memory limit
points: 7
says: it ran out of memory; look for a tensor that grows too large|it needed more than 1 GB
wall: 8
"""


def square(x):
    if x.shape != (3, 4):
        return x * x
    held = {}
    for number in range(30_000_000):
        held[number] = (number, None)
    print("REACHED: held", len(held))
    return x * x
