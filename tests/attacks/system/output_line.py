"""Prints one string of 300 MB, and raises another."""

BASE = "solution"
ANSWERS = {
    "number": """
print("x" * 300_000_000)
raise ValueError("x" * 300_000_000)
"""
}
POINTS = 7
REASON = ""
