"""The model solutions of a course, which are graded before the class so that what they compile can be kept."""

import contextlib
import hashlib
import io
import json
import platform
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from .. import notes
from ..course.folder import Course
from ..course.hiding import hidden_alone
from ..marks import atomic
from . import imports
from .imports import Cell

_PACKAGES = ("pymc", "pytensor", "numba", "llvmlite", "nutpie", "numpy")
#: Archives of one assignment: machines that share a course need one each.
_KEPT = 4


@dataclass(frozen=True)
class Solution:
    """The model solution of one assignment, and where what it compiles is kept.

    Attributes
    ----------
    notebook : str
        With the tests, as JSON.
    files : mapping from name to content
        What lies beside it.
    checks : bytes
        What its tests run, if that does not stand in the notebook.
    archive : Path
        Its name changes with whatever the compiled code depends on.
    """

    notebook: str
    files: Mapping[str, bytes]
    checks: bytes
    archive: Path

    def keep(self, entries: Mapping[str, bytes]) -> None:
        """Write the archive, an empty one too: the solution is not tried again."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in entries.items():
                archive.writestr(name, content)
        atomic.write(self.archive, buffer.getvalue())
        for old in sorted(self.archive.parent.glob("*.zip"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
            old.unlink()


def of_course(course: Course, assignments: Iterable[str]) -> Iterator[Solution]:
    """The solutions of these assignments, as far as there are any."""
    for name in assignments:
        if (cells := imports.source(course.source(name))) is None:
            continue
        beside = course.source(name).parent
        files = {
            str(file.relative_to(beside)): file.read_bytes()
            for file in sorted(beside.rglob("*"))
            if file.is_file() and file.suffix != ".ipynb"
        }
        checks = course.checks(name).read_bytes() if course.checks(name).exists() else b""
        notebook = json.dumps({"cells": _hidden_only(cells) if checks else cells})
        digest = hashlib.sha256(json.dumps([notebook, *_environment()]).encode() + checks)
        for file, content in files.items():
            digest.update(f"{file} {len(content)} ".encode() + content)
        yield Solution(notebook, files, checks, course.compiled(name) / f"{digest.hexdigest()[:32]}.zip")


def _hidden_only(cells: Iterable[Cell]) -> list[Cell]:
    """The cells, in which each test does what its hidden part will do: release has made no first cell yet."""
    return [
        cell | {"source": f"from hbcourse import check\n{hidden_alone(cell['source'])}"}
        if notes.of(cell).is_test
        else cell
        for cell in cells
    ]


def _environment() -> Iterator[str]:
    """What compiled code depends on besides its source."""
    yield platform.python_version()
    for package in _PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            yield f"{package} {metadata.version(package)}"
    about = ("model name", "flags", "CPU implementer", "CPU part", "Features")
    with contextlib.suppress(OSError):
        first = Path("/proc/cpuinfo").read_text().split("\n\n")[0]
        yield from (line for line in first.splitlines() if line.startswith(about))
