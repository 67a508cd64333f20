"""Fills the memory with the kernel's notes of which mappings came of which by forks, in a chain of processes."""

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
start = libc.mmap(None, 30_000 << 12, 3, 0x22, -1, 0)
for page in range(0, 30_000, 2):
    libc.mprotect(start + (page << 12), 4096, 1)
for page in range(1, 30_000, 2):
    ctypes.c_char.from_address(start + (page << 12)).value = b"x"
for _ in range(50):
    if os.fork():
        time.sleep(15)
        break
number = data.mean()
"""
}
POINTS = 0
REASON = "It used more memory than it may"
LIMITS = {"cell": 20, "memory": 1 << 29}
