"""Is a device that has no end."""

import os
import stat
from pathlib import Path

BASE = "blank"
POINTS = 0
REASON = "is not a file"


def file(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o644, os.makedev(1, 5))
    except PermissionError:
        # Only root makes devices; another's may be linked to.
        path.symlink_to("/dev/zero")
