"""Writes a configuration that runs code, a gradebook with full marks and a graded copy, wherever it can."""

BASE = "blank"
ANSWERS = {
    "number": """
import contextlib, pathlib, sqlite3

for place in (".", "..", "/tmp", "@COURSE@", "@HOME@", "@HOME@/.jupyter", "/etc/jupyter"):
    folder = pathlib.Path(place)
    with contextlib.suppress(OSError, sqlite3.Error):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "nbgrader_config.py").write_text("import os; os.system('touch /tmp/hbattack-config')")
        (folder / "hbattack.txt").write_text("")
    with contextlib.suppress(OSError, sqlite3.Error), sqlite3.connect(folder / "gradebook.db") as book:
        book.execute("update grade set auto_score = 2, manual_score = 2")
"""
}
POINTS = 0
REASON = "double is not written yet."
