"""Takes a hundred thousand locks on parts of files, which the kernel keeps one by one and counts nowhere."""

BASE = "solution"
ANSWERS = {
    "number": """
import fcntl

held = [open(f"hbattack-{number}", "w") for number in range(100)]
for file in held:
    for place in range(0, 2000, 2):
        fcntl.lockf(file, fcntl.LOCK_EX, 1, place)
number = data.mean() if len(open("/proc/locks").readlines()) < 1000 else 0
"""
}
POINTS = 8
REASON = ""
LIMITS = {"cell": 20}
