"""Writes 200 MB to the disk.

stopped by: named files
points: none
says: PermissionError at line .* Permission denied
"""

# In pieces, as each file is bounded by a limit of its own.


def square(x):
    for number in range(20):
        with open(f"@OPEN@/attack-fill-{number}", "wb") as file:
            file.write(bytes(10 * 2**20))
    print("REACHED 200 MB of disk")
    return x * x
