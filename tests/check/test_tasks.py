"""What a test cell of one line says, and what a task's checks ask of an answer."""

import numpy as np
import pymc as pm
import pytest

from hbcourse import check
from hbcourse.check import _data, _form, graded, publish
from hbcourse.check.densities import LogDensity
from hbcourse.check.tasks import Draws, Form, Function, Judged, Model, Proportion, Value

DOUBLE = Function(
    "double",
    right=lambda x: 2 * x,
    visible=[(1.0,), (np.array([3.0, 4.0]),)],
    hidden=lambda rng: [(rng.normal(5, 1),), (rng.normal(5, 1, 3),)],
    mistakes={"Twice, not squared.": lambda x: x**2, "Times, not plus.": lambda x: x + 2},
    hints=("Think of two.", "Multiply by two."),
)
HEADS = Proportion(
    "heads",
    right=lambda p: p,
    visible=[(0.3,)],
    hidden=lambda rng: [(rng.uniform(0.2, 0.8),)],
    mistakes={"Those are tails.": lambda p: 1 - p},
)
TOTAL = Value("total", right=12.345, form=Form(shape=(), low=0), mistakes={"That is the half.": 6.1725})


SLOPE = LogDensity(
    "slope",
    right=lambda x, a: -a * x,
    visible=[(0.0, 2.0), (1.0, 2.0), (3.0, 1.0)],
    hidden=lambda rng: list(zip(rng.uniform(0, 9, 4), rng.uniform(1, 2, 4), strict=True)),
    mistakes={
        "A density that falls has a falling log.": lambda x, a: a * x,
        "This mistake divides by zero.": lambda x, a: a / 0,
    },
)


def load(*tasks, told=()):
    tests = {f"test_{task.name}": (f'check.task("{task.name}", {task.name})', 2) for task in tasks}
    source = publish.published({task.name: task for task in tasks}, tests, told)
    exec(source, {})  # noqa: S102
    return source


def heads(p, n_sim, seed):
    return np.mean(np.random.default_rng(seed).random(n_sim) < p)


def test_a_passed_test_says_its_points_and_their_sum(capsys):
    load(DOUBLE, HEADS, TOTAL)
    check.task("double", lambda x: x + x)
    check.task("total", 3.0)
    check.task("heads", heads)
    check.task("double", lambda x: x + x)
    assert capsys.readouterr().out.splitlines() == [
        "✓ double: 2 points (2 of 4 so far)",
        "✓ total: it looks as it should; whether it is right is checked after you hand it in (2 points)",
        "✓ heads: 2 points (4 of 4 so far)",
        "✓ double: 2 points (4 of 4 so far)",
    ]
    with pytest.raises(check.CheckFailed):
        check.task("double", lambda x: x)
    check.task("heads", heads)
    assert "(2 of 4 so far)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x: x**2, "double(1.0) gives 1, should be 2. Hint: Twice, not squared."),
        (
            lambda x: 2 * x + 1e-4,
            "double(1.0) gives 2.0001, should be 2. Hint: It is close (off by 5e-05 of the value at most) but not "
            "exact: an approximation, too few terms, a rounded number or a simulation.",
        ),
        (lambda x: 2 * np.ravel(x)[0], "double([3., 4.]) must be 2 numbers; it is one number."),
        (lambda x: 2 * x + (np.arange(2) if np.ndim(x) else 0), "double([3., 4.]) gives 9 at index 1, should be 8."),
        (None, "double has no value yet."),
        (3.0, "double must be a function; it is 3.0."),
        (lambda x: 1 / 0, "double(1.0) raised ZeroDivisionError: division by zero"),
    ],
)
def test_a_failed_test_says_what_it_is_and_what_it_should_be(answer, message):
    load(DOUBLE)
    with pytest.raises(check.CheckFailed) as failure:
        check.task("double", answer)
    assert str(failure.value) == message


def test_a_mistake_speaks_only_if_it_fits_everywhere():
    load(DOUBLE)
    with pytest.raises(check.CheckFailed) as failure:
        check.task("double", lambda x: x**2 if np.ndim(x) == 0 else x)
    assert failure.value.hint == ""


def test_a_log_density_is_right_up_to_a_constant(capsys):
    load(SLOPE)
    check.task("slope", lambda x, a: 12.5 - a * x)
    assert capsys.readouterr().out == "✓ slope: 2 points (2 of 2 so far)\n"
    SLOPE.judge(np.random.default_rng(1), lambda x, a: 12.5 - a * x)
    with pytest.raises(check.CheckFailed, match=r"^slope changes by 2 from .*, should change by -2\. Hint: A density"):
        check.task("slope", lambda x, a: a * x + 1)
    with pytest.raises(check.CheckFailed, match=r", which is not right\. Hint: A density that falls"):
        SLOPE.judge(np.random.default_rng(1), lambda x, a: a * x + 1)
    with pytest.raises(check.CheckFailed, match=r"slope\(0\.0, 2\.0\) must be one number"):
        check.task("slope", lambda x, a: [x, a])


def test_zeros_and_ones_prove_no_mistake():
    above = Function(
        "above",
        right=lambda x: float(x > 3),
        visible=[(1.0,), (4.0,)],
        hidden=lambda rng: [(x,) for x in (*rng.uniform(0, 2, 3), *rng.uniform(4, 6, 3))],
        mistakes={"It is the other way round.": lambda x: float(x <= 3)},
    )
    with pytest.raises(check.CheckFailed) as failure:
        above.judge(np.random.default_rng(1), lambda x: float(x <= 3))
    assert failure.value.hint == ""


def test_hints_grow_stronger(capsys):
    load(DOUBLE, TOTAL)
    for _ in range(3):
        check.hint("double")
    check.hint("total")
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("Think of two. (")
    assert others == ["Multiply by two."] * 2 + ["There is no hint for total: read once more what the task says."]


def test_without_the_first_cell_it_says_what_to_run():
    check.load("{}")
    with pytest.raises(check.CheckFailed, match="run the first cell"):
        check.task("double", lambda x: 2 * x)
    load(DOUBLE)
    with pytest.raises(check.CheckFailed, match="There is no task 'triple'; there are: double"):
        check.task("triple", 3)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda p, n_sim, seed: p + 1e-5, "no Monte Carlo noise"),
        (lambda p, n_sim, seed: heads(p, 1009, seed), "no whole number of"),
        (lambda p, n_sim, seed: heads(p, n_sim, None), "the first time and"),
        (lambda p, n_sim, seed: heads(p, n_sim, 1), "the same for other seeds"),
        (lambda p, n_sim, seed: 1 - heads(p, n_sim, seed), "Hint: Those are tails."),
        (lambda p, n_sim, seed: heads(p, n_sim, seed) * n_sim, "a proportion lies between 0 and 1"),
        (lambda p, n_sim, seed: np.full(2, p), "must be one number"),
    ],
)
def test_a_simulation_must_simulate_as_often_as_it_is_told_with_the_seed_that_it_is_given(answer, message):
    with pytest.raises(check.CheckFailed, match=message):
        HEADS.judge(np.random.default_rng(2), answer)


def test_a_simulation_that_fails_when_it_is_called_again_is_told_its_own_error():
    calls = []

    def heads(p, n_sim, seed):
        calls.append(seed)
        if len(calls) > 2:
            raise OSError("used up")
        return np.random.default_rng(seed).binomial(n_sim, p) / n_sim

    with pytest.raises(check.CheckFailed, match="raised OSError: used up"):
        HEADS.judge(np.random.default_rng(3), heads)


def test_a_right_simulation_passes_whatever_it_is_asked():
    for seed in range(300):
        HEADS.judge(np.random.default_rng(seed), heads)


def test_an_unlucky_first_time_is_asked_again():
    calls = []

    def unlucky(p, n_sim, seed):
        calls.append(n_sim)
        return 0.0 if len(calls) == 1 else heads(p, n_sim, seed)

    HEADS.judge(np.random.default_rng(3), unlucky)
    assert max(calls) > 4 * HEADS.n_sim


@pytest.mark.parametrize(
    ("got", "message"),
    [
        ([1.0, 2.0], "must be one number; it is an array of shape"),
        (-1.0, "must lie between 0 and inf; it has the value -1"),
        (np.nan, "must be finite"),
        ("x", "must be a number"),
        (..., "has no value yet"),
    ],
)
def test_of_a_value_only_the_form_is_tested(got, message):
    source = load(TOTAL)
    assert "12.3" not in source
    assert "6.17" not in source
    with pytest.raises(check.CheckFailed, match=message):
        check.task("total", got)
    with pytest.raises(check.CheckFailed, match=r"Hint: That is the half\."):
        TOTAL.judge(np.random.default_rng(1), 6.1725)


def test_whole_numbers():
    form = Form(whole=True)
    form.judge("n", [1, 2])
    with pytest.raises(check.CheckFailed, match=r"n must be whole; it has the value 1\.5"):
        form.judge("n", [1.5, 2])


def test_draws_are_looked_at_for_how_they_mix():
    look = Draws({"mu": (), "theta": (2,)})
    rng = np.random.default_rng(1)
    look.judge("trace", {"mu": rng.normal(size=(4, 800)), "theta": rng.normal(size=(4, 800, 2))})
    for bad in (
        {"mu": rng.normal(size=(4, 800))},
        {"mu": rng.normal(size=(4, 800)), "theta": rng.normal(size=(4, 800, 3))},
        {"mu": rng.normal(size=(4, 20)), "theta": rng.normal(size=(4, 20, 2))},
        {"mu": np.arange(4)[:, None] + rng.normal(size=(4, 800)), "theta": rng.normal(size=(4, 800, 2))},
        3.0,
    ):
        with pytest.raises(check.CheckFailed):
            look.judge("trace", bad)


def test_draws_that_never_change_or_are_not_finite_are_told_so():
    rng = np.random.default_rng(1)
    for bad, message in (
        (np.zeros((4, 800)), "mu never changes in trace"),
        (np.where(np.arange(800) == 7, np.nan, rng.normal(size=(4, 800))), "mu in trace is nan in chain 0, draw 7"),
        (np.full((4, 800), np.inf), "mu in trace is inf in chain 0, draw 0"),
    ):
        with pytest.raises(check.CheckFailed, match=message):
            Draws({"mu": ()}).judge("trace", {"mu": bad})


def test_a_model_is_one():
    with pytest.raises(check.CheckFailed, match=r"model must be a pm\.Model; it is a dict"):
        Model({"mu": ()}, ["y"]).judge("model", {})


def test_a_model_keeps_what_follows_from_its_variables_by_name():
    look = _form.look(Model({"z": ()}, ["y"], ["theta"]).data())
    with pm.Model() as model:
        z = pm.Normal("z")
        pm.Normal("y", z, observed=1.0)
    with pytest.raises(check.CheckFailed, match=r"model must have a pm\.Deterministic called theta; it has none"):
        look.judge("model", model)
    with model:
        pm.Deterministic("theta", 2 * z)
    look.judge("model", model)


def test_answers_of_which_many_are_right_are_judged_by_a_rule():
    def rule(rng, a, b):
        if a <= b:
            raise check.CheckFailed("a must be above b.")

    task = Judged("a", forms={"a": Form(shape=()), "b": Form(shape=())}, rule=rule)
    task.judge(np.random.default_rng(1), 2, 1)
    with pytest.raises(check.CheckFailed, match="a must be above b"):
        task.judge(np.random.default_rng(1), 1, 2)
    with pytest.raises(check.CheckFailed, match="b must be one number"):
        task.judge(np.random.default_rng(1), 1, [2, 3])


def test_arguments_come_back_as_they_were():
    case = [np.array([1, 2]), np.array([[0.5]]), 3, 2.0, "text", np.float64(0.1), np.array([True])]
    back = _data.loaded(_data.dumped(case))
    assert [type(one) for one in back] == [np.ndarray, np.ndarray, int, float, str, float, np.ndarray]
    assert [one.dtype.kind for one in back if isinstance(one, np.ndarray)] == ["i", "f", "b"]
    with pytest.raises(TypeError, match="got a set"):
        _data.dumped({1})


def test_the_hidden_part_runs_only_where_there_are_checks(monkeypatch, tmp_path):
    monkeypatch.delenv(graded.CHECKS, raising=False)
    with pytest.raises(RuntimeError, match="only where a notebook is graded"):
        check.hidden("double", 1)
    file = tmp_path / "checks.py"
    file.write_text(
        "from hbcourse.check.tasks import Function\n"
        "TASKS = [Function('double', right=lambda x: 2 * x, visible=[(1.0,)],"
        " hidden=lambda rng: [(rng.normal(),)], mistakes={'Not squared.': lambda x: x**2})]\n"
    )
    monkeypatch.setenv(graded.CHECKS, str(file))
    asked = []

    def answer(x):
        asked.append(x)
        return 2 * x

    for seed in ("one", "one", "two"):
        monkeypatch.setenv(graded.SEED, seed)
        check.hidden("double", answer)
    assert asked[0] == asked[1] != asked[2]
    with pytest.raises(check.CheckFailed, match=r"which is not right\. Hint: Not squared\."):
        check.hidden("double", lambda x: x**2)


@pytest.mark.parametrize(
    ("tests", "told", "message"),
    [
        ({"test_total": ("assert total == 12.345", 2)}, [], "is not one line"),
        ({"test_total": ('check.task("total", 2 * total)', 2)}, [], "is not one line"),
        ({"test_total": ('check.task("all", total)', 2)}, [], "which checks.py does not list"),
        ({}, [], "no cell tests the task total"),
        ({"test_total": ('check.task("total", total)', 2)}, ["It is about 12.35."], "the number 12.35 stands in"),
    ],
)
def test_a_notebook_that_gives_an_answer_away_is_not_published(tests, told, message):
    with pytest.raises(ValueError, match=message):
        publish.published({"total": TOTAL}, tests, told)
