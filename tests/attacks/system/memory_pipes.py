"""Fills the memory with what waits in pipes, which belongs to no process."""

BASE = "solution"
ANSWERS = {
    "number": """
import contextlib
import fcntl
import os
import time

counts, told = os.pipe()
for _ in range(50):
    if os.fork() == 0:
        written = 0
        with contextlib.suppress(OSError):
            while True:
                out, into = os.pipe()
                os.set_blocking(into, False)
                with contextlib.suppress(OSError):
                    fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, 1 << 20)
                with contextlib.suppress(BlockingIOError):
                    while True:
                        written += os.write(into, bytes(4096))
        os.write(told, written.to_bytes(8, "little"))
        time.sleep(100)
written = sum(int.from_bytes(os.read(counts, 8), "little") for _ in range(50))
print(written >> 20, "MB")
number = data.mean() if written < 256 << 20 else 0
"""
}
POINTS = 8
REASON = ""
LIMITS = {"cell": 20, "memory": 1 << 30}
