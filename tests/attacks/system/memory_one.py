"""Fills the memory from one process, and does not take no for an answer."""

BASE = "solution"
ANSWERS = {
    "number": """
held = []
while True:
    try:
        held.append(bytearray(b"x") * (1 << 20))
    except MemoryError:
        pass
"""
}
POINTS = 0
REASON = "It used more memory than it may"
LIMITS = {"cell": 20, "memory": 1 << 29}
