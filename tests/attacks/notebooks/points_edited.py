"""Gives itself a hundred points for each part."""

from nbformat import NotebookNode

BASE = "blank"
POINTS = 0
REASON = "number"


def change(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if about := cell.metadata.get("nbgrader"):
            about.update(points=100, grade=True)
