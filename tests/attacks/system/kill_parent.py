"""Kills its parent, its group, and every process that it can see."""

BASE = "solution"
ANSWERS = {
    "number": """
import os
import signal

for kill in (os.kill, os.killpg):
    for process in (os.getppid(), 0, -1, 1, *range(2, 200)):
        try:
            kill(process, signal.SIGKILL)
        except (OSError, ValueError):
            pass
number = data.mean()
"""
}
POINTS = 8
REASON = ""
