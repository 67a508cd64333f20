"""Has its cells in the opposite order."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    notebook.cells.reverse()
