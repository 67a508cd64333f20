"""Keeps every question of the tests, and prints them all at the end."""

BASE = "blank"
ANSWERS = {
    "number": """
from hbcourse.grading.running import wire

honest, heard = wire.receive, []

def receive(end, *all):
    heard.append(honest(end, *all))
    return heard[-1]

wire.receive = receive
number = 0.0
""",
    "coin": "print(heard)\nraise NotImplementedError",
}
POINTS = 0
REASON = "number is not right: it is 0."
