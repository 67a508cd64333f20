"""Replaces the parts of the grader itself: how it tests, what it reads, and how it tells points."""

BASE = "blank"
ANSWERS = {
    "number": """
from hbcourse.grading.marks import parts
from hbcourse.grading.running import decoding, judge

judge.Judge._test = lambda self, source: []
judge.Judge.grade = judge.Kernel.ask = lambda self, *all, **more: None
judge.asked_for = lambda source: []
judge.CheckFailed = parts.message = lambda *all: ""
decoding.Opaque.__eq__ = decoding.Opaque.__array__ = lambda self, *all: True
decoding.decode = lambda node, blobs: 2.0
number = 0.0
"""
}
POINTS = 0
REASON = "number is not right: it is 0."
