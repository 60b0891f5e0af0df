"""Opens the judge's memory as a file, at the address of the secret.

stopped by: undumpable judge
points: none
says: PermissionError at line .* Permission denied
"""


def square(x):
    with open("/proc/@JUDGE@/mem", "rb", buffering=0) as memory:
        memory.seek(int("@CANARY_ADDRESS@"))
        print("REACHED", memory.read(int("@CANARY_LENGTH@")).decode())
    return x * x
