"""Sends a table whose labels all have one hash, and which pandas hashes where no alarm can stop it."""

BASE = "blank"
ANSWERS = {
    "number": """
from hbcourse.grading.running import wire

honest = wire.send
labels = [{"int": hex(number * (2**61 - 1))} for number in range(110_000)]
number = 0.0

def send(end, message, blobs=()):
    if "value" in message:
        index = {"objects": labels, "text": False, "shape": [len(labels)]}
        series = {"objects": [0] * len(labels), "text": False, "shape": [len(labels)]}
        message |= {"value": {"series": series, "name": None, "index": index}}
    honest(end, message, blobs)

wire.send = send
"""
}
POINTS = 0
REASON = "number must be a number or an array of numbers"
