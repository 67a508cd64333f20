"""Students' objects as plain data."""

import json
import subprocess
import sys

import numpy as np
import pymc as pm
import pytest
import xarray as xr

from hbcourse.check import answers


def test_nothing_heavy_is_imported_to_see_what_an_object_is():
    code = (
        "import sys; from hbcourse.check import answers\n"
        "print([kind(thing) for kind in (answers.is_draws, answers.is_model) for thing in (1, {}, sys, None)])\n"
        "answers.plain_draws({'mu': [[1.0, 2.0]]})\n"
        "print({'pymc', 'arviz', 'xarray', 'pytensor', 'pandas'} & set(sys.modules))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout.splitlines() == [str([False] * 8), "set()"]


class Hostile:
    def __getattr__(self, name):
        raise RuntimeError(name)


def test_draws_and_models_are_told_from_other_things():
    draws = xr.Dataset({"mu": (("chain", "draw"), np.ones((2, 3)))})
    assert answers.is_draws(draws)
    assert answers.is_draws(xr.DataTree.from_dict({"posterior": draws}))
    others = [xr.Dataset({"x": ("time", [1.0])}), xr.Dataset(), xr.DataTree(), {"mu": np.ones((2, 3))}, Hostile(), None]
    assert not any(answers.is_draws(other) for other in others)
    assert answers.is_model(pm.Model())
    assert not any(answers.is_model(other) for other in [pm.Model, *others])


def test_only_draws_and_divergences_are_taken():
    tree = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset({"mu": (("draw", "chain"), np.arange(6.0).reshape(3, 2))}),
            "sample_stats": xr.Dataset(
                {"diverging": (("chain", "draw"), np.eye(2, 3) > 0), "lp": ("draw", np.ones(3))}
            ),
            "observed_data": xr.Dataset({"y": ("unit", [1.0])}),
        }
    )
    plain = answers.plain_draws(tree)
    assert list(plain) == ["posterior", "sample_stats"]
    assert np.array_equal(plain["posterior"]["mu"], [[0, 2, 4], [1, 3, 5]])
    assert list(plain["sample_stats"]) == ["diverging"]
    assert plain["sample_stats"]["diverging"].dtype == bool
    assert answers.plain_draws(plain).keys() == plain.keys()


@pytest.mark.parametrize("other", [5, None, np.ones((2, 3)), "text", xr.Dataset({"x": ("time", [1.0])}).x])
def test_what_is_not_draws_gets_a_sentence(other):
    with pytest.raises(ValueError, match=r"draws must be what pm\.sample returns, or a dictionary of arrays"):
        answers.plain_draws(other)


@pytest.fixture
def model():
    with pm.Model(coords={"unit": ["A", "B", "C"]}) as model:
        data = pm.Data("data", np.array([1.0, 2.0, 4.0]), dims="unit")
        p = pm.Dirichlet("p", np.ones(3))
        bound = pm.HalfNormal("bound", 2)
        inside = pm.Uniform("inside", 0, bound)
        pm.Poisson("count", 3)
        theta = pm.Normal("theta", inside, 1, dims="unit")
        pm.Deterministic("total", theta.sum())
        pm.Normal("y", theta * p, 1, observed=data, dims="unit")
    return model


POINT = {"p": [0.2, 0.3, 0.5], "bound": 2.0, "inside": 1.5, "count": 2, "theta": [1.0, 0.0, 2.0]}


def by_hand(point, data):
    from scipy import stats

    p, theta = np.array(point["p"]), np.array(point["theta"])
    return (
        stats.dirichlet.logpdf(p, np.ones(3))
        + stats.halfnorm.logpdf(point["bound"], scale=2)
        + stats.uniform.logpdf(point["inside"], 0, point["bound"])
        + stats.poisson.logpmf(point["count"], 3)
        + stats.norm.logpdf(theta, point["inside"], 1).sum()
        + stats.norm.logpdf(data, theta * p, 1).sum()
    )


def test_a_log_density_is_natural_where_a_bound_is_another_variable(model):
    points = [POINT, {**POINT, "bound": 4.0, "count": 5}, {**POINT, "p": [0.6, 0.3, 0.1], "inside": 0.1}]
    found = answers.model_log_density(model, points)
    assert np.allclose(found, [by_hand(point, [1, 2, 4]) for point in points], atol=1e-6)
    outside = answers.model_log_density(model, [{**POINT, "inside": 3.0}])
    assert outside == -np.inf


def test_a_model_is_compiled_once_and_again_when_it_has_grown(model, monkeypatch):
    compiled = []
    build = answers._compile_log_density
    monkeypatch.setattr(answers, "_compile_log_density", lambda model: compiled.append(model) or build(model))
    before = answers.model_log_density(model, [POINT])
    answers.model_log_density(model, [POINT] * 3)
    assert len(compiled) == 1
    with model:
        pm.set_data({"data": [0.0, 0.0, 0.0]})
    moved = answers.model_log_density(model, [POINT])
    assert np.allclose(moved, by_hand(POINT, [0, 0, 0]), atol=1e-6)
    assert not np.allclose(before, moved)
    assert len(compiled) == 1
    with model:
        pm.Potential("more", -model["bound"])
    assert np.allclose(answers.model_log_density(model, [POINT]), moved - 2)
    assert len(compiled) == 2


@pytest.mark.parametrize(
    ("point", "sentence"),
    [
        ({**POINT, "theta": [1.0, 2.0]}, "theta must have shape (2,) in the model; it has shape (3,)"),
        ({**POINT, "bound": [1.0]}, "bound must have shape (1,) in the model; it has shape ()"),
        ({**POINT, "tau": 1.0}, "the model must have a free variable tau; it has p, bound, inside, count, theta"),
        (
            {name: value for name, value in POINT.items() if name != "count"},
            "the model must have no free variable besides p, bound, inside, theta; it has count",
        ),
        ({**POINT, "bound": "x"}, "bound must be numbers; got 'x'"),
        ({**POINT, "bound": np.nan}, "bound must be finite; got nan"),
    ],
)
def test_a_point_that_does_not_fit_gets_a_sentence(model, point, sentence):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        answers.model_log_density(model, [POINT, point])
    assert str(caught.value) == sentence


def test_a_structure_is_plain(model):
    said = answers.describe_model(model)
    assert json.loads(json.dumps(said)) == said
    assert said["free"]["theta"] == {"shape": [3], "family": "Normal"}
    assert said["free"]["p"] == {"shape": [3], "family": "Dirichlet"}
    assert said["free"]["bound"] == {"shape": [], "family": "HalfNormal"}
    assert said["observed"] == {"y": {"shape": [3], "family": "Normal"}}
    assert said["deterministic"] == ["total"]


def test_an_empty_model_has_nothing_to_tell():
    assert answers.describe_model(pm.Model()) == {"free": {}, "observed": {}, "deterministic": []}
    with pytest.raises(ValueError, match="must have a free variable mu; it has none"):
        answers.model_log_density(pm.Model(), [{"mu": 1.0}])
