"""Sends arrays whose shapes are negative, endless, or no shapes, and which are larger than their bytes."""

BASE = "blank"
ANSWERS = {
    "number": """
import itertools
from hbcourse.grading.running import wire

honest = wire.send
number = 0.0
shapes = itertools.cycle([[-1], [2**62, 4], [0, 2**62], [1] * 100, [True], "11", {"1": 1}, 1, None, [1.0], [10**400]])

def send(end, message, blobs=()):
    if "value" in message:
        message |= {"value": {"array": 0, "dtype": "<f8", "shape": next(shapes)}}
        blobs = [bytes(8)]
    honest(end, message, blobs)

wire.send = send
"""
}
POINTS = 0
REASON = "number must be a number or an array of numbers"
