"""Holds notes of nbgrader's, in each cell and in the notebook, of types that nobody expects."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    names = (3, ["a"], None, {"a": 1}, True, 1e300)
    strange = [3, [], None, "x", True, {}, *({"grade_id": name, "solution": "x", "points": []} for name in names)]
    for number, cell in enumerate(notebook.cells):
        cell.metadata["nbgrader"] = strange[number % len(strange)]
    notebook.metadata.update(nbgrader=[], celltoolbar={})
