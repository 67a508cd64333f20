"""Is larger than a notebook can sensibly be: 3 GB, of which the disk holds nothing."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is larger than 250 MB"


def file(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(3 << 30)
