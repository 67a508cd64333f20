"""Loops forever in C, where no interrupt is looked at."""

BASE = "solution"
ANSWERS = {
    "number": """
sum(range(10**15))
"""
}
POINTS = 0
REASON = "did not let itself be interrupted"
