"""Connects to the machine, to its neighbours and to the world over TCP, IPv4 and IPv6."""

BASE = "solution"
ANSWERS = {
    "number": """
import socket

reached = []
for host in ("127.0.0.1", "::1", "10.0.2.2", "172.17.0.1", "192.168.0.1", "169.254.169.254", "1.1.1.1"):
    for port in (22, 53, 80, 443, 2375, 5432, 8786, 8888):
        try:
            socket.create_connection((host, port), timeout=0.05).close()
            reached.append((host, port))
        except OSError as error:
            if isinstance(error, ConnectionError):
                reached.append((host, port, error))
print(reached)
number = 0 if reached else data.mean()
"""
}
POINTS = 8
REASON = ""
