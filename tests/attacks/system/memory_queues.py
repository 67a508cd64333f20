"""Fills the memory with System V messages (2 GB, if nothing stops it)."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
message = ctypes.create_string_buffer((1).to_bytes(8, "little") + bytes(8000))
written = 0
while written < 2 << 30:
    queue = libc.msgget(0, 0o1600)
    if queue < 0:
        break
    while libc.msgsnd(queue, message, ctypes.c_size_t(8000), 0o4000) == 0:
        written += 8000
number = data.mean() if written < 1 << 30 else 0
"""
}
POINTS = 8
REASON = ""
