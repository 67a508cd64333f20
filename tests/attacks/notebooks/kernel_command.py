"""Asks for a kernel that is a command."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "name": "python3; touch hbattack",
        "argv": ["/bin/sh", "-c", "touch @COURSE@/hbattack"],
    }
