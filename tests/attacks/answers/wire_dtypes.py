"""Sends arrays of objects, of records and of types that are none, to have its bytes taken for pointers."""

BASE = "blank"
ANSWERS = {
    "number": """
import itertools
from hbcourse.grading.running import wire

honest = wire.send
number = 0.0
kinds = itertools.cycle(["O", "|O8", "|O", "f8,O", "V8", "<M8", "(1", "=", "e,e", ["O"], None, 8, "<U9", "a8"])

def send(end, message, blobs=()):
    if "value" in message:
        message |= {"value": {"array": 0, "dtype": next(kinds), "shape": [1]}}
        blobs = [b"A" * 8]
    honest(end, message, blobs)

wire.send = send
"""
}
POINTS = 0
REASON = "number must be a number or an array of numbers"
