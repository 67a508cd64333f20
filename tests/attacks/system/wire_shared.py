"""Forks, so that two processes answer the grader."""

BASE = "blank"
ANSWERS = {
    "number": """
import os

os.fork()
"""
}
POINTS = 0
REASON = "Not tested: the notebook was stopped before"
