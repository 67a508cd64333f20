"""Claims after each question that it was interrupted, and that what it is asked for is missing."""

BASE = "blank"
ANSWERS = {
    "number": """
from hbcourse.grading.running import wire

honest = wire.send

def send(end, message, blobs=()):
    honest(end, {**message, "interrupted": "value" in message, "missing": True, "outputs": []})

wire.send = send
""",
}
POINTS = 0
REASON = "It ran for too long and was stopped"
