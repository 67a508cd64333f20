"""The hint for each labelled answer: ``python -m tests.check.sentences OUT.json [EXERCISE ...]``.

Each answer is judged as the grader does it, by the released test and its hidden part. ``python -m tests.answers
OUT.json`` says how many of the sentences name the mistake. Draws get none here, because each would be sampled, and
exercises without ``checks.py`` neither.
"""

import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
import yaml

from hbcourse import check
from hbcourse.check import graded
from hbcourse.check.hints._limits import limit
from hbcourse.grading.course import release, tables
from hbcourse.grading.course.folder import Course

from . import exercise_tasks as exercises

#: A message that compares numbers says that an answer is wrong, and not why.
_COMPARES = re.compile(r"^\S+\(.*\) gives |which is not right|is not right|than chance explains|^\S+\(.*\) is ")


def prepare(exercise: str, folder: Path) -> None:
    """Release an exercise, load what its tests compare with, and say where the grader's part lies."""
    course = Course(folder)
    (released,) = release.release(course, [exercises.EXERCISES / exercise])
    tables.make(course, exercise)
    exec(nbformat.read(released, as_version=4).cells[0].source, {})  # noqa: S102
    told = {graded.CHECKS: course.checks(exercise), graded.HINTS: course.tables(exercise), graded.SEED: "labels"}
    os.environ |= {key: str(value) for key, value in told.items()}


def sentence(task: exercises.Task, cell: str) -> str:
    """What a student reads who answers with this cell: the hint, or a message that says more than that it is wrong."""
    space = dict(task.space)
    names = getattr(task.listed, "forms", [task.name])
    try:
        with limit(60):
            exercises.run(cell, space)
            for part in (check.task, check.hidden):
                part(task.name, *(space.get(name) for name in names))
    except check.CheckFailed as failure:
        return failure.hint or ("" if _COMPARES.search(str(failure)) else str(failure))
    except Exception as error:
        return f"It raises {type(error).__name__}."
    return ""


def sentences(exercise: str, answers: list[dict[str, Any]]) -> dict[str, str]:
    """By task and what is odd; the processor time of the slowest is printed."""
    found: dict[str, str] = {}
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        prepare(exercise, Path(folder, "course"))
        for task in exercises.tasks_of(exercise):
            for answer in [answer for answer in answers if answer["task"] == task.name and task.kind != "draws"]:
                start = time.process_time()
                said = sentence(task, answer["cell"])
                took = time.process_time() - start
                slowest = max(slowest, took)
                found[f"{task.name} | {answer['odd']}"] = said
                print(
                    f"{exercise}/{task.name} | {answer['odd']} ({answer['verdict']}, {took:.1f} s): {said}", flush=True
                )
    print(f"{exercise}: the slowest answer took {slowest:.1f} s", flush=True)
    return found


def main(out: str, *names: str) -> None:
    """Write the sentences of these exercises, or of all whose tests are listed."""
    everything = {}
    for file in sorted(Path("tests/answers").glob("*.yml")):
        if file.stem in names or (not names and (exercises.EXERCISES / file.stem / "checks.py").exists()):
            everything[file.stem] = sentences(file.stem, yaml.safe_load(file.read_text(encoding="utf-8")))
            Path(out).write_text(json.dumps(everything, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
