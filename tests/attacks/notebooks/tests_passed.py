"""Replaces each test by one that passes."""

from nbformat import NotebookNode
from nbformat.v4 import new_output

BASE = "blank"
POINTS = 0
REASON = "number"


def change(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("test_"):
            cell.source = "2.0"
            cell.outputs = [new_output("execute_result", {"text/plain": "2.0"}, execution_count=1)]
