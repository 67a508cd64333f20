"""At release: the tables that hints are looked up in, made from the model solutions and kept with the course."""

import contextlib
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path

import nbformat

from .. import CourseError, notes
from ..marks import atomic
from .folder import Course

_PACKAGE = Path(__file__).resolve().parents[2]
#: Tables of one exercise that the cache keeps.
_KEPT = 4
#: They compute with threads of their own, of which a formula has no use.
_ALONE = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg"}


def make(course: Course, exercise: str) -> None:
    """Make the tables of a released exercise, or take those that were made of the same before.

    It takes about half a minute; an exercise without checks has no tables. Raises :class:`CourseError` if its checks do
    not run; a model solution that does not run leaves its task without.
    """
    if not course.checks(exercise).exists():
        return
    checks, cells = course.checks(exercise), json.dumps(_cells(course.source(exercise)))
    digest = hashlib.sha256(f"{cells} {_package()}".encode() + checks.read_bytes()).hexdigest()
    made = _cache() / f"{exercise}-{digest[:32]}.zip"
    try:
        tables = made.read_bytes()
    except OSError:
        tables = _made(course, exercise, cells)
        with contextlib.suppress(OSError):
            atomic.write(made, tables)
            for old in sorted(made.parent.glob(f"{exercise}-*.zip"), key=lambda file: file.stat().st_mtime)[:-_KEPT]:
                old.unlink(missing_ok=True)
    atomic.write(course.tables(exercise), tables)


def _made(course: Course, exercise: str, cells: str) -> bytes:
    """In a process of its own: the solutions and their wrong versions are code that prints, imports and may crash."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "tables.zip")
        command = [sys.executable, "-m", "hbcourse.check.tables", str(course.checks(exercise).resolve()), str(out)]
        beside = course.source(exercise).resolve().parent
        done = subprocess.run(
            command, input=cells, text=True, encoding="utf-8", capture_output=True, cwd=beside, env=os.environ | _ALONE
        )
        if done.returncode:
            why = (done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"])[-1]
            raise CourseError(f"The hints of {exercise} cannot be made from its model solution: {why}")
        return out.read_bytes()


def _cells(source: Path) -> list[dict[str, str]]:
    """The code cells without the tests; what each solves, and the text before it."""
    found, text = [], ""
    for cell in nbformat.read(source, as_version=4).cells:
        about = notes.of(cell)
        if cell.cell_type == "markdown":
            text = cell.source
        elif cell.cell_type == "code" and not about.is_test:
            found.append({"task": about.name if about.solution else "", "text": text, "source": cell.source})
    return found


def _cache() -> Path:
    """Where they are kept for other courses, and for a release of the same."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hbcourse" / "tables"


@cache
def _package() -> str:
    """What else they depend on: this package, whose functions the solutions call, and what it computes with."""
    digest = hashlib.sha256(platform.python_version().encode())
    for package in ("numpy", "scipy"):
        digest.update(metadata.version(package).encode())
    for file in sorted(_PACKAGE.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
