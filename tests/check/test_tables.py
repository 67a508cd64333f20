"""From an exercise's checks and cells to tables, and from a wrong answer that nobody foresaw to its hint."""

import time

import numpy as np
import pytest

from hbcourse import check
from hbcourse.check import _explain, graded, tables

CHECKS = """
import numpy as np
from hbcourse.check.tasks import Form, Function, Proportion, Value

def scaled(y, sigma):
    return np.sum(y / sigma**2) / len(y)

def cases(rng):
    return [(rng.normal(1, 2, J), rng.uniform(1.2, 3)) for J in (2, 5, 7)]

TASKS = [
    Value("third", right=np.array([0.3, 1.1, 0.33]) / 3, form=Form(shape=(3,))),
    Function("scaled", right=scaled, visible=[(np.array([1.5, 4.0]), 2.0)], hidden=cases, mistakes={
        "Divide by the number of values.": lambda y, sigma: np.sum(y / sigma**2)}),
    Proportion("both", right=lambda p: p**2, visible=[(0.6,)], hidden=lambda rng: [(rng.uniform(0.3, 0.8),)] * 2),
]
"""
CELLS = [
    {"task": "", "text": "", "source": "import numpy as np\nmissing_answer.mean()"},
    {"task": "", "text": "", "source": "data = np.array([0.3, 1.1, 0.33])"},
    {"task": "third", "text": "A third of `data`.", "source": "third = data / 3"},
    {"task": "slow", "text": "", "source": "raise SystemExit"},
    {"task": "scaled", "text": "", "source": "def scaled(y, sigma):\n    return np.sum(y / sigma**2) / len(y)"},
    {
        "task": "both",
        "text": "",
        "source": "def both(p, n_sim, seed):\n    rng = np.random.default_rng(seed)\n"
        "    hits = rng.random((n_sim, 2)) < p\n    return np.mean(hits.all(axis=1))",
    },
]


def forgetful(y, sigma):
    return np.sum(y / sigma) / len(y)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    (folder / "checks.py").write_text(CHECKS)
    (folder / "tables.zip").write_bytes(tables.make(folder / "checks.py", CELLS, seconds=1.0))
    return folder


@pytest.fixture
def grader(made, monkeypatch):
    for variable, told in ((graded.CHECKS, made / "checks.py"), (graded.HINTS, made / "tables.zip")):
        monkeypatch.setenv(variable, str(told))
    monkeypatch.setenv(graded.SEED, "one")


def hint_for(*answer):
    with pytest.raises(check.CheckFailed) as failure:
        check.hidden(*answer)
    return failure.value.hint


def test_each_task_that_can_be_helped_has_a_table(made):
    question = tables.kept(made / "tables.zip", "scaled")
    assert question.arguments == ["y", "sigma"]
    assert len(question.rows) > 50
    assert len(question.right) == len(question.cases) > 4
    assert tables.kept(made / "tables.zip", "slow") is None
    assert tables.kept(made / "missing.zip", "scaled") is None


def test_a_mistake_that_nobody_foresaw_is_named(grader):
    assert "`sigma` is used as it is" in hint_for("scaled", forgetful)
    assert "root" in hint_for("third", np.sqrt(np.array([0.3, 1.1, 0.33]) / 3))
    assert "`any`" in hint_for("both", any_of_two)


def any_of_two(p, n_sim, seed):
    return np.mean((np.random.default_rng(seed).random((n_sim, 2)) < p).any(axis=1))


def test_a_foreseen_mistake_comes_first(grader):
    assert hint_for("scaled", lambda y, sigma: np.sum(y / sigma**2)) == "Divide by the number of values."


def test_what_fits_no_table_is_met_with_silence(grader):
    assert hint_for("scaled", lambda y, sigma: np.sum(np.sin(y)) * sigma**1.37) == ""


def test_an_answer_that_is_random_is_told_so(grader):
    assert "differs each time" in hint_for("scaled", lambda y, sigma: np.random.default_rng().normal())


def test_a_slow_function_is_asked_for_two_seconds_at_most(grader, monkeypatch):
    monkeypatch.setattr(_explain, "_SECONDS", 0.2)
    calls = []

    def slow(y, sigma):
        calls.append(1)
        end = time.process_time() + 0.06
        while time.process_time() < end:
            pass
        return forgetful(y, sigma)

    assert hint_for("scaled", slow) == ""
    # Those that it is judged by, then as many as fit.
    assert len(calls) <= 3 + 0.2 / 0.06


def test_a_course_without_tables_gives_foreseen_hints_alone(grader, monkeypatch, tmp_path):
    monkeypatch.setenv(graded.HINTS, str(tmp_path / "none.zip"))
    assert hint_for("scaled", forgetful) == ""
    assert hint_for("scaled", lambda y, sigma: np.sum(y / sigma**2)) == "Divide by the number of values."


def test_a_visible_test_says_what_anybody_can_see(monkeypatch):
    monkeypatch.delenv(graded.CHECKS, raising=False)
    check.load(
        '{"spread": {"points": 1, "kind": "function", "cases": [[{"array": [1.0, 4.5]}], [{"array": [2.0, 2.3, 9.1]}]],'
        ' "right": [1.75, 3.2782], "mistakes": {}, "rtol": 1e-3, "atol": 1e-9, "hints": []}}'
    )
    for answer, words in (
        (np.var, ""),
        (lambda x: np.var(x), "a root is missing"),
        (lambda x: 2.5, "does not use `x`"),
    ):
        with pytest.raises(check.CheckFailed) as failure:
            check.task("spread", answer)
        assert words in failure.value.hint


def test_arrays_of_the_notebook_are_named(monkeypatch):
    monkeypatch.delenv(graded.CHECKS, raising=False)
    check.load(
        '{"total": {"points": 1, "kind": "function", "cases": [[{"array": [1.0, 4.5]}], [{"array": [2.0, 9.1]}]],'
        ' "right": [5.5, 11.1], "mistakes": {}, "rtol": 1e-6, "atol": 1e-9, "hints": []}}'
    )
    space = {"rates": np.array([0.5, 0.25])}
    exec("def total(y):\n    return y[0] * y[1] + rates.sum()", space)  # noqa: S102
    with pytest.raises(check.CheckFailed, match="reads `rates` of the notebook"):
        check.task("total", space["total"])
