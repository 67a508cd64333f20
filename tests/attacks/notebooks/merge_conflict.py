"""Has the marks of a conflict in it."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not valid JSON"


def file(path: Path) -> None:
    path.write_text('<<<<<<< HEAD\n{"nbformat": 4}\n=======\n{"nbformat": 4}\n>>>>>>> main\n')
