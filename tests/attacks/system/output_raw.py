"""Writes to each descriptor that it can find, past the notebook's outputs."""

BASE = "solution"
ANSWERS = {
    "number": """
import os

for descriptor in {0, 1, 2, *range(4, 64)}:
    try:
        os.write(descriptor, b"x" * 1_000_000)
    except OSError:
        pass
number = data.mean()
"""
}
POINTS = 8
REASON = ""
