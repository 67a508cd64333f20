"""Sends JSON that is nested a hundred thousand deep."""

BASE = "solution"
ANSWERS = {
    "mean_of": """
import os, struct

text = b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b', "blobs": []}'
os.write(3, struct.pack("!II", len(text), 0) + text)
"""
}
POINTS = 3
REASON = "cannot be read (not JSON)"
