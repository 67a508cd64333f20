"""Signals through all channels to the submission beside it."""

from pathlib import Path

from .. import channels

BASE = "solution"
ANSWERS = {
    "number": f"""{Path(channels.__file__).read_text(encoding="utf-8")}
number = data.mean()
print("PAIR", json.dumps(run("signal", 12)))
"""
}
POINTS = 8
REASON = ""
LIMITS = {"cell": 25}
