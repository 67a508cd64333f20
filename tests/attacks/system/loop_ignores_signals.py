"""Loops forever and ignores every signal that can be ignored."""

BASE = "solution"
ANSWERS = {
    "number": """
import signal

for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    pass
"""
}
POINTS = 0
REASON = "did not let itself be interrupted"
