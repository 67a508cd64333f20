"""Starts a daemon that has left its parent, session and terminal, and ignores signals."""

BASE = "solution"
ANSWERS = {
    "number": """
import os
import signal
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        os.closerange(0, 1024)
        while True:
            time.sleep(1)
    os._exit(0)
os.wait()
number = data.mean()
"""
}
POINTS = 8
REASON = ""
