"""Sends one large array, and names it a thousand times, as an array and as a list of numbers."""

BASE = "blank"
ANSWERS = {
    "number": """
from hbcourse.grading.running import wire

honest = wire.send
number = 0.0

def send(end, message, blobs=()):
    if "value" in message:
        one = {"dtype": "|i1", "shape": [50_000_000]}
        message |= {"value": {"list": [{"array": 0, **one}, {"numbers": 0, **one, "of": "list"}] * 1000}}
        blobs = [bytes(50_000_000)]
    honest(end, message, blobs)

wire.send = send
"""
}
POINTS = 0
REASON = "number must be a number or an array of numbers"
