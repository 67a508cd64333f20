"""Forks as often as it may, again in each child."""

BASE = "solution"
ANSWERS = {
    "number": """
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
"""
}
POINTS = 0
REASON = "Not tested: the notebook was stopped before"
