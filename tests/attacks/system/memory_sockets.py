"""Fills the memory with what waits in sockets, which belongs to no process."""

BASE = "solution"
ANSWERS = {
    "number": """
import contextlib
import os
import socket
import time

for _ in range(20):
    if os.fork() == 0:
        held = []
        with contextlib.suppress(OSError):
            while True:
                held += socket.socketpair()
                for end in held[-2:]:
                    end.setblocking(False)
                    with contextlib.suppress(BlockingIOError):
                        while True:
                            end.send(bytes(32768))
        time.sleep(100)
time.sleep(15)
number = data.mean()
"""
}
POINTS = 0
REASON = "It used more memory than it may"
LIMITS = {"cell": 20, "memory": 1 << 29}
