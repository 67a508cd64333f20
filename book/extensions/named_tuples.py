"""For the pages of the package: a named tuple's fields are described by its docstring, not again by Python's own."""

import inspect
from typing import Any


def skip(app: Any, what: str, name: str, value: object, skipped: bool, options: Any) -> bool | None:
    """Leave out what is a field; say nothing of the rest."""
    return True if inspect.isdatadescriptor(value) and type(value).__name__ == "_tuplegetter" else None


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("autodoc-skip-member", skip)
    return {"parallel_read_safe": True}
