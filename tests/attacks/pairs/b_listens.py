"""Listens to all channels for a signal of the submission beside it."""

from pathlib import Path

from .. import channels

BASE = "solution"
ANSWERS = {
    "number": f"""{Path(channels.__file__).read_text(encoding="utf-8")}
came = run("listen", 10)
print("PAIR", json.dumps(came))
heard = {{name for name, told in came["told"].items() if told is True}}
number = 0 if heard - OPEN else data.mean()
"""
}
POINTS = 8
REASON = ""
LIMITS = {"cell": 25}
