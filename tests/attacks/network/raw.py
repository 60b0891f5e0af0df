"""Opens sockets that see or forge whole packets.

stopped by: system calls
points: all
"""

# Swallowed, so there is nothing to tell.
import contextlib
import socket


def square(x):
    return x * x


for family, protocol in ((socket.AF_INET, socket.IPPROTO_ICMP), (socket.AF_PACKET, 0x0300)):
    with contextlib.suppress(OSError):
        socket.socket(family, socket.SOCK_RAW, protocol).close()
        print("REACHED raw packets of family", family)
