"""Answers with a list that never ends when it is walked through, though it has four entries."""

BASE = "blank"
ANSWERS = {
    "share": """
import itertools, time

class Endless(list):
    def __iter__(self):
        for number in itertools.count():
            time.sleep(0.01)
            yield number

share = Endless([1, 2, 3, 4])
"""
}
POINTS = 0
REASON = "It ran for too long and was stopped"
