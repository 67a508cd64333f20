"""Sleeps for a year."""

BASE = "solution"
ANSWERS = {
    "number": """
import time

time.sleep(365 * 86400)
"""
}
POINTS = 7
REASON = ""
