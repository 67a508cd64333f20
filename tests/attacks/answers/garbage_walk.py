"""Searches all objects of its process for the hidden tests, the judge and other students' answers."""

BASE = "blank"
ANSWERS = {
    "coin": """
import gc, sys

gc.unfreeze()
words = ("SECRET-" + "HIDDEN", "BEGIN HIDDEN" + " TESTS", "SECRET-" + "SUBMISSION")
for thing in gc.get_objects():
    for part in gc.get_referents(thing):
        if isinstance(part, (str, bytes)) and any(word in str(part) for word in words):
            print(str(part)[:3000])
print([name for name in sys.modules if "judge" in name or "handin" in name or "gradebook" in name])
"""
}
POINTS = 0
REASON = "double is not written yet."
