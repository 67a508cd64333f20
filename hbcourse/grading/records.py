"""What became of one submission, kept in one file that is either there whole or not at all."""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode


@dataclass(frozen=True)
class Record:
    """The outcome of one unit of work, before any of it is in the gradebook.

    Attributes
    ----------
    assignment, student : str
    key : mapping
        What it was graded from: hashes of the ``notebook`` handed in and of the ``exercise``, and the version of
        the ``package``.
    notebook : NotebookNode or None
        The notebook as it was run, outputs of the tests included; None if it could not be read.
    problem : str
        Why it was not graded, or not to its end, in one sentence for its student.
    seconds : mapping
        Where the time went.
    """

    assignment: str
    student: str
    key: Mapping[str, str]
    notebook: NotebookNode | None
    problem: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)


def path(folder: Path, assignment: str, student: str) -> Path:
    """Where the course keeps the record of a submission."""
    return folder / ".hbcourse" / "records" / assignment / f"{student}.json"


def write(folder: Path, record: Record) -> None:
    """Keep the record, in place of an older one."""
    replace(path(folder, record.assignment, record.student), json.dumps(asdict(record), allow_nan=False))


def read(folder: Path, assignment: str, student: str) -> Record | None:
    """The record of a submission, if there is one that can be read."""
    try:
        content = json.loads(path(folder, assignment, student).read_text(encoding="utf-8"))
        notebook = content.pop("notebook")
        return Record(**content, notebook=None if notebook is None else nbformat.from_dict(notebook))
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def mark_entered(folder: Path, record: Record) -> None:
    """Note that the gradebook holds what the record says."""
    replace(_entered(folder, record), _digest(folder, record))


def is_entered(folder: Path, record: Record) -> bool:
    """Whether the gradebook holds what the record says."""
    with contextlib.suppress(OSError):
        return _entered(folder, record).read_text() == _digest(folder, record)
    return False


def _entered(folder: Path, record: Record) -> Path:
    return path(folder, record.assignment, record.student).with_suffix(".entered")


def _digest(folder: Path, record: Record) -> str:
    return hashlib.sha256(path(folder, record.assignment, record.student).read_bytes()).hexdigest()


def replace(file: Path, text: str) -> None:
    """Write a file so that whoever reads it, or whatever stops this, finds the old text or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".new")
    try:
        with open(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
