"""Calls itself without end, and hides from the limit on it."""

BASE = "solution"
ANSWERS = {"double": "import sys\nsys.setrecursionlimit(3000)\n\ndef double(x):\n    return double(x)"}
POINTS = 6
REASON = "double(1.0) raised RecursionError"
