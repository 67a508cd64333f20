"""Waits until it is interrupted, and only then gives the right answer."""

BASE = "solution"
ANSWERS = {
    "mean_of": """
import time

def mean_of(values):
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        return values.mean()
"""
}
POINTS = 6
REASON = "It ran for too long and was stopped"
