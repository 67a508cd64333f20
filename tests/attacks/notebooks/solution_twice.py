"""Has a second cell with an answer's id, wrong and before the right one."""

from copy import deepcopy

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    at = next(i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == "number")
    wrong = deepcopy(notebook.cells[at])
    wrong.source = "number = 0"
    notebook.cells.insert(at, wrong)
