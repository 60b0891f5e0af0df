"""Calls the kernel the 32-bit way, where other numbers mean the same calls.

stopped by: system calls
points: none
says: Python itself crashed .signal 31
"""

# mov eax, 20 (getpid); int 0x80; ret
import ctypes
import mmap

code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))


def square(x):
    if call() > 0:
        print("REACHED the kernel by another door")
    return x * x
