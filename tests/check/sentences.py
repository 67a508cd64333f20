"""The hint for each labelled answer: ``python -m tests.check.sentences OUT.json [FOLDER] [EXERCISE ...]``.

FOLDER holds the labelled answers, a file for each exercise. ``python -m tests.answers OUT.json`` says how many of the
sentences name the mistake. Models and draws are judged in another way, and get none here.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from hbcourse.check import hints

from . import exercise_tasks as exercises


def sentence(question: hints.Question, task: exercises.Task, cell: str) -> str:
    """What a student reads who answers with this cell."""
    space = dict(task.space)
    try:
        with hints._limits.limit(20):
            exercises.run(cell, space)
    except Exception as error:
        return f"It raises {type(error).__name__}."
    answer = space.get(question.name)
    if not question.arguments:
        return hints.hint(question, [answer])
    if not callable(answer):
        return f"{question.name} must be a function."
    with hints._limits.limit(20):
        if found := hints.conduct(question.name, answer, question.arguments, question.cases):
            return found
    return hints.hint(question, exercises.outputs_of(answer, question.cases))


def sentences(exercise: str, answers: list[dict[str, Any]], seconds: float = 1.5) -> dict[str, str]:
    """By task and what is odd; the processor time of the slowest is printed."""
    found: dict[str, str] = {}
    slowest = 0.0
    for task in exercises.tasks_of(exercise):
        mine = [answer for answer in answers if answer["task"] == task.name]
        known = exercises.question_of(task, seconds) if mine else None
        if known is None:
            continue
        for answer in mine:
            start = time.process_time()
            said = sentence(known[1], task, answer["cell"])
            took = time.process_time() - start
            slowest = max(slowest, took)
            found[f"{task.name} | {answer['odd']}"] = said
            print(f"{exercise}/{task.name} | {answer['odd']} ({answer['verdict']}, {took:.1f} s): {said}", flush=True)
    print(f"{exercise}: the slowest answer took {slowest:.1f} s", flush=True)
    return found


def main(out: str, folder: str = "tests/answers", *names: str) -> None:
    """Write the sentences of these exercises, or of all that have labelled answers."""
    everything = {}
    for file in sorted(Path(folder).glob("*.yml")):
        if not names or file.stem in names:
            everything[file.stem] = sentences(file.stem, yaml.safe_load(file.read_text(encoding="utf-8")))
            Path(out).write_text(json.dumps(everything, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
