"""Fills the memory with what the kernel keeps for each of 64,000 mappings, in fifty processes."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import os
import time

libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
for _ in range(50):
    if os.fork() == 0:
        start = libc.mmap(None, 60_000 << 12, 0, 0x22, -1, 0)
        for page in range(0, 60_000, 2):
            libc.mprotect(start + (page << 12), 4096, 1)
        time.sleep(100)
time.sleep(15)
number = data.mean()
"""
}
POINTS = 0
REASON = "It used more memory than it may"
LIMITS = {"cell": 20, "memory": 1 << 29}
