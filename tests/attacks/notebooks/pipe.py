"""Is a pipe, which never ends."""

import os
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not a file"


def file(path: Path) -> None:
    os.mkfifo(path)
