"""Is a folder, with a notebook in it."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not a file"


def file(path: Path) -> None:
    path.mkdir()
    (path / path.name).write_text("{}")
