"""Ends its process without a word, with the status of success."""

BASE = "solution"
ANSWERS = {
    "number": """
import os

os._exit(0)
"""
}
POINTS = 0
REASON = "Its kernel ended while it ran"
