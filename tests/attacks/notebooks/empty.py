"""Is empty."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not valid JSON"


def file(path: Path) -> None:
    path.write_bytes(b"")
