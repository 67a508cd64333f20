"""The tasks of the exercises as they stand in their sources: text, test, solution, right answers in other forms."""

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

import jupytext
import numpy as np

from hbcourse.check import tasks
from hbcourse.grading import notes
from hbcourse.grading.course import attempts

FOLDER = Path(__file__).resolve().parents[2] / "exercises"


@dataclass
class Task:
    """One graded task."""

    text: str = ""
    solution: str = ""
    test: str = ""


def _tasks(folder):
    found, text = {}, ""
    for cell in jupytext.read(folder / f"{folder.name}.md").cells:
        about = notes.of(cell)
        if cell.cell_type == "markdown":
            text = cell.source
        elif about.is_test:
            found.setdefault(about.name.removeprefix("test_"), Task()).test = cell.source
        elif about.solution:
            found.setdefault(about.name, Task(text)).solution = cell.source
    return found


EXERCISES = {path.parent.name: _tasks(path.parent) for path in sorted(FOLDER.glob("*/*.md"))}


def setting(exercise):
    """The names that the cells without answers leave in the notebook."""
    names = {"__name__": "exercise"}
    for cell in jupytext.read(FOLDER / exercise / f"{exercise}.md").cells:
        about = notes.of(cell)
        if cell.cell_type == "code" and not about.is_test and not about.solution:
            # Some of these cells use answers, to show something.
            with contextlib.suppress(NameError, TypeError), contextlib.redirect_stdout(io.StringIO()):
                exec(cell.source, names)  # noqa: S102
    return names


def answer(exercise, task, names):
    """The first right answer to the task in another form than the solution's."""
    answers = next(
        attempt.answers
        for attempt in attempts.read(FOLDER / exercise)
        if not attempt.marks and task in attempt.answers and "pm.sample" not in attempt.answers[task]
    )
    # What it imports may stand in an answer before it.
    for source in answers.values():
        with contextlib.suppress(Exception):
            exec(source, names)  # noqa: S102
    return names[task]


def run_test(exercise, task, names):
    """Run what the grader runs."""
    if (checks := FOLDER / exercise / "checks.py").exists():
        tasks.read(checks)[task].judge(np.random.default_rng(1), names[task])
    else:
        exec(EXERCISES[exercise][task].test, dict(names))  # noqa: S102
