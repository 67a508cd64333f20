"""Claims arrays that it did not send, and tags and values that there are not."""

BASE = "blank"
ANSWERS = {
    "number": """
import itertools
from hbcourse.grading.running import wire

honest = wire.send
number = 0.0
one = {"dtype": "<f8", "shape": []}
values = itertools.cycle([
    {"array": 99, **one}, {"array": -1, **one}, {"array": "0", **one}, {"scalar": None}, {}, [], {"pickle": "x"},
    {"generator": {"dict": [["bit_generator", "MT19937"]]}}, {"frame": [None], "names": [None], "index": None},
    {"function": None}, {"model": 1, "structure": []},
    {"masked": 1, "mask": [1]}, {"numbers": 0, **one},
    {"int": "0x" + "f" * 9999}, {"int": "print"}, {"float": "1e5"}, {"complex": [None]}, {"dict": [[{"list": []}, 1]]},
    {"opaque": 5}, {"objects": [1] * 5, "shape": [4], "text": True}, {"set": [{"set": []}]}, {"__class__": "x"},
])

def send(end, message, blobs=()):
    if "value" in message:
        message |= {"value": next(values)}
    honest(end, message, [])

wire.send = send
""",
    "share": "share = 0",
}
POINTS = 0
REASON = "number must be a number or an array of numbers"
