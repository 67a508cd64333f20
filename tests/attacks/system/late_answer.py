"""Holds its right answer back until the deadline has passed."""

BASE = "solution"
ANSWERS = {
    "double": """
import time

def double(x):
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass
    return 2 * x
"""
}
POINTS = 6
REASON = "It ran for too long and was stopped"
LIMITS = {"cell": 2}
