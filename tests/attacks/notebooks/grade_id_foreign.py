"""Adds cells with names that the exercise does not have, worth a hundred points each."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    for name in ("test_bonus", "", "../../gradebook", "words "):
        cell = new_code_cell("100.0")
        cell.metadata["nbgrader"] = {
            **{"grade": True, "grade_id": name, "locked": True, "points": 100},
            **{"schema_version": 3, "solution": False, "task": False},
        }
        notebook.cells.append(cell)
