"""The inputs of each exercise's tests tell its mistakes from the right answer."""

import copy
from pathlib import Path

import numpy as np
import pytest

from hbcourse.check import CheckFailed, tasks

LISTS = sorted((Path(__file__).parents[2] / "exercises").glob("*/checks.py"))
MISTAKES = [
    pytest.param(task, hint, id=f"{file.parent.name}-{task.name}-{number}")
    for file in LISTS
    for task in tasks.read(file).values()
    if isinstance(task, tasks.Function)
    for number, hint in enumerate(task.mistakes)
]


@pytest.mark.parametrize(("task", "hint"), MISTAKES)
def test_a_foreseen_mistake_shows_at_the_visible_inputs(task, hint):
    told = task.data()
    assert any(
        one is None or np.shape(one) != np.shape(right) or not np.allclose(one, right, told["rtol"], told["atol"])
        for one, right in zip(told["mistakes"][hint], told["right"], strict=True)
    )


@pytest.mark.parametrize(("task", "hint"), MISTAKES)
def test_a_foreseen_mistake_fails_whatever_the_hidden_inputs(task, hint):
    def mistaken(*case):
        with np.errstate(all="ignore"):
            return task.mistakes[hint](*copy.deepcopy(case))

    for seed in range(10):
        with pytest.raises(CheckFailed):
            task.judge(np.random.default_rng(seed), mistaken)


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.parent.name)
def test_a_task_has_two_hints_for_those_who_ask(file):
    assert {name for name, task in tasks.read(file).items() if len(task.hints) != 2} == set()
