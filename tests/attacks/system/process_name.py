"""Gives its process a name that is no text, which the watch over the memory reads."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import time

ctypes.CDLL(None).prctl(15, b"\\xff\\xfe) \\n", 0, 0, 0)
time.sleep(1)
number = data.mean()
"""
}
POINTS = 8
REASON = ""
