"""Is made of NUL bytes, as a full disk leaves files."""

from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not valid JSON"


def file(path: Path) -> None:
    path.write_bytes(bytes(5000))
