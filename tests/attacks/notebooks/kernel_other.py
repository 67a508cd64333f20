"""Names a kernel that is on the student's machine only."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    notebook.metadata["kernelspec"] = {"display_name": "../../x", "language": "python", "name": "conda-env-me-py"}
    notebook.metadata["language_info"] = {"name": "python", "version": "2.7"}
