"""Puts other files in the place of all of its descriptors."""

BASE = "solution"
ANSWERS = {
    "number": """
import os

null = os.open("/dev/null", os.O_RDWR)
for descriptor in range(64):
    if descriptor != null:
        os.dup2(null, descriptor)
"""
}
POINTS = 0
REASON = "Its kernel ended while it ran"
