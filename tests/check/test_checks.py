"""The checks of each exercise that has them: solutions pass, mistakes get their own hint, and nothing can be copied."""

import ast
import functools
import re
from pathlib import Path

import numpy as np
import pytest

from hbcourse import check
from hbcourse.check import _cases, _data, publish, tasks
from hbcourse.check.tasks import Function, Judged, Proportion, Value
from hbcourse.grading import notes
from hbcourse.grading.course import release

EXERCISES = Path(__file__).resolve().parents[2] / "exercises"
NAMES = [file.parent.name for file in sorted(EXERCISES.glob("*/checks.py"))]
TASKS = {name: tasks.read(EXERCISES / name / "checks.py") for name in NAMES}
ALL = [(name, task) for name in NAMES for task in TASKS[name].values()]
IDS = [f"{name}-{task.name}" for name, task in ALL]
FUNCTIONS = [(name, task, hint) for name, task in ALL if isinstance(task, Function) for hint in task.mistakes]
SHARES = [(name, task, hint) for name, task in ALL if isinstance(task, Proportion) for hint in task.mistakes]
#: What takes long to answer.
SLOW = ("pm.sample", "pm.Model")


@functools.cache
def cells(name):
    return release.read_source(EXERCISES / name).cells


@functools.cache
def published(name):
    tests = {
        notes.of(cell).name: (cell.source, notes.of(cell).points) for cell in cells(name) if notes.of(cell).is_test
    }
    others = [without_solution(cell.source) for cell in cells(name) if not notes.of(cell).is_test]
    return publish.published(TASKS[name], tests, others), others


def without_solution(source):
    return re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", "", source, flags=re.DOTALL)


def told(name):
    """The data that students get."""
    source, _ = published(name)
    return _data.loaded(re.search(r"check\.load\(r'''(.*)'''\)", source, re.DOTALL)[1])


def visible(name, task, *answers):
    exec(published(name)[0], {})  # noqa: S102
    check.task(task.name, *answers)


@functools.cache
def solved(name):
    """The names that the model solutions define, but for those that sample."""
    names = {}
    for cell in cells(name):
        about = notes.of(cell)
        if cell.cell_type == "code" and not about.grade and not any(word in cell.source for word in SLOW):
            exec(cell.source, names)  # noqa: S102
    return names


def answers(name, task):
    asked = task.forms if isinstance(task, Judged) else [task.name]
    found = [solved(name).get(one) for one in asked]
    if any(answer is None for answer in found):
        pytest.skip("its solution samples: test_attempts grades it")
    return found


def is_same(task, some, others):
    pairs = zip(some, others, strict=True)
    return all(
        one is not None and np.shape(one) == np.shape(other) and np.allclose(one, other, task.rtol, task.atol)
        for one, other in pairs
    )


@pytest.mark.parametrize(("name", "task"), ALL, ids=IDS)
def test_the_solution_passes_whatever_it_is_asked(name, task, capsys):
    found = answers(name, task)
    visible(name, task, *found)
    assert f"✓ {task.name}: " in capsys.readouterr().out
    for seed in range(5):
        task.judge(np.random.default_rng(seed), *found)


@pytest.mark.parametrize(("name", "task", "hint"), FUNCTIONS, ids=lambda part: getattr(part, "name", str(part)[:30]))
def test_a_mistake_fails_and_gets_its_own_hint(name, task, hint):
    with np.errstate(all="ignore"):
        given = _cases.outputs(name, task.mistakes[hint], task.hidden(np.random.default_rng(1)))
    with pytest.raises(check.CheckFailed) as failure, np.errstate(all="ignore"):
        task.judge(np.random.default_rng(1), task.mistakes[hint])
    # Zeros and ones may come of many mistakes.
    assert failure.value.hint == (hint if _cases.information(given) >= 2 else "")
    values = told(name)[task.name]
    if is_same(task, values["mistakes"][hint], values["right"]):
        # The visible inputs do not show it.
        return
    with pytest.raises(check.CheckFailed) as failure, np.errstate(all="ignore"):
        visible(name, task, task.mistakes[hint])
    if _cases.information([np.asarray(one, dtype=float) for one in values["mistakes"][hint] if one is not None]) >= 2:
        assert failure.value.hint in (hint, "")


@pytest.mark.parametrize(("name", "task", "hint"), SHARES, ids=lambda part: getattr(part, "name", str(part)[:30]))
def test_a_wrong_simulation_fails_and_gets_its_own_hint(name, task, hint):
    def simulation(*case):
        *arguments, n_sim, seed = case
        return np.random.default_rng(seed).binomial(n_sim, task.mistakes[hint](*arguments)) / n_sim

    with pytest.raises(check.CheckFailed) as failure:
        task.judge(np.random.default_rng(1), simulation)
    assert failure.value.hint == hint


@pytest.mark.parametrize("name", NAMES)
def test_no_two_mistakes_are_the_same(name):
    for task in TASKS[name].values():
        if isinstance(task, Function):
            mistaken = task.mistaken(task.hidden(np.random.default_rng(2))).values()
            assert len({str(values) for values in mistaken}) == len(task.mistakes), task.name


@pytest.mark.parametrize("name", NAMES)
def test_each_task_has_a_hint_and_a_stronger_one(name):
    for task in TASKS[name].values():
        assert len(set(task.hints)) == 2, task.name


@pytest.mark.parametrize("name", NAMES)
def test_what_students_get_is_data_and_one_line_a_test(name):
    source, _ = published(name)
    *imports, load = ast.parse(source).body
    assert all(isinstance(node, ast.ImportFrom) for node in imports)
    assert isinstance(load.value.args[0], ast.Constant)
    assert set(told(name)) == set(TASKS[name])
    for task in TASKS[name].values():
        if isinstance(task, Value | Judged):
            assert set(told(name)[task.name]) == {"points", "hints", "kind", "forms"}


def constants(name):
    """Every number, array and text of the notebook that students get, as answers."""
    source, others = published(name)
    texts = "\n".join([source, *others])
    found = [float(number) for number in set(re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e[-+]?\d+)?", texts))]
    for about in told(name).values():
        if "right" in about:
            found += [about["right"], *about["right"], *about["mistakes"].values()]
            found += [value for values in about["mistakes"].values() for value in values]
            found += [argument for case in about["cases"] for argument in case]
    return found


def looked_up(about):
    """The function that returns the visible values at the visible inputs, and the first of them elsewhere."""
    known = {repr(tuple(case)): right for case, right in zip(about["cases"], about["right"], strict=True)}
    return lambda *case: known.get(repr(case), about["right"][0])


@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.durability)])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_can_be_copied_out_of_the_notebook_gets_a_point(name, every):
    values = constants(name)[::every]
    for task in TASKS[name].values():
        number = len(task.forms) if isinstance(task, Judged) else 1
        copied = [(value,) * number for value in values]
        if isinstance(task, Function | Proportion):
            about = told(name)[task.name]
            copied = [((lambda *case, value=value: value),) for value in values] + [(looked_up(about),)]
        for one in copied:
            with pytest.raises((check.CheckFailed, RuntimeError)):
                task.judge(np.random.default_rng(3), *one)


@pytest.mark.parametrize("name", NAMES)
def test_no_code_in_the_notebook_answers_a_task(name):
    # Whatever runs of the cells that students get defines no answer that passes.
    names = {}
    for source in published(name)[1]:
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        if not any(word in source for word in SLOW):
            try:
                exec(compile(tree, "<cell>", "exec"), names)  # noqa: S102
            except Exception:  # noqa: S112
                continue
    for task in TASKS[name].values():
        asked = task.forms if isinstance(task, Judged) else [task.name]
        with pytest.raises(check.CheckFailed):
            task.judge(np.random.default_rng(4), *(names.get(one) for one in asked))
