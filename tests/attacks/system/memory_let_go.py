"""Fills shared memory, lets go of each part once it is written, so that no process holds it, and keeps it all."""

BASE = "solution"
ANSWERS = {
    "number": """
import mmap

part, written = 64 << 20, 0
number = data.mean()
for place in (-1, "/dev/zero"):
    file = place if place == -1 else open(place, "r+b").fileno()
    try:
        held = mmap.mmap(file, 2 << 30)
    except OSError:
        continue
    for start in range(0, 2 << 30, part):
        held[start : start + part] = b"1" * part
        held.madvise(mmap.MADV_DONTNEED, start, part)
    number = 0
"""
}
POINTS = 8
REASON = ""
LIMITS = {"cell": 20, "memory": 1 << 29}
