"""Shows and sends numbers that are too large for a float, which JSON allows and nobody can write again."""

BASE = "blank"
ANSWERS = {
    "number": """
import json, struct
from hbcourse.grading.running import wire

number = 0.0
shown = {"output_type": "display_data", "metadata": {"a": "HUGE"}, "data": {"application/json": ["HUGE"]}}

def send(end, message, blobs=()):
    message = {**message, "outputs": [shown]} if "outputs" in message else message
    message = {**message, "value": "HUGE"} if "value" in message else message
    text = json.dumps({**message, "blobs": []}).replace('"HUGE"', "1e999").encode()
    end.sendall(struct.pack("!II", len(text), 0) + text)

wire.send = send
"""
}
POINTS = 0
REASON = "double must be a function; it is inf."
