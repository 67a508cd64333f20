"""Stays below the limit of each cell, and above that of the whole."""

BASE = "solution"
ANSWERS = {
    "double": """
import time

def double(x):
    time.sleep(1)
    return 2 * x

def mean_of(values):
    time.sleep(1)
    return np.mean(values)
"""
}
POINTS = 1
REASON = "It ran for too long in all"
LIMITS = {"cell": 5, "total": 3}
