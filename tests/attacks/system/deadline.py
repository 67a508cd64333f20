"""Comes back shortly before it would be stopped, in a cell and when it is tested."""

BASE = "solution"
ANSWERS = {
    "double": """
import time

called = []

def double(x):
    if not called:
        called.append(x)
        time.sleep(2.2)
    return 2 * x

time.sleep(2.2)
"""
}
POINTS = 8
REASON = ""
