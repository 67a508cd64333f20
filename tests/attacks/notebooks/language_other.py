"""Is written for another language."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 0
REASON = "is written in R; the exercises are in Python"


def change(notebook: NotebookNode) -> None:
    notebook.metadata["kernelspec"] = {"display_name": "R", "language": "R", "name": "ir"}
    notebook.metadata["language_info"] = {"name": "R"}
