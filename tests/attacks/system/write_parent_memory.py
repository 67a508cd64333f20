"""Writes into memory that it shares with the process it was forked from."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(4, 1, 0, 0, 0)
shared = [line for line in open("/proc/self/maps") if line.split()[1][1:] in ("w-s", "wxs")]
for line in shared:
    start, end = (int(place, 16) for place in line.split()[0].split("-"))
    ctypes.memset(start, 0, end - start)
np.isclose = np.median = np.shape = None
print(shared)
number = 0 if shared else data.mean()
"""
}
POINTS = 8
REASON = ""
