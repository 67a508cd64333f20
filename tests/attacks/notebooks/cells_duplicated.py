"""Has each cell twice, as after a merge or a paste."""

from copy import deepcopy

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    notebook.cells = [copy for cell in notebook.cells for copy in (cell, deepcopy(cell))]
