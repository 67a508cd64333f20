"""Closes all of its descriptors."""

BASE = "solution"
ANSWERS = {
    "number": """
import os

os.closerange(0, 65536)
"""
}
POINTS = 0
REASON = "Its kernel ended while it ran"
