"""Adds cells with the names of tests, which print points."""

from copy import deepcopy

from nbformat import NotebookNode

BASE = "blank"
POINTS = 0
REASON = "number"


def change(notebook: NotebookNode) -> None:
    tests = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    for place, test in enumerate(tests):
        forged = deepcopy(test)
        forged.update(source="2.0", id=f"forged-{place}")
        notebook.cells.insert(place, forged)
