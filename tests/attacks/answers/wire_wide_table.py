"""Sends a table with hundreds of columns, each of one number that is to be repeated a million times."""

BASE = "blank"
ANSWERS = {
    "number": """
from hbcourse.grading.running import wire

honest = wire.send
forged = {"frame": [0.5] * 400, "names": list(range(400)),
          "index": {"array": 0, "dtype": "<f8", "shape": [1_000_000]}}
number = 0.0

def send(end, message, blobs=()):
    if "value" in message:
        message, blobs = {**message, "value": forged}, [bytes(8_000_000)]
    honest(end, message, blobs)

wire.send = send
"""
}
POINTS = 0
REASON = "number must be a number or an array of numbers"
