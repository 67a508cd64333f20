"""Loops forever when its function is tested."""

BASE = "solution"
ANSWERS = {
    "double": """
def double(x):
    while True:
        pass
"""
}
POINTS = 6
REASON = "It ran for too long and was stopped"
