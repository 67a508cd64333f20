"""The model solutions as students get them after the deadline: as notebooks and as pages."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbgrader.api import MissingEntry

from .. import CourseError, notes
from ..marks import atomic, settled
from .attempts import without_markers
from .config import known
from .folder import Course


def write(course: Course, names: Sequence[str] = ()) -> list[Path]:
    """Write the solutions of these assignments, or of all that are released, to ``solutions``; return the files.

    Raises :class:`CourseError` for an assignment that students may still hand in, before anything is written.
    """
    released = [path.stem for path in course.all_released() if course.source(path.stem).exists()]
    for name in names:
        known(str(course.folder), "assignment", name, released)
    chosen = list(names) or released
    for name in chosen:
        _require_closed(course, name)
    return [file for name in chosen for file in _write(course, name)]


def _require_closed(course: Course, name: str) -> None:
    try:
        own = course.api.gradebook.find_assignment(name).duedate
    except MissingEntry:
        own = None
    until = settled.last_time(course.api.config.get("HBCourse", {}), name, own)
    if until is not None and datetime.now(UTC).replace(tzinfo=None) < until:
        raise CourseError(
            f"{name} may be handed in until {until:%Y-%m-%d %H:%M} UTC; its solutions can be written after that."
        )


def _write(course: Course, name: str) -> list[Path]:
    notebook = solved(
        nbformat.read(course.released(name), as_version=4), nbformat.read(course.source(name), as_version=4)
    )
    folder = course.folder / "solutions" / name
    folder.mkdir(parents=True, exist_ok=True)
    page, _ = HTMLExporter(embed_images=True).from_notebook_node(notebook, {"metadata": {"name": name}})
    files = {folder / f"{name}.ipynb": nbformat.writes(notebook), folder / f"{name}.html": page}
    for file, text in files.items():
        atomic.write(file, text.encode())
    return list(files)


def solved(released: NotebookNode, source: NotebookNode) -> NotebookNode:
    """What students got, with the model answers in it."""
    answers = {notes.of(cell).name: without_markers(cell.source) for cell in source.cells if notes.of(cell).solution}
    for cell in released.cells:
        about = notes.of(cell)
        if about.solution and about.name in answers:
            cell.source = answers[about.name]
    return released
