"""Fills the memory through a mapping that many processes share."""

BASE = "solution"
ANSWERS = {
    "number": """
import mmap
import time

held = []
for _ in range(12):
    held.append(mmap.mmap(-1, 100 << 20))
    for page in range(0, 100 << 20, 4096):
        held[-1][page] = 1
time.sleep(15)
number = data.mean()
"""
}
POINTS = 0
REASON = "It used more memory than it may"
LIMITS = {"cell": 20, "memory": 1 << 29}
