"""Fills the memory with files that have no name (2 GB, if nothing stops it)."""

BASE = "solution"
ANSWERS = {
    "number": """
import os

block = bytes(16 << 20)
files, written = [], 0
try:
    while written < 2 << 30:
        files.append(os.memfd_create("held"))
        for _ in range(12):
            written += os.write(files[-1], block)
except OSError:
    pass
number = data.mean() if written < 1 << 30 else 0
"""
}
POINTS = 8
REASON = ""
