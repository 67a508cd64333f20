"""Is a gzip file that becomes 1 GB."""

import gzip
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not valid JSON but an archive"


def file(path: Path) -> None:
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(64):
            stream.write(bytes(1 << 20))
    path.write_bytes(path.read_bytes() * 16)
