"""Finds the grader's socket among the open descriptors, and sends answers before their questions."""

BASE = "solution"
ANSWERS = {
    "number": """
import json, os, stat, struct

def frame(**message):
    text = json.dumps({**message, "blobs": []}).encode()
    return struct.pack("!II", len(text), 0) + text

for name in os.listdir("/proc/self/fd"):
    if os.path.exists(f"/proc/self/fd/{name}") and stat.S_ISSOCK(os.stat(int(name)).st_mode):
        for number in ("", "0" * 16, 1, None, True):
            os.write(int(name), frame(id=number, outputs=[], value=10.0))
"""
}
POINTS = 0
REASON = "disturbed the grader's questions"
