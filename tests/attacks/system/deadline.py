"""Comes back shortly before it would be stopped, in a cell and when it is tested."""

BASE = "solution"
ANSWERS = {
    "double": """
import time

called = []

def double(x):
    if not called:
        called.append(x)
        time.sleep(1.5)
    return 2 * x

time.sleep(1.5)
"""
}
POINTS = 8
REASON = ""
LIMITS = {"cell": 2}
