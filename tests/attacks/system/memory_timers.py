"""Makes timers without end, in many processes, each of which keeps a signal in store."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import os
import time

libc = ctypes.CDLL(None)
counts, told = os.pipe()
for _ in range(50):
    if os.fork() == 0:
        made, timer = 0, ctypes.c_void_p()
        while made < 1_000_000 and libc.timer_create(1, None, ctypes.byref(timer)) == 0:
            made += 1
        os.write(told, made.to_bytes(8, "little"))
        time.sleep(100)
made = sum(int.from_bytes(os.read(counts, 8), "little") for _ in range(50))
print(made, "timers")
number = data.mean() if made < 60_000 else 0
"""
}
POINTS = 8
REASON = ""
LIMITS = {"cell": 20}
