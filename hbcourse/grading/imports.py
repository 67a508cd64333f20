"""What the notebooks of a course import: found in their text, to be imported once for all submissions."""

import ast
import contextlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SAMPLES = re.compile(r"\b(sample|draws)\b")
#: What answers arrive as, and what tests call.
_ALWAYS = ("numpy", "pandas", "hbcourse.check")


@dataclass(frozen=True)
class Imports:
    """Names to import before submissions come; some are no modules, but what modules hold.

    Attributes
    ----------
    kernel : tuple of str
        What any cell imports.
    judge : tuple of str
        What tests import, and cells that nobody may change.
    sampler : bool
        Whether models are sampled: to compile a sampler takes longer than to import all else.
    """

    kernel: tuple[str, ...] = _ALWAYS
    judge: tuple[str, ...] = _ALWAYS
    sampler: bool = False


def of_course(folder: Path, assignments: Iterable[str]) -> Imports:
    """What the sources of these assignments import, solutions included."""
    cells: list[Mapping[str, Any]] = []
    for name in assignments:
        # A source that cannot be read is somebody else's to complain about.
        with contextlib.suppress(OSError, ValueError):
            text = (folder / "source" / name / f"{name}.ipynb").read_text(encoding="utf-8")
            cells += [cell | {"source": "".join(cell["source"])} for cell in json.loads(text)["cells"]]
    return of_cells(cells)


def of_cells(cells: Iterable[Mapping[str, Any]]) -> Imports:
    """What these cells import, in whatever branch or function."""
    kernel, judge, sampler = dict.fromkeys(_ALWAYS), dict.fromkeys(_ALWAYS), False
    for cell in cells:
        sampler = sampler or _SAMPLES.search(cell["source"]) is not None
        if cell["cell_type"] == "code":
            found = dict.fromkeys(_imported(cell["source"]))
            kernel |= found
            about = cell["metadata"].get("nbgrader") or {}
            if about.get("locked") and not about.get("solution"):
                judge |= found
    return Imports(tuple(kernel), tuple(judge), sampler)


def _imported(source: str) -> Iterable[str]:
    # Magics and unfinished lines are a shell's to read.
    with contextlib.suppress(SyntaxError):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
