"""Students' objects as plain data."""

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
    assert answers.is_draws(xr.DataTree.from_dict({"posterior": draws}))
    assert answers.is_draws(draws)
    assert answers.is_draws({"mu": draws.mu, "n": 3})
    assert answers.is_draws({"posterior": draws})
    others = [
        xr.Dataset({"x": ("time", [1.0])}),
        xr.Dataset(),
        xr.DataTree(),
        {"mu": np.ones((2, 3))},
        Hostile(),
        None,
    ]
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
    assert list(plain) == ["posterior", "sample_stats", "labels"]
    assert {name: values.tolist() for name, values in plain["labels"].items()} == {
        "chain": [0, 1],
        "draw": [0, 1, 2],
        "statistics": ["diverging", "lp"],
    }
    assert np.array_equal(plain["posterior"]["mu"], [[0, 2, 4], [1, 3, 5]])
    assert list(plain["sample_stats"]) == ["diverging"]
    assert plain["sample_stats"]["diverging"].dtype == bool
    assert answers.plain_draws(plain).keys() == plain.keys()


@pytest.mark.parametrize("other", [5, None, np.ones((2, 3)), "text", xr.Dataset({"x": ("time", [1.0])}).x])
def test_what_is_not_draws_gets_a_sentence(other):
    with pytest.raises(ValueError, match=r"draws must be what pm\.sample returns, or a dictionary of arrays"):
        answers.plain_draws(other)
