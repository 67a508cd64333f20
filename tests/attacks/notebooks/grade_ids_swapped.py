"""Puts the name of a test on an answer, and the name of the answer on the test."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 5
REASON = "number"


def change(notebook: NotebookNode) -> None:
    swap = {"number": "test_number", "test_number": "number", "double": "test_mean_of", "test_mean_of": "double"}
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        about["grade_id"] = swap.get(about.get("grade_id"), about.get("grade_id"))
