"""Attaches to other processes, reads and writes their memory, and takes their descriptors."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
victim = os.fork()
if victim == 0:
    time.sleep(1000)
    os._exit(0)
text = ctypes.create_string_buffer(8)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(text), 8)
errors = {}
for name, number, *arguments in (
    ("attach", 101, 16, victim, 0, 0),
    ("traceme", 101, 0, 0, 0, 0),
    ("seize", 101, 0x4206, 1, 0, 0),
    ("readv", 310, victim, vector, 1, vector, 1, 0),
    ("writev", 311, victim, vector, 1, vector, 1, 0),
    ("kcmp", 312, victim, victim, 0, 0, 0),
):
    errors[name] = ctypes.get_errno() if libc.syscall(number, *arguments) < 0 else 0
os.kill(victim, 9)
print(errors)
number = data.mean() if set(errors.values()) == {1} else 0
"""
}
POINTS = 8
REASON = ""
