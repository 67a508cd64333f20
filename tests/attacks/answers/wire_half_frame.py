"""Sends half of an answer, and then hangs up."""

BASE = "solution"
ANSWERS = {
    "mean_of": """
import os, socket

os.write(3, bytes([0, 0, 1, 0, 0, 0, 0, 0]) + b'{"id": "')
socket.socket(fileno=3).shutdown(socket.SHUT_RDWR)
"""
}
POINTS = 3
REASON = "Its kernel ended while it ran"
