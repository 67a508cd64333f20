"""Files that are either there whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path


def write(file: Path, content: str | bytes) -> None:
    """Write a file so that readers find either the old content or the new, whatever stops this in between."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".new")
    try:
        with open(descriptor, "wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def publish(file: Path, text: str, permissions: int) -> None:
    """As :func:`write`, for files that others read."""
    # What a killed run left would go to students with the other files of their folders, hidden tests and all.
    for left in file.parent.glob(".*.new"):
        left.unlink()
    write(file, text)
    file.chmod(permissions)
