"""Replaces the data, so that a guess becomes the right answer."""

from nbformat import NotebookNode

BASE = "blank"
ANSWERS = {
    "number": """
number = 1.0
""",
    "share": """
share = np.ones(4) / 4
""",
}
POINTS = 0
REASON = "number is not right"


def change(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "setup":
            cell.source = "import numpy as np\ndata = np.ones(4)\nstudent_id = 'somebody'"
