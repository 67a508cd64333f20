"""Claims after each question that it was interrupted, and that it is a function, a model and missing at once."""

BASE = "blank"
ANSWERS = {
    "number": """
from hbcourse.grading import wire

honest = wire.send

def send(end, message, blobs=()):
    honest(end, {**message, "interrupted": "kind" in message, "kind": "model", "structure": None, "outputs": []})

wire.send = send
""",
}
POINTS = 0
REASON = "It ran for too long and was stopped"
