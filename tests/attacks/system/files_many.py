"""Makes files without end, to use up their number."""

BASE = "solution"
ANSWERS = {
    "number": """
made = 0
try:
    while made < 1_000_000:
        open(f"file{made}", "x").close()
        made += 1
except OSError:
    pass
number = data.mean() if 0 < made < 100_000 else 0
"""
}
POINTS = 8
REASON = ""
