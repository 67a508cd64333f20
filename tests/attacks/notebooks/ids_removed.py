"""Came through a program that drops the ids of cells, as Colab does."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    notebook.nbformat_minor = 4
    notebook.metadata["colab"] = {"provenance": [], "toc_visible": True}
    for number, cell in enumerate(notebook.cells):
        del cell["id"]
        cell.metadata["id"] = f"a{number}"
