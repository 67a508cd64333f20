"""Fills the memory with System V segments (2 GB, if nothing stops it)."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
written = 0
while written < 2 << 30:
    segment = libc.shmget(0, ctypes.c_size_t(200 << 20), 0o1600)
    address = libc.shmat(segment, None, 0) if segment >= 0 else -1
    if address in (-1, 2**64 - 1):
        break
    ctypes.memset(address, 1, 200 << 20)
    libc.shmdt(ctypes.c_void_p(address))
    written += 200 << 20
number = data.mean() if written < 1 << 30 else 0
"""
}
POINTS = 8
REASON = ""
