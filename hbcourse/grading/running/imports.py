"""What the notebooks of a course import: found in their text, to be imported once for all submissions."""

import ast
import contextlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import notes

#: What answers arrive as, and what tests call.
_ALWAYS = ("numpy", "pandas", "hbcourse.check")

type Cell = dict[str, Any]


@dataclass(frozen=True)
class WarmUp:
    """What else is done before submissions come, for the assignments that need it.

    Attributes
    ----------
    function : str
        Called by the parent of the kernels, as "module:function"; what it leaves there, each kernel inherits.
    pattern : str
        A regular expression; an assignment needs it if one of its cells matches.
    judge : tuple of str
        What the tests of such an assignment import only when they are called.
    """

    function: str
    pattern: str
    judge: tuple[str, ...] = ()


@dataclass(frozen=True)
class Imports:
    """Names to import before submissions come; some are no modules, but what modules hold.

    Attributes
    ----------
    kernel : tuple of str
        What any cell imports.
    judge : tuple of str
        What tests import, and cells that nobody may change.
    warm_up : str
        The function to call too, as "module:function"; empty if no assignment needs it.
    warmed : tuple of str
        The assignments that need it.
    """

    kernel: tuple[str, ...] = _ALWAYS
    judge: tuple[str, ...] = _ALWAYS
    warm_up: str = ""
    warmed: tuple[str, ...] = ()


def of_sources(notebooks: Mapping[str, Path], warm_up: WarmUp | None = None, checks: Iterable[Path] = ()) -> Imports:
    """What the sources of assignments, known by their names, import, solutions included; and what their checks do."""
    found = of_cells({name: source(notebook) or [] for name, notebook in notebooks.items()}, warm_up)
    texts = [file.read_text(encoding="utf-8") for file in checks if file.exists()]
    return replace(
        found, judge=tuple(dict.fromkeys([*found.judge, *(name for text in texts for name in _imported(text))]))
    )


def source(notebook: Path) -> list[Cell] | None:
    """The cells of an assignment's source; None if it cannot be read, which others will complain about."""
    with contextlib.suppress(OSError, ValueError):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return [cell | {"source": "".join(cell["source"])} for cell in cells]
    return None


def of_cells(assignments: Mapping[str, Iterable[Cell]], warm_up: WarmUp | None = None) -> Imports:
    """What the cells of these assignments import, in whatever branch or function."""
    kernel, judge, warmed = dict.fromkeys(_ALWAYS), dict.fromkeys(_ALWAYS), dict[str, None]()
    for name, cells in assignments.items():
        for cell in cells:
            if warm_up and re.search(warm_up.pattern, cell["source"]):
                warmed[name] = None
            if cell["cell_type"] == "code":
                found = dict.fromkeys(_imported(cell["source"]))
                kernel |= found
                about = notes.of(cell)
                if about.is_test or about.is_given:
                    judge |= found
    if not (warm_up and warmed):
        return Imports(tuple(kernel), tuple(judge))
    return Imports(tuple(kernel), (*judge, *warm_up.judge), warm_up.function, tuple(warmed))


def _imported(source: str) -> Iterable[str]:
    # Magics and unfinished lines are a shell's to read.
    with contextlib.suppress(SyntaxError):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
