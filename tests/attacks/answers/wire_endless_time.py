"""Tells the grader that it has used more processor time than there is a number for."""

BASE = "solution"
ANSWERS = {
    "number": """
import json, struct
from hbcourse.grading.running import wire

number = data.mean()
honest = wire.send

def send(end, message, blobs=()):
    if isinstance(message.get("value"), float):
        text = json.dumps({**message, "value": 0, "blobs": []}).replace('"value": 0', '"value": 1e999').encode()
        end.sendall(struct.pack("!II", len(text), 0) + text)
    else:
        honest(end, message, blobs)

wire.send = send
"""
}
POINTS = 6
REASON = "double(1.0) is not right: it is inf."
