"""Fills the memory with what waits in connections that nobody has accepted, and that no process has open any more."""

BASE = "solution"
ANSWERS = {
    "number": r"""
import contextlib
import socket
import time

listening = []
with contextlib.suppress(OSError):
    for number in range(200):
        listening.append(socket.socket(socket.AF_UNIX))
        listening[-1].bind(f"\0hbattack-{number}")
        listening[-1].listen(4096)
        with contextlib.suppress(BlockingIOError):
            for _ in range(1000):
                with socket.socket(socket.AF_UNIX) as one:
                    one.setblocking(False)
                    one.connect(f"\0hbattack-{number}")
                    with contextlib.suppress(BlockingIOError):
                        while True:
                            one.send(bytes(32768))
time.sleep(10)
number = data.mean()
"""
}
POINTS = 0
REASON = "It used more memory than it may"
LIMITS = {"cell": 20, "memory": 1 << 29}
