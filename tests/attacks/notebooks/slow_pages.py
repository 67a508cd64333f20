"""Hands in texts for whose colours and formulas a feedback page would take hours, while the class waits."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

BASE = "solution"


def change(notebook: NotebookNode) -> None:
    notebook.cells += [new_code_cell("'\n" + "a." * 50_000 + f"a{number}") for number in range(5)]
    notebook.cells += [new_code_cell("'\n" + "a." * 4_900 + f"a{number}") for number in range(20)]
    notebook.cells += [new_markdown_cell(r"\begin{a}" * 11_000 + str(number)) for number in range(5)]
    notebook.cells.append(new_code_cell("print('\x1b[m' * 66_000)"))


POINTS = 8
REASON = ""
