"""Has the same id in each cell, of a type that there is."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.id = notebook.cells[3].id
