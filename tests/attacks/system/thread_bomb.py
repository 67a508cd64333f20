"""Starts threads until there can be no more."""

BASE = "solution"
ANSWERS = {
    "number": """
import threading
import time

try:
    while True:
        threading.Thread(target=time.sleep, args=[1000], daemon=True).start()
except RuntimeError:
    number = data.mean()
"""
}
POINTS = 8
REASON = ""
