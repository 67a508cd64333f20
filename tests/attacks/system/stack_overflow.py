"""Runs out of stack, in a thread that has little of it."""

BASE = "solution"
ANSWERS = {
    "number": """
import sys
import threading

def deeper():
    return list(map(lambda _: deeper(), [0]))

sys.setrecursionlimit(10**9)
threading.stack_size(64 << 10)
threading.Thread(target=deeper).start()
"""
}
POINTS = 0
REASON = "Its kernel crashed (SIGSEGV)"
