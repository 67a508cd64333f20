"""Leaves threads behind that compute forever."""

BASE = "solution"
ANSWERS = {
    "number": """
import hashlib
import threading

def compute():
    while True:
        hashlib.sha256(bytes(10_000_000))

for _ in range(8):
    threading.Thread(target=compute).start()
number = data.mean()
"""
}
POINTS = 8
REASON = ""
