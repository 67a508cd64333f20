"""The first cell of a released notebook: what its tests compare answers with, and that this gives nothing away."""

import ast
import re
from collections.abc import Collection, Mapping

import numpy as np

from ._data import dumped
from .tasks import Function, Task, Value

_CELL = """\
# Run this cell first: it holds what the tests of this notebook compare your answers with, and no solution.
from hbcourse import check
from hbcourse.check import hint

check.load(r'''
{{
{tasks}
}}
''')"""
_NUMBER = re.compile(r"(?<![\w.])\d+\.?\d*(?:e[-+]?\d+)?")
#: Seeds whose hidden inputs are looked at.
_SEEDS = range(3)


def published(tasks: Mapping[str, Task], tests: Mapping[str, tuple[str, float]], told: Collection[str]) -> str:
    """The source of the cell for a notebook.

    Parameters
    ----------
    tasks : mapping from name to Task
        What its ``checks.py`` lists.
    tests : mapping from name of a cell to its source and points
        Its test cells.
    told : collection of str
        What else students get: the sources of the other cells, without solutions.

    Raises
    ------
    ValueError
        If students would get an answer; the message says which.
    """
    points = {_tested(cell, source, tasks): most for cell, (source, most) in tests.items()}
    if untested := [name for name in tasks if name not in points]:
        raise ValueError(f"no cell tests the task {untested[0]}: write check.task({untested[0]!r}, ...) in one")
    lines = [
        f"{dumped(name)}: {dumped({'points': points[name], **task.data(), 'hints': task.hints})}"
        for name, task in tasks.items()
    ]
    for task in tasks.values():
        _refuse_answers(task, [*lines, *told])
    text = ",\n".join(lines)
    if "'''" in text:
        raise ValueError("a hint holds ''', which would end the text of the first cell")
    return _CELL.format(tasks=text)


def _tested(cell: str, source: str, tasks: Mapping[str, Task]) -> str:
    """The name of the task that a test cell tests: the cell is one call of ``check.task``, and nothing else."""
    match ast.parse(source).body:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name("check"), "task"), [ast.Constant(str(name)), *answers], []))]:
            if all(isinstance(answer, ast.Name) for answer in answers):
                if name not in tasks:
                    raise ValueError(f"{cell} tests the task {name}, which checks.py does not list")
                return name
    raise ValueError(f"{cell} is not one line check.task(NAME, ANSWER, ...): students could read in it what it tests")


def _refuse_answers(task: Task, told: Collection[str]) -> None:
    if isinstance(task, Value) and (number := _found(task.right, told)):
        raise ValueError(f"students would get the answer to {task.name}: the number {number} stands in what they get")
    if isinstance(task, Function):
        seen = {str(value) for value in task.values(task.visible)}
        for seed in _SEEDS:
            cases = task.hidden(np.random.default_rng(seed))
            if {str(value) for value in task.values(cases)} <= seen:
                raise ValueError(f"the hidden inputs of {task.name} have the same values as the visible ones")


def _found(right: object, told: Collection[str]) -> str:
    """The first number in these texts that is one of the answer, to four digits; numbers such as 0.5 tell nothing."""
    telling = {
        text for value in np.ravel(np.asarray(right, dtype=float)) if len((text := f"{value:.4g}").strip("-0.")) > 3
    }
    numbers = (number for text in told for number in _NUMBER.findall(text))
    return next((number for number in numbers if f"{float(number):.4g}" in telling), "")
