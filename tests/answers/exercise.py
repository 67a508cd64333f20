"""An exercise without its tests: its tasks, and a notebook that solves them; answers to them, with their labels."""

import functools
import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import jupytext
import yaml

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = Path(__file__).resolve().parent
NAMES = sorted(path.stem for path in ANSWERS.glob("*.yml"))

Namespace = dict[str, Any]


def answers(name: str) -> list[dict[str, Any]]:
    """The answers given to one exercise: task, what is odd, the cell, where it is from, the verdict and its label."""
    return yaml.safe_load((ANSWERS / f"{name}.yml").read_text(encoding="utf-8"))


def key(answer: dict[str, Any]) -> str:
    """What an answer is called: its task and what is odd."""
    return f"{answer['task']} | {answer['odd']}"


@functools.cache
def cells(name: str) -> tuple[tuple[str | None, str], ...]:
    """The exercise's code cells, but for its tests: the task that a cell solves, or None, and its source."""
    found: list[tuple[str | None, str]] = []
    for cell in jupytext.read(ROOT / "exercises" / name / f"{name}.md").cells:
        role = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and not role.get("grade"):
            found.append((role["grade_id"] if role.get("solution") else None, cell.source))
    return tuple(found)


def tasks(name: str) -> list[str]:
    """The tasks that an exercise sets, by the names that the answers have."""
    return [task for task, _ in cells(name) if task is not None]


def run(source: str, namespace: Namespace) -> Namespace:
    """Runs a cell in a copy of a namespace, quietly, and returns the copy."""
    after = namespace.copy()
    with redirect_stdout(io.StringIO()):
        exec(source, after)  # noqa: S102
    return after


@functools.cache
def solved(name: str, task: str) -> Namespace:
    """The notebook's names, with the solutions of this task and the earlier ones; those of PyMC are not run."""
    namespace: Namespace = {"__name__": name}
    for solves, source in cells(name):
        if solves not in ("model", "trace"):
            namespace = run(source, namespace)
        if solves == task:
            return namespace
    raise KeyError(f"{name} has no task {task}")
