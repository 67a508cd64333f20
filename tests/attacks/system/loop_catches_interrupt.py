"""Loops forever and catches the interrupt."""

BASE = "solution"
ANSWERS = {
    "number": """
while True:
    try:
        while True:
            pass
    except BaseException:
        continue
"""
}
POINTS = 0
REASON = "did not let itself be interrupted"
