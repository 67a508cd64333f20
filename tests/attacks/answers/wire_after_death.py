"""Ends, and lets a child answer in its place."""

BASE = "solution"
ANSWERS = {
    "mean_of": """
import os, struct, time

if os.fork() == 0:
    time.sleep(0.3)
    while True:
        os.write(3, struct.pack("!II", 2, 0) + b"{}")
os._exit(0)
"""
}
POINTS = 3
REASON = "Its kernel ended while it ran"
