"""Has turned the tests, the data and half of the answers into text."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    names = ("setup", "number", "share", "test_number", "test_double", "test_share", "test_coin")
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in names:
            cell.cell_type = "markdown"
            del cell["outputs"], cell["execution_count"]
