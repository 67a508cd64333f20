"""Is a zip archive whose content is a thousand times as large, under a notebook's name."""

import zipfile
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not valid JSON but an archive"


def file(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"../../{number}/target.ipynb", bytes(10_000_000))
