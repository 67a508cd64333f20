"""Cells that a student has copied, nbgrader's marks and all."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor


class DropCopies(NbGraderPreprocessor):
    """Make each copy of a cell that nbgrader knows an ordinary cell; the first stays what it is.

    nbgrader's own DeduplicateIds leaves copies half marked, on which restoring deleted cells fails.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        seen = set()
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in seen:
                del cell.metadata["nbgrader"]
            elif name is not None:
                seen.add(name)
        return nb, resources
