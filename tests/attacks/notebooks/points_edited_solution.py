"""Has the right answers, and negative and great points for them."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        if about := cell.metadata.get("nbgrader"):
            about.update(points=1e308 if number % 2 else -5, locked=False, grade=True, solution=True, task=True)
