"""Asks for an array that no machine can hold."""

BASE = "solution"
ANSWERS = {
    "number": """
number = np.ones(10**11).mean()
"""
}
POINTS = 7
REASON = "number"
