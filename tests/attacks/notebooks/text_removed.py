"""Has no answer left: each cell is empty."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 0
REASON = "NameError"


def change(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.source = ""
