"""Says that its parts are worth infinities, and what is no number, in JSON that only Python reads."""

from nbformat import NotebookNode

BASE = "blank"
POINTS = 0
REASON = "number"


def change(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if about := cell.metadata.get("nbgrader"):
            about["points"] = float("inf") if about.get("grade") else float("nan")
