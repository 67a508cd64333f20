"""Came through a program that drops both the ids of cells and what nbgrader has noted in them."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]
        cell.metadata.clear()
