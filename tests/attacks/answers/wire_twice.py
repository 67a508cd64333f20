"""Sends each answer twice, so that the second is there when the next question comes."""

BASE = "solution"
ANSWERS = {
    "double": """
from hbcourse.grading.running import wire

honest = wire.send

def send(end, message, blobs=()):
    honest(end, message, blobs)
    honest(end, {**message, "value": 10.0}, blobs)

wire.send = send
"""
}
POINTS = 1
REASON = "disturbed the grader's questions"
