"""All that was ever handed in and graded, each with what became of it."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import atomic
from .records import Record
from .results import Result

#: Of what lies in a folder that was handed in: so many files, each of so many bytes.
_FILES, _BYTES = 50, 20_000_000


@dataclass(frozen=True)
class Grading:
    """One time that a hand-in was graded: when, from what, and the marks that came of it."""

    at: str
    key: dict[str, str]
    score: float
    max_score: float
    parts: dict[str, float | None]
    problem: str
    place: Path


def keep(place: Path, handed_in: Path, record: Record, result: Result) -> None:
    """Keep what was ``handed_in``, once, and what came of this grading of it, in a folder of its own in ``place``."""
    folder = place / record.key["notebook"][:16]
    if not (folder / "handed_in").exists():
        _copy(handed_in, folder / "handed_in")
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "key": dict(record.key),
        "score": result.score,
        "max_score": result.max_score,
        "parts": {part.name: part.points for part in result.parts},
        "problem": result.problem,
    }
    before = [] if not (folder / "gradings.json").exists() else _gradings(folder)
    atomic.write(folder / "gradings.json", json.dumps([*before, told], indent=1))
    content = asdict(record)
    atomic.write(folder / "record.json", json.dumps(content.pop("submission") | content, allow_nan=False))


def read(place: Path) -> Iterator[Grading]:
    """Each grading of all that is kept in ``place``, in the order of time."""
    folders = [folder for folder in place.iterdir() if folder.is_dir()] if place.is_dir() else []
    found = [Grading(**told, place=folder / "handed_in") for folder in folders for told in _gradings(folder)]
    yield from sorted(found, key=lambda grading: grading.at)


def _gradings(folder: Path) -> list[dict[str, Any]]:
    with contextlib.suppress(OSError, ValueError):
        return list(json.loads((folder / "gradings.json").read_text(encoding="utf-8")))
    return []


def _copy(folder: Path, place: Path) -> None:
    """Copy the regular files in a folder, whole or not at all."""
    new = place.with_name("handed_in.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    # A link may have taken the folder's place since.
    with contextlib.suppress(OSError):
        if folder.is_symlink() or folder.parent.is_symlink():
            raise OSError(folder)
        files = [entry for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False)]
        for entry in sorted(files, key=lambda entry: entry.name)[:_FILES]:
            if entry.stat(follow_symlinks=False).st_size <= _BYTES:
                with contextlib.suppress(OSError):
                    shutil.copyfile(entry.path, new / entry.name, follow_symlinks=False)
    new.rename(place)
