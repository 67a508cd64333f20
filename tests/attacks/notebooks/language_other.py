"""Is written for another language."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    notebook.metadata["kernelspec"] = {"display_name": "R", "language": "R", "name": "ir"}
    notebook.metadata["language_info"] = {"name": "R"}
