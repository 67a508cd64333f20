"""What an assignment is graded by: the released notebook, with the tests as nbgrader keeps them."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from . import CourseError


@dataclass(frozen=True)
class Template:
    """The notebook of an assignment, hidden tests included and solutions left out, and the files beside it."""

    notebook: NotebookNode
    files: dict[str, bytes]

    @property
    def fingerprint(self) -> str:
        """Changes when anything changes that the marks depend on."""
        digest = hashlib.sha256(json.dumps([(c.cell_type, c.source, c.metadata) for c in self.notebook.cells]).encode())
        for name, content in sorted(self.files.items()):
            digest.update(f"{name} {len(content)} ".encode() + content)
        return digest.hexdigest()


def read(folder: Path, gradebook: Gradebook, assignment: str) -> Template:
    """The template of an assignment of the course in ``folder``."""
    path = folder / "release" / assignment / f"{assignment}.ipynb"
    try:
        notebook = nbformat.read(path, as_version=4)
        kept = {cell.name: cell for cell in gradebook.find_notebook(assignment, assignment).source_cells}
    except (FileNotFoundError, MissingEntry):
        raise CourseError(
            f"{assignment} is not released completely; release it again: hbcourse release {folder}"
        ) from None
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade_id") in kept:
            cell.source = kept[about["grade_id"]].source
            about["checksum"] = kept[about["grade_id"]].checksum
    files = {
        str(other.relative_to(path.parent)): other.read_bytes()
        for other in sorted(path.parent.rglob("*"))
        if other.is_file() and other.suffix != ".ipynb"
    }
    return Template(notebook, files)
