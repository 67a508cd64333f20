"""Uses magics to read, write, script and run what it should not."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

BASE = "solution"
POINTS = 8
REASON = ""
CELLS = [
    "%%bash\ncat @COURSE@/gradebook.db @COURSE@/answers.txt @OTHER@ @HOME@/.netrc /proc/*/environ",
    "!cat @COURSE@/source/*/*",
    "%run @COURSE@/nbgrader_config.py",
    "%load @OTHER@",
    "%env",
    "%%writefile @COURSE@/nbgrader_config.py\nc = 1",
    "%%javascript\nalert(document.cookie)",
    "%%html\n<script>alert(1)</script>",
    "%%svg\n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
]


def change(notebook: NotebookNode) -> None:
    notebook.cells[2:2] = [new_code_cell(source) for source in CELLS]
