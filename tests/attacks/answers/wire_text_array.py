"""Sends a text array that takes two thousand times its size when it is unpacked."""

BASE = "blank"
ANSWERS = {
    "number": """
from hbcourse.grading.running import wire

honest = wire.send
number = 0.0
forged = {"objects": ["x" * 2_000_000, *[""] * 2_000], "text": True, "shape": [2_001]}

def send(end, message, blobs=()):
    honest(end, {**message, "value": forged} if "value" in message else message, blobs)

wire.send = send
"""
}
POINTS = 0
REASON = "number must be a number or an array of numbers"
