"""Leaves an object that fails, prints and stops the process when the grader lets go of it."""

BASE = "solution"
ANSWERS = {
    "number": """
import os

class Last:
    def __del__(self):
        os._exit(0)

number = Last()
number = data.mean()
"""
}
POINTS = 0
REASON = "Its kernel ended while it ran"
