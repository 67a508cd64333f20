"""Reads from address zero."""

BASE = "solution"
ANSWERS = {
    "number": """
import ctypes

ctypes.string_at(0)
"""
}
POINTS = 0
REASON = "Its kernel crashed (SIGSEGV)"
