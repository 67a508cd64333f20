"""Reads its environment, and that of every process that it can see."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import glob
import os

ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
told = [dict(os.environ)]
for name in [*glob.glob("/proc/[0-9]*/environ"), "/proc/@RUNNER@/environ", "/proc/1/cmdline", "/proc/@RUNNER@/cmdline"]:
    try:
        told.append(open(name, "rb").read())
    except OSError:
        pass
print(told)
number = 0 if "PASSWORD" in repr(told) else data.mean()
"""
}
POINTS = 8
REASON = ""
