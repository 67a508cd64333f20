"""Stops, terminates and kills itself by each signal that there is."""

BASE = "solution"
ANSWERS = {
    "number": """
import os
import signal

for name in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTERM, signal.SIGKILL, signal.SIGHUP, signal.SIGXCPU):
    os.kill(os.getpid(), name)
number = data.mean()
"""
}
POINTS = 8
REASON = ""
