"""Is a picture."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not valid JSON, line 1"


def file(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100)
