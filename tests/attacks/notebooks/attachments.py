"""Attaches a script and a page to the answer that a person reads."""

from base64 import b64encode

from nbformat import NotebookNode

BASE = "solution"
POINTS = 8
REASON = ""


def change(notebook: NotebookNode) -> None:
    words = notebook.cells[-1]
    words.source += (
        "\n![x](attachment:a.svg) ![y](attachment:b.html) <img src=x onerror='alert(1)'> [z](javascript:alert(1))"
    )
    script = b64encode(
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(2)</script></svg>"
    ).decode()
    words.attachments = {"a.svg": {"image/svg+xml": script}, "b.html": {"text/html": "<script>alert(3)</script>"}}
