"""Is a link to itself."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not a file that can be read"


def file(path: Path) -> None:
    path.symlink_to(path.name)
