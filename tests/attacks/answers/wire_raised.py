"""Claims that its functions raised the grader's own exceptions, and others that cannot be made from a text."""

BASE = "blank"
ANSWERS = {
    "number": """
import itertools
from hbcourse.grading.running import wire

honest = wire.send
number = 0.0
kinds = itertools.cycle(["TimedOut", "CheckFailed", "KernelLost", "WorkerLost", "ExceptionGroup", "", "1 2", "print",
                         "UnicodeDecodeError", "SystemExit", "KeyboardInterrupt", "StopIteration", 5, None, []])

def send(end, message, blobs=()):
    if "raised" in message:
        message["raised"] = {"type": next(kinds), "text": {"a": 1}, "function": "<script>"}
    honest(end, message, blobs)

wire.send = send
"""
}
POINTS = 0
REASON = "raised CheckFailed: {'a': 1}"
