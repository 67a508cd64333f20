"""Sends, in place of an answer, what strict JSON does not have: NaN."""

BASE = "solution"
ANSWERS = {
    "mean_of": """
import json, struct
from hbcourse.grading.running import wire

def send(end, message, blobs=()):
    text = json.dumps({**message, "outputs": float("nan"), "blobs": []}).encode()
    end.sendall(struct.pack("!II", len(text), 0) + text)

wire.send = send
"""
}
POINTS = 3
REASON = "cannot be read (NaN in JSON)"
