"""Mutates the model solutions, judges them with the exercises' checks, and says which of them pass.

``python -m tests.check.mutants [EXERCISE ...] [--most N]`` prints, for each exercise, the share of mutants that lose
their points and the share of these that get a sentence; then every mutant that passes.
"""

import argparse
import difflib
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from hbcourse.check import hints

from . import exercise_tasks as exercises
from .mutation import mutants

#: No kind may be more than this share of an exercise's mutants.
_SHARE = 0.2


@dataclass(frozen=True)
class Verdict:
    task: str
    kind: str
    change: str
    lost: bool
    sentence: str
    alike: bool


def chosen(tasks: list[exercises.Task], most: int) -> list[tuple[exercises.Task, str, str]]:
    """Some mutants of each task, of as many kinds as there are."""
    rng = np.random.default_rng(1)
    pool = [(task, kind, source) for task in tasks for kind, source in mutants(task.source)]
    kinds, per_task, taken = Counter[str](), Counter[str](), []
    for i in rng.permutation(len(pool)):
        task, kind, source = pool[i]
        enough = len(taken) == most or per_task[task.name] >= 2 * most / len(tasks)
        if not enough and kinds[kind] < _SHARE * most:
            taken.append((task, kind, source))
            kinds[kind] += 1
            per_task[task.name] += 1
    return taken


def judged(exercise: str, most: int, seconds: float) -> list[Verdict]:
    """What becomes of the mutants of one exercise; draws are left out, because each would be sampled."""
    tasks = [task for task in exercises.tasks_of(exercise) if task.kind not in ("draws", "")]
    groups = defaultdict(list)
    for task, kind, source in chosen(tasks, most):
        groups[task.name].append((task, kind, source))
    verdicts = []
    for group in groups.values():
        known = exercises.question_of(group[0][0], seconds)
        for task, kind, source in group:
            problem = exercises.fails(task, source, seconds=20)
            asked = known and (seconds > 0 or not problem)
            sentence, alike = said(known[1], task, source) if known and asked else ("", False)
            # What a task foresees, and how a simulation behaves, comes before that.
            sentence = problem.partition("Hint: ")[2] or sentence
            verdicts.append(Verdict(task.name, kind, change(task.source, source), bool(problem), sentence, alike))
    return verdicts


def said(question: hints.Question, task: exercises.Task, source: str) -> tuple[str, bool]:
    """The sentence for a mutant, and whether it gives the right values in all cases."""
    space = dict(task.space)
    try:
        with hints._limits.limit(20):
            exercises.run(source, space)
    except Exception as error:
        return f"it raises {type(error).__name__}", False
    answer = space.get(question.name)
    if question.arguments and not callable(answer):
        return f"{question.name} must be a function", False
    outputs = exercises.outputs_of(answer, question.cases) if question.arguments else [answer]
    sentence = hints.hint(question, outputs)
    alike = not sentence and all(
        repr(hints._values.sketch(hints._values.as_value(o, r))) == repr(hints._values.sketch(r))
        for o, r in zip(outputs, question.right, strict=True)
    )
    return sentence, alike


def change(old: str, new: str) -> str:
    """The lines that differ."""
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    return " -> ".join(line[2:].strip() for line in lines if line[:2] in ("- ", "+ "))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("exercises", nargs="*", default=exercises.NAMES)
    parser.add_argument("--most", type=int, default=150, help="mutants of an exercise")
    parser.add_argument(
        "--seconds", type=float, default=10, help="of processor time for the table of a task; 0 for no sentences"
    )
    given = parser.parse_args()
    kinds, everything = Counter[str](), []
    for exercise in given.exercises:
        started = time.process_time()
        verdicts = judged(exercise, given.most, given.seconds)
        lost = [v for v in verdicts if v.lost]
        named = [v for v in lost if v.sentence]
        sentences = f", {len(named) / max(1, len(lost)):.1%} of these get a sentence" if given.seconds else ""
        shares = f"{len(lost) / len(verdicts):.1%} lose points{sentences}"
        took = time.process_time() - started
        print(f"{exercise}: {len(verdicts)} mutants, {shares} ({took:.0f} s)")
        sys.stdout.flush()
        for v in verdicts:
            if not v.lost:
                print(f"  passes{' (right in all cases)' if v.alike else ''}: {v.task}: {v.kind}: {v.change}")
        kinds.update(v.kind for v in verdicts)
        everything += verdicts
    total, lost = len(everything), sum(v.lost for v in everything)
    alike = sum(v.alike and not v.lost for v in everything)
    print(
        f"all: {total} mutants, {lost / total:.1%} lose points; {total - lost} pass, {alike} of them right in all cases"
    )
    print("kinds: " + ", ".join(f"{kind} {n}" for kind, n in kinds.most_common()))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
