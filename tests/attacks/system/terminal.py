"""Writes to the instructor's terminal, and types into it."""

BASE = "solution"
ANSWERS = {
    "number": """
import fcntl
import os
import termios

reached = []
for name in ("/dev/tty", "/dev/console", "/dev/pts/0", "/dev/pts/1", "/dev/tty0", "/proc/self/fd/0", "/proc/self/fd/2"):
    try:
        terminal = os.open(name, os.O_RDWR | os.O_NOCTTY)
        if os.isatty(terminal):
            reached.append(name)
    except OSError:
        pass
for descriptor in range(4):
    try:
        fcntl.ioctl(descriptor, termios.TIOCSTI, b"x")
        reached.append(descriptor)
    except OSError:
        pass
print(reached)
number = 0 if reached else data.mean()
"""
}
POINTS = 8
REASON = ""
