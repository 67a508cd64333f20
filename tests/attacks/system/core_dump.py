"""Asks for a core file, with all that the process holds, and crashes."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes
import resource

ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)
try:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
except ValueError:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
ctypes.string_at(0)
"""
}
POINTS = 0
REASON = "Its kernel crashed (SIGSEGV)"
