"""Ends by sys.exit, exit and SystemExit, in a cell and when it is tested."""

BASE = "solution"
ANSWERS = {
    "double": """
import sys

def double(x):
    sys.exit(0)

exit()
sys.exit(0)
"""
}
POINTS = 6
REASON = "SystemExit"
