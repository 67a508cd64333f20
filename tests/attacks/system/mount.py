"""Mounts, unmounts and changes its root, to get out of its own."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("/tmp/hbattack", exist_ok=True)
place, kind = b"/tmp/hbattack", b"tmpfs"
calls = {
    "tmpfs": lambda: libc.mount(kind, place, kind, 0, None),
    "bind": lambda: libc.mount(b"/", place, None, 0x5000, None),
    "proc": lambda: libc.mount(b"proc", place, b"proc", 0, None),
    "writable": lambda: libc.mount(None, b"/", None, 0x1020, None),
    "umount": lambda: libc.umount2(b"/tmp", 2),
    "umount proc": lambda: libc.umount2(b"/proc", 2),
    "chroot": lambda: libc.chroot(place),
    "pivot_root": lambda: libc.syscall(155, b".", b"."),
    "open_tree": lambda: libc.syscall(428, -100, b"/", 1),
    "fsopen": lambda: libc.syscall(430, kind, 0),
    "open_by_handle_at": lambda: libc.syscall(304, -100, ctypes.create_string_buffer(64), 0),
}
errors = {}
for name, call in calls.items():
    errors[name] = ctypes.get_errno() if call() < 0 else 0
print(errors)
number = data.mean() if set(errors.values()) == {1} else 0
"""
}
POINTS = 8
REASON = ""
