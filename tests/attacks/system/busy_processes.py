"""Computes in twenty processes, each in a session of its own, while honest students wait."""

BASE = "solution"
ANSWERS = {
    "number": """
import contextlib
import os

number = data.mean()
with contextlib.suppress(OSError):
    os.sched_setaffinity(0, range(os.cpu_count()))
    number = 0
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        while True:
            pass
"""
}
POINTS = 8
REASON = ""
LIMITS = {"cell": 20, "memory": 1 << 29}
