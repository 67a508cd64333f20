"""Answers with objects that have every attribute there is, to be taken for a model, for draws and for a table."""

BASE = "blank"
ANSWERS = {
    "number": """
import xarray

class Everything(dict):
    def __getattr__(self, name):
        return Everything()

    __call__ = lambda self, *all, **more: Everything()
    __iter__ = lambda self: iter(["posterior", "chain", "draw"])
    __getitem__ = get = lambda self, *all: Everything()
    items = lambda self: [("posterior", Everything())] * 3

number = double = share = Everything()
"""
}
POINTS = 0
REASON = "number must be a number or an array of numbers"
