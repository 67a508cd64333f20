"""Loops forever."""

BASE = "solution"
ANSWERS = {
    "number": """
while True:
    pass
"""
}
POINTS = 7
REASON = ""
