"""Fills the memory with what waits in a few sockets whose buffers it makes as large as the machine lets it."""

BASE = "solution"
ANSWERS = {
    "number": """
import contextlib
import socket

held, written = [], 0
for _ in range(100):
    pair = socket.socketpair()
    held += pair
    for end in pair:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 30)
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 30)
    pair[0].setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            written += pair[0].send(bytes(32768))
print(written >> 20, "MB")
number = data.mean() if written < 100 * (416 << 10) else 0
"""
}
POINTS = 8
REASON = ""
