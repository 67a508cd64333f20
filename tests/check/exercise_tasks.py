"""The tasks of the exercises, each with its model solution, its notebook's variables and the cases of its checks."""

import contextlib
import copy
import inspect
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hbcourse import check
from hbcourse.check import hints
from hbcourse.check import tasks as checks
from hbcourse.check.densities import LogDensity

EXERCISES = Path(__file__).parents[2] / "exercises"
NAMES = sorted(path.parent.name for path in EXERCISES.glob("*/attempts.yml"))
_CHECKS = ("value", "function", "proportion", "log_density", "model", "draws")
#: So many simulations that a wrong share shows, and a loop in Python still ends.
N_SIM = 10_000


@dataclass
class Task:
    """A task as a student meets it: ``space`` holds the variables before its cell, earlier ones answered rightly."""

    name: str
    text: str
    source: str
    space: dict[str, Any]
    test: str = ""
    listed: checks.Task | None = None
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        kinds = {kind for kind, _ in self.calls}
        return next((k for k in ("model", "draws", "proportion", "function", "log_density", "value") if k in kinds), "")


def run(source: str, space: dict[str, Any]) -> None:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        exec(compile(source, hints._limits.FILE, "exec"), space)  # noqa: S102


def tasks_of(exercise: str, sampled: bool = False) -> list[Task]:
    """The tasks of an exercise in order; draws are made only if ``sampled``."""
    page = (EXERCISES / exercise / f"{exercise}.md").read_text()
    pieces = re.split(r"^```\{code-cell\}.*?\n(.*?)^```$", page, flags=re.M | re.S)
    space: dict[str, Any] = {"__name__": "__main__"}
    tasks: dict[str, Task] = {}
    file = EXERCISES / exercise / "checks.py"
    listed = checks.read(file) if file.exists() else {}
    text = ""
    for i, piece in enumerate(pieces):
        if i % 2 == 0:
            text = piece
            continue
        head = re.search(r"grade: (true|false), grade_id: (\w+)", piece)
        code = re.sub(r"^:nbgrader:.*\n", "", piece, flags=re.M)
        if head is None:
            with contextlib.suppress(Exception):
                run(code, space)
        elif head[1] == "false":
            tasks[head[2]] = Task(head[2], text, code, dict(space))
            if sampled or "pm.sample" not in code:
                run(code, space)
        elif (name := head[2].removeprefix("test_")) in tasks:
            tasks[name].test = code
            if name in listed:
                tasks[name].listed = listed[name]
                tasks[name].calls = _calls_as_listed(listed[name])
            elif sampled or "pm.sample" not in tasks[name].source:
                tasks[name].calls = _calls_of(code, space)
    return list(tasks.values())


def sources_of(exercise: str) -> list[tuple[str, str, str]]:
    """Name, text and solution of each task, none of them run."""
    page = (EXERCISES / exercise / f"{exercise}.md").read_text()
    cell = r"^```\{code-cell\}[^\n]*\n:nbgrader: \{grade: false, grade_id: (\w+).*?\n(.*?)^```$"
    heads = list(re.finditer(cell, page, flags=re.M | re.S))
    return [(head[1], page[: head.start()].rpartition("## Task")[2], head[2]) for head in heads]


def _calls_as_listed(task: checks.Task) -> list[tuple[str, dict[str, Any]]]:
    """What an exercise's ``checks.py`` says of a task, as a test cell would hand it to the checks."""
    rng = np.random.default_rng(1)
    if isinstance(task, LogDensity):
        points = task.points([*task.visible, *task.hidden(rng)])
        return [("log_density", {"name": task.name, "points": points, "mistakes": task.mistakes, "rtol": task.rtol})]
    if isinstance(task, checks.Function):
        cases = [*task.visible, *task.hidden(rng)]
        return [("function", {"name": task.name, "cases": cases, "mistakes": task.mistakes, "rtol": task.rtol})]
    if isinstance(task, checks.Proportion):
        simulated = [(*case, N_SIM, seed) for seed, case in enumerate([*task.visible, *task.hidden(rng)])]
        mistakes = {text: lambda *case, rule=rule: rule(*case[:-2]) for text, rule in task.mistakes.items()}
        return [("proportion", {"name": task.name, "cases": simulated, "mistakes": mistakes})]
    if isinstance(task, checks.Value):
        return [("value", {"name": task.name, "mistakes": task.mistakes, "rtol": task.rtol})]
    kinds = {checks.Model: "model", checks.Draws: "draws"}
    return [(kinds[type(form)], {}) for form in getattr(task, "forms", {}).values() if type(form) in kinds]


def _calls_of(test: str, space: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What the test cell hands to the checks, none of which are run."""
    seen: list[tuple[str, dict[str, Any]]] = []
    real = {kind: getattr(check, kind) for kind in _CHECKS}

    def recorder(kind: str) -> Any:
        def record(*args: Any, **options: Any) -> None:
            bound = inspect.signature(real[kind]).bind(*args, **options)
            bound.apply_defaults()
            seen.append((kind, dict(bound.arguments)))

        return record

    try:
        for kind in real:
            setattr(check, kind, recorder(kind))
        with contextlib.suppress(Exception):
            run(test, dict(space))
    finally:
        for kind, function in real.items():
            setattr(check, kind, function)
    return seen


def fails(task: Task, answer: str, seconds: float = 60.0) -> str:
    """The sentence with which the present checks turn an answer down; empty if it passes."""
    space = dict(task.space)
    try:
        with hints._limits.limit(seconds):
            run(answer, space)
            if task.listed is None:
                run(task.test, space)
            else:
                names = getattr(task.listed, "forms", [task.name])
                task.listed.judge(np.random.default_rng(7), *(space[name] for name in names))
    except Exception as error:
        return " ".join(str(error).split()) or type(error).__name__
    return ""


def question_of(task: Task, seconds: float = 30.0) -> tuple[hints.Reference, hints.Question] | None:
    """What is known of a task before an answer comes; nothing for models and draws."""
    calls = [(kind, given) for kind, given in task.calls if kind in ("value", "function", "proportion", "log_density")]
    if not calls or task.kind in ("model", "draws"):
        return None
    name, rtol = str(calls[0][1]["name"]), max(float(given.get("rtol") or 1e-6) for _, given in calls)
    space = dict(task.space)
    run(task.source, space)
    arguments = tuple(inspect.signature(space[name]).parameters) if callable(space[name]) else ()
    cases = [case for _, given in calls for case in _cases(given)] if arguments else [()]
    if "n_sim" in arguments:
        at = arguments.index("n_sim")
        cases = [(*case[:at], N_SIM, *case[at + 1 :]) for case in cases]
    code = " ".join(re.findall(r"`[^`]+`|\$[^$]+\$", task.text))
    words = frozenset(re.findall(r"[^\W\d_]\w*", code))
    reference = hints.Reference(name, task.source, task.space, arguments, cases, words, rtol)
    mistakes = {text: as_function(answers) for text, answers in _mistakes(calls) if callable(answers) or not arguments}
    return reference, hints.prepare(reference, mistakes, np.random.default_rng(5), seconds=seconds)


def as_function(answers: Any) -> Any:
    return answers if callable(answers) else lambda: answers


def _cases(given: dict[str, Any]) -> list[tuple[Any, ...]]:
    if "points" in given:
        return [tuple(point.values()) for point in given["points"]]
    return [tuple(case) for case in given["cases"]]


def _mistakes(calls: list[tuple[str, dict[str, Any]]]) -> Iterator[tuple[str, Any]]:
    for _, given in calls:
        yield from (given.get("mistakes") or {}).items()


def outputs_of(function: Any, cases: list[tuple[Any, ...]], seconds: float = 20.0) -> list[Any]:
    """What a student's function gives in each case, as the grader would get it."""
    outputs: list[Any] = []
    for case in cases:
        try:
            with hints._limits.limit(seconds):
                outputs.append(function(*copy.deepcopy(case)))
        except Exception as error:
            outputs.append(hints.Raised(type(error).__name__, str(error)))
    return outputs
