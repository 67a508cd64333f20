"""Fills the memory through a mapping that many processes could share."""

BASE = "solution"
ANSWERS = {
    "number": """
import mmap
import time

held = []
number = data.mean()
for _ in range(12):
    held.append(mmap.mmap(-1, 100 << 20))
    for page in range(0, 100 << 20, 4096):
        held[-1][page] = 1
time.sleep(15)
"""
}
POINTS = 8
REASON = ""
LIMITS = {"cell": 20, "memory": 1 << 29}
