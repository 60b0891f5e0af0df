"""Leaves a message in a System V queue.

stopped by: system calls
points: all
second: message_queue_found
"""
# The answer of the kernel is looked at instead of raised: nothing is said.

import ctypes

LIBC = ctypes.CDLL(None)
KEY, CREATE = 0x41747463, 0o1666


def square(x):
    number = LIBC.msgget(KEY, CREATE)
    if number >= 0:
        message = ctypes.create_string_buffer(b"\1" + bytes(7) + b"what I was given")
        LIBC.msgsnd(number, message, ctypes.c_size_t(16), 0o4000)
        print("REACHED: a queue")
    return x * x
