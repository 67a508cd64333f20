"""Aborts."""

BASE = "solution"
ANSWERS = {
    "number": """
import os

os.abort()
"""
}
POINTS = 0
REASON = "Its kernel crashed"
