"""Prints without end."""

BASE = "solution"
ANSWERS = {
    "number": """
while True:
    print("x" * 10_000)
"""
}
POINTS = 7
REASON = ""
