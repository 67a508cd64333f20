"""Makes raw, packet and netlink sockets, and gives itself an interface."""

BASE = "solution"
ANSWERS = {
    "number": """
import fcntl
import socket
import struct

done = []
for family, kind, protocol in ((2, 3, 1), (2, 3, 255), (10, 3, 58), (17, 3, 0x300), (17, 2, 0x300)):
    try:
        done.append(socket.socket(family, kind, protocol))
    except OSError:
        pass
up = struct.pack("16sh14x", b"lo", 1)
try:
    done.append(fcntl.ioctl(socket.socket(), 0x8914, up))
except OSError:
    pass
netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
netlink.sendto(struct.pack("IHHIIBxHiII", 32, 16, 5, 1, 0, 0, 0, 1, 1, 1), (0, 0))
if struct.unpack_from("i", netlink.recv(4096), 16)[0] == 0:
    done.append("lo is up")
number = 0 if done else data.mean()
"""
}
POINTS = 8
REASON = ""
