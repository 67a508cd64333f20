"""Is a folder, with a notebook in it."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "hand in the notebook itself, not a folder with it"


def file(path: Path) -> None:
    path.mkdir()
    (path / path.name).write_text("{}")
