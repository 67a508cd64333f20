"""Is a picture."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not a text file in UTF-8"


def file(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100)
