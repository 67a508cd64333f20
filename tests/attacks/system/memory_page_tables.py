"""Fills the memory with the tables of pages of one file that it maps over and over."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import time

libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
file = open("hbattack", "w+b")
file.truncate(100 << 20)
for _ in range(3000):
    start = libc.mmap(None, 100 << 20, 3, 1, file.fileno(), 0)
    for page in range(0, 100 << 20, 2 << 20):
        ctypes.c_char.from_address(start + page).value
time.sleep(15)
number = data.mean()
"""
}
POINTS = 0
REASON = "It used more memory than it may"
LIMITS = {"cell": 20, "memory": 1 << 29}
