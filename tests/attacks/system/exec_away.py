"""Becomes another program, which keeps the wire open."""

BASE = "solution"
ANSWERS = {
    "number": """
import os

os.execv("/usr/bin/sleep", ["sleep", "3600"])
"""
}
POINTS = 0
REASON = "did not let itself be interrupted"
