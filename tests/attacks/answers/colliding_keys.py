"""Answers with a dictionary whose keys are cheap for itself, and all collide for whoever reads it."""

BASE = "blank"
ANSWERS = {
    "share": """
class Cheap(int):
    def __hash__(self):
        return int(self) >> 61

share = {Cheap(number * (2**61 - 1)): 0 for number in range(1, 200_000)}
"""
}
POINTS = 0
REASON = "It ran for too long and was stopped"
