"""Uses the descriptors that it and other processes have open, as of the gradebook."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import glob
import os

ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
places = [f"/proc/self/fd/{number}" for number in range(1024)]
own = [os.readlink(place) for place in places if os.path.lexists(place)]
told = []
for process in {"@RUNNER@", *map(str, range(2, 500))} - {str(os.getpid())}:
    told += [name for kind in ("fd", "root", "cwd") for name in glob.glob(f"/proc/{process}/{kind}/*")]
# The wire, and what an event loop of its own waits on and is woken by.
others = [name.partition(":")[0] for name in own if name != "/dev/null"]
print(others, told)
number = data.mean() if not told and sorted(others) == ["anon_inode", "socket", "socket", "socket"] else 0
"""
}
POINTS = 8
REASON = ""
