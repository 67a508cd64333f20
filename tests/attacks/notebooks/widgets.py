"""Holds the state of widgets, with pages and scripts of its own."""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    view = "application/vnd.jupyter.widget-view+json"
    page = {"model_module": "@jupyter-widgets/controls", "model_name": "HTMLModel", "model_module_version": "2.0.0"}
    state = {"m": {**page, "state": {"value": "<script>alert(1)</script><img src=x onerror=alert(2)>"}}}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": state}}
    show = new_code_cell(f"from IPython.display import display\ndisplay({{{view!r}: {{'model_id': 'm'}}}}, raw=True)")
    notebook.cells.append(show)
