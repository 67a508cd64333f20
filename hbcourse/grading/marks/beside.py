"""What lies beside a notebook for nbgrader: when it was handed in, and the secret by which to fetch feedback."""

import os
from datetime import datetime
from pathlib import Path

from ..shown import plain
from . import atomic, times

_TIMESTAMP = "timestamp.txt"
_OF_NBGRADER = (_TIMESTAMP, "submission_secret.txt")


def handed_in_at(folder: Path, zone: str) -> tuple[datetime | None, str]:
    """When it was handed in, if that is known; and the problem with its time stamp."""
    try:
        text = _read(folder / _TIMESTAMP)
        return (None, "") if text is None else (times.parse(plain.line(text), zone), "")
    except PermissionError:
        return None, f"Its {_TIMESTAMP} cannot be read, so it is not known whether it is late."
    except ValueError as error:
        return None, f"It is not known whether it is late: in its {_TIMESTAMP}, {error}."


def copy(folder: Path, place: Path, permissions: int) -> None:
    """Copy it into another of the course's folders, where nbgrader expects it too."""
    for name in _OF_NBGRADER:
        try:
            text = _read(folder / name)
        except PermissionError:
            continue
        if text and place.is_dir():
            atomic.publish(place / name, text, permissions)


def _read(file: Path) -> str | None:
    """The text of a small file, if there is one."""
    if not os.path.isfile(file) or file.is_symlink():
        return None
    with file.open("rb") as stream:
        return stream.read(1000).decode("utf-8", "replace")
