"""Has cells of its own: helpers, plots, trials that fail, before, between and after the others."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

BASE = "solution"
ANSWERS = {
    "mean_of": """
def mean_of(values):
    return total(values) / count(values)
""",
}
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    notebook.cells.insert(0, new_code_cell("def total(values):\n    return sum(values)"))
    at = next(i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") == "mean_of")
    notebook.cells.insert(at, new_code_cell("count = len"))
    notebook.cells.insert(at, new_code_cell("print(total(data))\n1 / 0"))
    notebook.cells += [new_code_cell("this is no Python"), new_code_cell("number, double"), new_code_cell("")]
