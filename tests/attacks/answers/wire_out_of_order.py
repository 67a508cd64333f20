"""Keeps each answer back until the next question, and sends it then."""

BASE = "solution"
ANSWERS = {
    "double": """
from hbcourse.grading.running import wire

honest, kept = wire.send, []

def send(end, message, blobs=()):
    kept.append((message, blobs))
    honest(end, *kept[max(len(kept) - 2, 0)])

wire.send = send
"""
}
POINTS = 1
REASON = "disturbed the grader's questions"
