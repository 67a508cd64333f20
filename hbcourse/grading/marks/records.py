"""What became of one submission, kept in one file that is either there whole or not at all."""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ..course.folder import Submission
from . import atomic


@dataclass(frozen=True)
class Record:
    """The outcome of one unit of work, before any of it is in the gradebook.

    Attributes
    ----------
    submission : Submission
    key : mapping
        What it was graded from: hashes of the ``notebook`` handed in and of the ``exercise``, and the version of
        the ``package``.
    notebook : NotebookNode or None
        The notebook as it was run, outputs of the tests included; None if it could not be read.
    problem : str
        Why it was not graded, or not to its end, in one sentence for its student.
    seconds : mapping
        Where the time went, and how often code was ``loaded`` that had been ``compiled`` before, and how often not.
    remarks : tuple of str
        What else is to be said of what was handed in, in sentences.
    """

    submission: Submission
    key: Mapping[str, str]
    notebook: NotebookNode | None
    problem: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def write(file: Path, record: Record) -> None:
    """Keep the record in this file, in place of an older one."""
    content = asdict(record)
    atomic.write(file, json.dumps(content.pop("submission") | content, allow_nan=False))


def read(file: Path) -> Record | None:
    """The record in this file, if there is one that can be read."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        submission = Submission(content.pop("assignment"), content.pop("student"))
        notebook, remarks = content.pop("notebook"), tuple(content.pop("remarks", ()))
        notebook = None if notebook is None else nbformat.from_dict(notebook)
        return Record(submission, **content, notebook=notebook, remarks=remarks)
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def mark_entered(file: Path) -> None:
    """Note that the gradebook, the notebook and the page hold what the record in this file says."""
    atomic.write(_entered(file), _digest(file))


def mark_unentered(file: Path) -> None:
    """Note that what the gradebook, the notebook and the page hold of the record is about to change."""
    _entered(file).unlink(missing_ok=True)


def is_entered(file: Path) -> bool:
    """Whether the gradebook holds what the record in this file says."""
    with contextlib.suppress(OSError):
        return _entered(file).read_text() == _digest(file)
    return False


def _entered(file: Path) -> Path:
    return file.with_suffix(".entered")


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
