"""Writes one file that does not end."""

BASE = "solution"
ANSWERS = {
    "number": """
block = bytes(16 << 20)
written = 0
try:
    with open("large", "wb", buffering=0) as file:
        while written < 2 << 30:
            written += file.write(block)
except OSError:
    pass
number = data.mean() if 0 < written < 1 << 30 else 0
"""
}
POINTS = 8
REASON = ""
