"""What hints are looked up in: what wrong versions of the model solutions give, tabled when an exercise is released.

``python -m hbcourse.check.tables CHECKS OUT`` reads a notebook's code cells as JSON, and runs them and their solutions.
"""

import contextlib
import inspect
import io
import json
import re
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ._data import dumped, loaded
from .hints import Question, Reference, as_json, from_json, prepare
from .hints._limits import FILE, limit
from .tasks import Function, Proportion, Task, Value, read

#: Processor time for the likeliest wrong versions of a solution; half of it again for arguments and for pairs.
SECONDS = 2.0
#: So many simulations that a wrong share shows, and a loop in Python still ends.
N_SIM = 10_000


def make(checks: Path, cells: Sequence[Mapping[str, str]], seconds: float = SECONDS) -> bytes:
    """The tables of an exercise, as a zip file with one of JSON for each task that they can help.

    Parameters
    ----------
    checks : Path
        Its ``checks.py``.
    cells : sequence of mappings
        The notebook's code cells, tests left out: ``source``, the ``task`` that it solves or ``""``, and the ``text``
        before it.
    seconds : float
        Of processor time, for each task; in all it takes up to twice as long.
    """
    tasks, space = read(checks), dict[str, Any]({"__name__": "__main__"})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for cell in cells:
            before, task = dict(space), tasks.get(cell["task"])
            # Models and draws take long; cells that show something with an answer may lack it here.
            if cell["task"] and not isinstance(task, Function | Proportion | Value):
                continue
            with contextlib.suppress(Exception), limit(60.0):
                exec(compile(cell["source"], FILE, "exec"), space)  # noqa: S102 - the exercise's own
            if task is not None and task.name in space:
                question = _question(task, cell, before, space[task.name], seconds)
                archive.writestr(f"{task.name}.json", dumped(_as_data(question)))
    return packed.getvalue()


def kept(file: Path, name: str) -> Question | None:
    """The question behind a task, as :func:`make` tabled it; None if there is none."""
    if not file.exists():
        return None
    with zipfile.ZipFile(file) as archive:
        if f"{name}.json" not in archive.namelist():
            return None
        data = loaded(archive.read(f"{name}.json").decode())
    cases = [tuple(case) for case in data["cases"]]
    return Question(name, data["arguments"], cases, data["right"], from_json(data["rows"]), rtol=data["rtol"])


def _question(task: Task, cell: Mapping[str, str], space: dict[str, Any], solution: object, seconds: float) -> Question:
    arguments = tuple(inspect.signature(solution).parameters) if callable(solution) else ()
    code = " ".join(re.findall(r"`[^`]+`|\$[^$]+\$", cell["text"]))
    words = frozenset(re.findall(r"[^\W\d_]\w*", code)) | {*getattr(task, "words", ())}
    rtol = max(getattr(task, "rtol", 0.0), 1e-6)
    reference = Reference(task.name, cell["source"], space, arguments, _cases(task), words, rtol)
    return prepare(reference, {}, np.random.default_rng(5), seconds=seconds)


def _cases(task: Task) -> list[tuple[Any, ...]]:
    rng = np.random.default_rng(1)
    if isinstance(task, Function):
        return [tuple(case) for case in (*task.visible, *task.hidden(rng), *task.probes)]
    if isinstance(task, Proportion):
        return [(*case, N_SIM, seed) for seed, case in enumerate((*task.visible, *task.hidden(rng)))]
    return [()]


def _as_data(question: Question) -> dict[str, Any]:
    return {
        "arguments": question.arguments,
        "cases": question.cases,
        "right": question.right,
        "rows": as_json(question.rows),
        "rtol": question.rtol,
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(make(Path(sys.argv[1]), json.loads(sys.stdin.read())))
