"""Keeps so many files on their way through sockets that its user, the runner's own, could send no more of them."""

BASE = "solution"
ANSWERS = {
    "number": """
import array
import contextlib
import os
import socket
import time

number = data.mean()
file, held = os.open("/dev/null", 0), []
with contextlib.suppress(OSError):
    while True:
        held += socket.socketpair()
        files = array.array("i", [file] * 253)
        held[-1].sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
time.sleep(2)
"""
}
POINTS = 8
REASON = ""
