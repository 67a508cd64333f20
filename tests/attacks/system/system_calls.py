"""Uses the parts of Linux that have most often let programs out: io_uring, bpf, perf, keys, userfaultfd."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
room = ctypes.create_string_buffer(256)
calls = {"io_uring_setup": (425, 8, room), "bpf": (321, 0, room, 72), "perf_event_open": (298, room, 0, -1, -1, 0)}
calls |= {"keyctl": (250, 0, -4, 1), "add_key": (248, b"user", b"hbattack", room, 8, -4), "userfaultfd": (323, 1)}
calls |= {"request_key": (249, b"user", b"hbattack", None, 0), "kexec_load": (246, 0, 0, None, 0)}
calls |= {"init_module": (175, room, 8, b""), "swapon": (167, b"/tmp/x", 0), "reboot": (169, 0, 0, 0), "iopl": (172, 3)}
calls |= {"acct": (163, b"/tmp/x"), "settimeofday": (164, room, None), "sethostname": (170, b"x", 1)}
errors = {}
for name, (number, *arguments) in calls.items():
    errors[name] = ctypes.get_errno() if libc.syscall(number, *arguments) < 0 else 0
print(errors)
number = data.mean() if set(errors.values()) == {1} else 0
"""
}
POINTS = 8
REASON = ""
