"""Is not there."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is missing"


def file(path: Path) -> None:
    (path.parent / "notes.txt").write_text("Where is it?")
