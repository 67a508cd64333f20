"""Fills the memory with sockets that are full, and on their way through other sockets, so that nobody has them."""

BASE = "solution"
ANSWERS = {
    "number": """
import array
import contextlib
import os
import socket
import time

held = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
held[0].setblocking(False)
pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(60)]
with contextlib.suppress(OSError):
    for _, carrier in pairs:
        for _ in range(10):
            full, end = socket.socketpair()
            full.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    full.send(bytes(32768))
            carrier.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [end.fileno()]))])
            full.close()
            end.close()
time.sleep(10)
number = data.mean()
"""
}
POINTS = 0
REASON = "It used more memory than it may"
LIMITS = {"cell": 20, "memory": 1 << 27}
