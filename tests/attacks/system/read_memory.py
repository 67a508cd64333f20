"""Searches its own memory, as it was inherited, and that of other processes and of the machine for secrets."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import glob
import re

ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
told, searched = set(), 0
for line in open("/proc/self/maps"):
    start, end = (int(place, 16) for place in line.split()[0].split("-"))
    if "rw" in line.split()[1]:
        with open("/proc/self/mem", "rb", buffering=0) as memory:
            memory.seek(start)
            content = memory.read(end - start)
        searched += len(content)
        told |= set(re.findall(b"SECRET" b"-[A-Z]+-[0-9a-f]+|password@[a-z]+", content))
for name in [*glob.glob("/proc/[0-9]*/mem"), "/proc/@RUNNER@/mem", "/proc/kcore", "/dev/mem", "/dev/kmem", "/dev/port"]:
    try:
        with open(name, "rb", buffering=0) as memory:
            memory.seek(0xFFFF888000000000 if "kcore" in name else 0)
            told.add(memory.read(100))
    except OSError:
        pass
print(told)
number = data.mean() if searched > 10_000_000 and not told else 0
"""
}
POINTS = 8
REASON = ""
