"""What is done to a submission's cells around its run, as steps of nbgrader's."""

import contextlib
import os
import subprocess
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from .. import notes
from ..course import secret
from ..course.folder import Course
from ..course.hiding import TASKS_CELL, tasks_cell


class QuietExecute(Execute):
    """The run, in a kernel whose own log, such as what it says when it is stopped, does not reach the terminal.

    The kernel is told where the exercise's checks lie, if it has any, and of what their inputs are drawn.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        exercise = resources["nbgrader"]["assignment"]
        course = Course(Path(CourseDirectory(config=self.config).root))
        self.told: dict[str, str] = {}
        if (checks := course.checks(exercise)).exists():
            seed = secret.seed(secret.read(course.secret), exercise, nb.cells)
            self.told = secret.environment(checks, course.tables(exercise), seed)
        return super().preprocess(nb, resources, km)

    def start_new_kernel(self, **options: Any) -> None:
        super().start_new_kernel(stderr=subprocess.DEVNULL, env={**os.environ, **self.told}, **options)


class DropCopies(NbGraderPreprocessor):
    """Before the run: make each copy of a cell that nbgrader knows an ordinary cell; the first stays what it is.

    nbgrader's own DeduplicateIds leaves copies half marked, on which restoring deleted cells fails.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        seen = set()
        for cell in nb.cells:
            name = notes.of(cell).name
            if name in seen:
                del cell.metadata["nbgrader"]
            elif name:
                seen.add(name)
        return nb, resources


class RestoreTasks(NbGraderPreprocessor):
    """Before the run: put back the first cell, without which no test runs; nbgrader puts back graded cells alone."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        if all(notes.of(cell).name != TASKS_CELL for cell in nb.cells):
            with Gradebook(about["db_url"]) as gradebook, contextlib.suppress(MissingEntry):
                kept = gradebook.find_source_cell(TASKS_CELL, about["notebook"], about["assignment"])
                nb.cells.insert(0, tasks_cell(about["assignment"], kept.source))
        return nb, resources


class DropStderr(NbGraderPreprocessor):
    """After the run: forget what tests wrote to stderr, for which nbgrader gives no points. Right answers may warn."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type == "code" and notes.of(cell).is_test:
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        return cell, resources
