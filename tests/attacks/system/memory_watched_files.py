"""Fills the memory with sets of files that are watched, in which each file is once more."""

BASE = "solution"
ANSWERS = {
    "number": """
import os
import select
import time

for _ in range(60):
    if os.fork() == 0:
        files = [os.eventfd(0) for _ in range(240)]
        sets = [select.epoll() for _ in range(240)]
        for one in sets:
            for file in files:
                one.register(file)
        time.sleep(100)
time.sleep(15)
number = data.mean()
"""
}
POINTS = 0
REASON = "It used more memory than it may"
LIMITS = {"cell": 20, "memory": 1 << 29}
