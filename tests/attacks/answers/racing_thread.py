"""Changes its answers in another thread all the while that they are tested."""

BASE = "blank"
ANSWERS = {
    "number": """
import itertools, threading

def race():
    for turn in itertools.count():
        for name, value in (("number", turn % 9), ("share", [turn % 7 + 1.0] * 4)):
            globals()[name] = value if turn % 1000 else lambda *all: turn

number = 0.5
threading.Thread(target=race, daemon=True).start()
"""
}
POINTS = 0
REASON = "double is not written yet."
