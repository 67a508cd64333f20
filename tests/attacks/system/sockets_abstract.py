"""Connects to every abstract socket of the machine."""

BASE = "solution"
ANSWERS = {
    "number": r"""
import socket

names = {line.split()[-1].decode()[1:] for line in open("/proc/net/unix", "rb") if b" @" in line}
names |= {"/tmp/.X11-unix/X0", "/tmp/dbus-session", "/org/kernel/linux/storage/multipathd", "@RUNNER@"}
reached = []
for name in names:
    try:
        socket.socket(socket.AF_UNIX).connect(f"\0{name}")
        reached.append(name)
    except OSError:
        pass
print(names, reached)
number = 0 if reached else data.mean()
"""
}
POINTS = 8
REASON = ""
