"""What a student can find out alone: which tests of a notebook pass. Needs no nbgrader."""

import subprocess
import warnings
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from rich.console import Console
from rich.markup import escape
from traitlets.config import Config

from . import CourseError, preflight
from .parts import Part, graded_cells, message

TIMEOUT = 120


def check(path: Path) -> list[Part]:
    """Run the notebook from top to bottom in a fresh kernel, and report each graded part."""
    try:
        preflight.read(path)
    except preflight.Rejected as rejection:
        raise CourseError(str(rejection)) from None
    with warnings.catch_warnings(action="ignore"):
        notebook = nbformat.read(path, as_version=4)
    if not any(graded_cells(notebook)):
        raise CourseError(f"{path.name} has no graded parts: is it an exercise of this course?")
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        allow_errors=True,
        interrupt_on_timeout=True,
        resources={"metadata": {"path": path.parent}},
        config=Config(KernelManager={"transport_encryption": "auto"}),
    )
    try:
        # The kernel's own log would mean nothing to a student.
        client.execute(stderr=subprocess.DEVNULL)
    except CellTimeoutError:
        raise CourseError(f"A cell ran for more than {TIMEOUT} seconds; look for a loop that does not end.") from None
    except DeadKernelError:
        raise CourseError("The kernel died, most likely for lack of memory; look for a very large array.") from None
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader") or {}
        # A cell that draws the student's own data, say, without an id to draw them by.
        if about.get("locked") and not about.get("grade") and message(cell):
            raise CourseError(f"The notebook cannot be checked yet: {message(cell)}")
    parts: dict[str, Part] = {}
    for cell in graded_cells(notebook):
        told, about = message(cell), cell.metadata.nbgrader
        name, most = about.get("grade_id", "?"), about.get("points", 0)
        # Of a cell that was copied, the first counts.
        parts.setdefault(name, Part(name, None if about.get("solution") else 0.0 if told else most, most, told))
    possible = notebook.metadata.get("hbcourse", {}).get("points", 0)
    if sum(part.max_points for part in parts.values()) < possible:
        raise CourseError(f"{path.name} has lost a test: copy your answers into a fresh download of it.")
    return list(parts.values())


def show(parts: Sequence[Part]) -> None:
    """One line for each part of a student's own notebook, then the sum."""
    console = Console()
    for part in parts:
        if part.points is None:
            console.print(f"[yellow]?[/] {part.title}: a person will read it, {part.max_points:g} points")
        elif part.message:
            console.print(f"[red]✗[/] {part.title}: {escape(part.message)}", soft_wrap=True, highlight=False)
        else:
            console.print(f"[green]✓[/] {part.title}: {part.max_points:g} of {part.max_points:g} points")
    tested = [part for part in parts if part.points is not None]
    passed, possible = sum(p.points or 0 for p in tested), sum(p.max_points for p in tested)
    console.print(f"\nThe visible tests give {passed:g} of {possible:g} points. The grader tests more than they do.")
