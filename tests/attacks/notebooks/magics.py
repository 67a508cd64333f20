"""Uses what IPython adds to Python, as many notebooks do."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

BASE = "solution"
ANSWERS = {
    "number": """
%config InlineBackend.figure_format = 'retina'
number = data.mean()
"""
}
POINTS = 8
REASON = ""
CELLS = [
    "%matplotlib inline",
    "!echo 1",
    "!pip install numpy",
    "%cd /tmp",
    "%load_ext autoreload",
    "%pwd",
    "%%bash\nls",
]
CELLS += ["%%time\nhelper = 1", "%timeit -n1 -r1 2 + 2", "%autosave 60", "%no_such_magic", "np.mean?", "%who"]


def change(notebook: NotebookNode) -> None:
    notebook.cells[2:2] = [new_code_cell(source) for source in CELLS]
