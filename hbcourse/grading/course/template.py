"""What an assignment is graded by: the released notebook, with the tests as nbgrader keeps them."""

import contextlib
import hashlib
import json
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from .. import CourseError, handin, notes
from ..handin import identity
from .folder import Course


@dataclass(frozen=True)
class Template:
    """The notebook of an assignment, hidden tests included and solutions left out, and the files beside it.

    ``checks`` is what its tests run, if that does not stand in the notebook, and ``tables`` what their hints are looked
    up in: courses that were released by an older version have none, and get hints on foreseen mistakes alone.
    """

    notebook: NotebookNode
    files: dict[str, bytes]
    checks: bytes = b""
    tables: bytes = b""

    @property
    def points(self) -> dict[str, float]:
        """What each part gives at most."""
        return {about.name: about.points for about in map(notes.of, self.notebook.cells) if about.grade or about.task}

    @property
    def fingerprint(self) -> str:
        """Changes when anything changes that the marks depend on."""
        digest = hashlib.sha256(json.dumps([(c.cell_type, c.source, c.metadata) for c in self.notebook.cells]).encode())
        for name, content in sorted(self.files.items()):
            digest.update(f"{name} {len(content)} ".encode() + content)
        digest.update(self.checks)
        return digest.hexdigest()


def read(course: Course, gradebook: Gradebook, assignment: str) -> Template:
    """The template of an assignment."""
    path = course.released(assignment)
    notebooks = sorted(other.name for other in path.parent.glob("*.ipynb"))
    if notebooks and notebooks != [path.name]:
        raise CourseError(
            f"{assignment} consists of {', '.join(notebooks)}; hbcourse grades assignments of one notebook, called "
            f"{path.name}. Release each of them as an assignment of its own, or grade this one with: "
            f"nbgrader autograde {assignment}"
        )
    try:
        notebook = nbformat.read(path, as_version=4)
        kept = {cell.name: cell for cell in gradebook.find_notebook(assignment, assignment).source_cells}
    except (OSError, ValueError, AttributeError, nbformat.ValidationError, MissingEntry):
        raise CourseError(
            f"{assignment} is not released completely; release it again: hbcourse release {course.folder}"
        ) from None
    for cell in notebook.cells:
        if (source := kept.get(notes.of(cell).name)) is not None:
            cell.source = source.source
            cell.metadata.nbgrader["checksum"] = source.checksum
    files = {
        str(other.relative_to(path.parent)): other.read_bytes()
        for other in sorted(path.parent.rglob("*"))
        if other.is_file() and other.suffix != ".ipynb"
    }
    beside = (course.checks(assignment), course.tables(assignment))
    return Template(notebook, files, *(file.read_bytes() if file.exists() else b"" for file in beside))


def titles(course: Course) -> dict[str, str]:
    """The titles of the assignments that the course has released, by their names."""
    found = {}
    for path in course.all_released():
        # What cannot be read is told where it is graded by.
        with contextlib.suppress(handin.Rejected):
            found[path.stem] = identity.title(handin.read(path).cells)
    return found
