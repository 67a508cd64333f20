"""What is done to a submission's cells around its run, as steps of nbgrader's."""

import subprocess
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution


class QuietExecute(Execute):
    """The run, in a kernel whose own log, such as what it says when it is stopped, does not reach the terminal."""

    def start_new_kernel(self, **options: Any) -> None:
        super().start_new_kernel(stderr=subprocess.DEVNULL, **options)


class DropCopies(NbGraderPreprocessor):
    """Before the run: make each copy of a cell that nbgrader knows an ordinary cell; the first stays what it is.

    nbgrader's own DeduplicateIds leaves copies half marked, on which restoring deleted cells fails.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        seen = set()
        for cell in nb.cells:
            name = (cell.metadata.get("nbgrader") or {}).get("grade_id")
            if name in seen:
                del cell.metadata["nbgrader"]
            elif name is not None:
                seen.add(name)
        return nb, resources


class DropStderr(NbGraderPreprocessor):
    """After the run: forget what tests wrote to stderr, for which nbgrader gives no points. Right answers may warn."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        return cell, resources
