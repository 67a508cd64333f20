"""Has deleted the cells for its answers and typed the answers into cells of its own."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            notebook.cells[number] = new_code_cell(cell.source)
