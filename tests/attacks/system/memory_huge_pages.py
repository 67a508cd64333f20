"""Takes huge pages and lets go of each but for a small part, which alone is counted."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import mmap

held, whole, part = [], 2 << 20, mmap.PAGESIZE
ctypes.CDLL(None).prctl(41, 0, 0, 0, 0)
for _ in range(100):
    one = mmap.mmap(-1, 2 * whole, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    one.madvise(mmap.MADV_HUGEPAGE)
    one[:] = bytes(2 * whole)
    held.append(one)
huge = [line for line in open("/proc/self/smaps_rollup") if line.startswith("AnonHugePages")]
print(huge)
number = data.mean() if int(huge[0].split()[1]) == 0 else 0
"""
}
POINTS = 8
REASON = ""
LIMITS = {"cell": 20}
