"""Announces an answer of eight gigabytes."""

BASE = "solution"
ANSWERS = {"mean_of": "import os\nos.write(3, b'\\xff' * 8 + b'{' * 100)"}
POINTS = 3
REASON = "cannot be read (too large)"
