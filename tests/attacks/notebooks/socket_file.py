"""Is a socket."""

import os
import socket
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not a file that can be read"


def file(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(f"/proc/self/fd/{folder}/{path.name}")
    os.close(folder)
