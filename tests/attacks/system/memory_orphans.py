"""Fills the memory from processes that have left their parents."""

BASE = "solution"
ANSWERS = {
    "number": """
import os
import time

for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            held = bytearray(b"x") * (100 << 20)
            time.sleep(1000)
        os._exit(0)
    os.wait()
time.sleep(15)
number = data.mean()
"""
}
POINTS = 0
REASON = "It used more memory than it may"
LIMITS = {"cell": 20, "memory": 1 << 29}
