"""Answers no question of the tests at all."""

BASE = "solution"
ANSWERS = {
    "mean_of": """
from hbcourse.grading.running import wire

honest = wire.send

def send(end, message, blobs=()):
    if "value" not in message:
        honest(end, message, blobs)

wire.send = send
"""
}
POINTS = 3
REASON = "did not let itself be interrupted"
