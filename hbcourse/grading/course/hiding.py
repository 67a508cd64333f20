"""At release: what students get of an exercise's checks, and the hidden part of each test that runs them."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from .. import CourseError, notes
from .folder import Course

#: The first cell of a notebook whose tests are listed in a ``checks.py``.
TASKS_CELL = "tasks"
_HIDDEN = "{visible}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"


class PublishTasks(NbGraderPreprocessor):
    """When nbgrader has cleared the solutions: the first cell, and in each test what it then keeps from students.

    A notebook without checks, whose tests stand in its cells, stays as it is.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        exercise = resources["nbgrader"]["assignment"]
        course = Course(Path(CourseDirectory(config=self.config).root))
        checks = course.checks(exercise)
        if not checks.exists():
            return nb, resources
        # They import SciPy, which nothing else here needs.
        from ...check.publish import published
        from ...check.tasks import read

        cells = [cell for cell in nb.cells if notes.of(cell).is_test]
        tests = {notes.of(cell).name: (cell.source, notes.of(cell).points) for cell in cells}
        try:
            source = published(read(checks), tests, [cell.source for cell in nb.cells])
        except ValueError as error:
            raise CourseError(f"{exercise} cannot be released: {error}.") from None
        # Those there are belong to what was released before.
        course.tables(exercise).unlink(missing_ok=True)
        for cell in cells:
            cell.source = with_hidden(cell.source)
        nb.cells.insert(0, tasks_cell(exercise, source))
        return nb, resources


def with_hidden(source: str) -> str:
    """A test with its hidden part, which runs the task's checks."""
    visible = source.strip()
    return _HIDDEN.format(visible=visible, hidden=hidden_alone(visible))


def hidden_alone(source: str) -> str:
    """What the hidden part of a test does."""
    return source.strip().replace("check.task(", "check.hidden(", 1)


def tasks_cell(exercise: str, source: str) -> NotebookNode:
    """The first cell of a notebook, locked and folded."""
    about = {
        "grade": False,
        "grade_id": TASKS_CELL,
        "locked": True,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    # Folded in Jupyter and VS Code, and in Colab.
    folded = {"jupyter": {"source_hidden": True}, "cellView": "form"}
    metadata = {"nbgrader": about, "deletable": False, "editable": False, **folded}
    return new_code_cell(source, id=f"{exercise}-{TASKS_CELL}", metadata=metadata)
