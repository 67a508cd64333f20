"""Has turned the texts, and the answer to be read, into code."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.update(cell_type="code", outputs=[], execution_count=None)
