"""Holds no names and lists where a notebook's kernel and authors stand."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    notebook.metadata.update(kernelspec=None, language_info=[], authors="me", title=3)
