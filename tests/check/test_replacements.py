"""What a student replaces in PyMC, PyTensor, NumPy or here, where the model lives, makes no wrong model right."""

import json

import numpy as np
import pymc as pm
import pymc.distributions.continuous as continuous
import pymc.logprob.basic as logprob
import pytensor
import pytensor.compile
import pytensor.graph.op
import pytensor.graph.replace
import pytensor.tensor as pt
import pytest
import scipy.stats
from pytensor.tensor.elemwise import Elemwise
from pytensor.tensor.variable import TensorVariable

from hbcourse import check
from hbcourse.check import _families, _graph, _log_density, _operations, answers, graphs
from hbcourse.grading.running import kernel_client
from hbcourse.grading.running.decoding import decode
from hbcourse.grading.running.encoding import encode

Y = np.array([1.0, -2.0, 3.5])
RNG = np.random.default_rng(3)
POINTS = [{"tau": RNG.gamma(2, 2), "theta": RNG.normal(0, 3, 3)} for _ in range(6)] + [{"tau": -1.0, "theta": Y}]


def right(tau, theta):
    if tau <= 0:
        return -np.inf
    prior = scipy.stats.halfcauchy.logpdf(tau, scale=5) + scipy.stats.norm.logpdf(theta, 0, tau).sum()
    return prior + scipy.stats.norm.logpdf(Y, theta, 1).sum()


def build(family=pm.HalfCauchy, sd=1.0):
    with pm.Model() as model:
        theta = pm.Normal("theta", 0, family("tau", 5), shape=3)
        pm.Normal("y", theta, sd, observed=Y)
    return model


def the_right(*asked, **more):
    """What would pass, by whatever road it was asked for: the right density at each point, as graph and as function."""
    return pt.as_tensor(0.0) if asked and isinstance(asked[0], TensorVariable) else lambda *at, **by: right(2.0, Y)


#: Where, and what is put there.
REPLACED = {
    "Model.compile_logp": (pm.Model, "compile_logp", the_right),
    "Model.logp": (pm.Model, "logp", the_right),
    "Model.compile_fn": (pm.Model, "compile_fn", the_right),
    "Model.point_logps": (pm.Model, "point_logps", the_right),
    "pm.logp": (pm, "logp", the_right),
    "logprob.logp": (logprob, "logp", the_right),
    "conditional_logp": (logprob, "conditional_logp", lambda *asked, **more: {"tau": pt.as_tensor(0.0)}),
    "transformed_conditional_logp": (logprob, "transformed_conditional_logp", lambda *asked, **more: []),
    "HalfNormal.logp": (continuous.HalfNormal, "logp", the_right),
    "Normal.logp": (continuous.Normal, "logp", the_right),
    "pytensor.function": (pytensor, "function", the_right),
    "Function.__call__": (pytensor.compile.Function, "__call__", lambda *asked, **more: right(2.0, Y)),
    "Elemwise.perform": (Elemwise, "perform", lambda self, node, inputs, out: out[0].__setitem__(0, np.array(0.0))),
    "Op.perform": (pytensor.graph.op.Op, "perform", the_right),
    "TensorVariable.eval": (TensorVariable, "eval", lambda *asked, **more: np.array(0.0)),
    "clone_replace": (pytensor.graph.replace, "clone_replace", lambda outputs, *asked, **more: outputs),
    "norm.logpdf": (scipy.stats.norm, "logpdf", lambda *asked, **more: 0.0),
    "halfnorm.logpdf": (scipy.stats.halfnorm, "logpdf", scipy.stats.halfcauchy.logpdf),
    "np.allclose": (np, "allclose", lambda *asked, **more: True),
    "np.ptp": (np, "ptp", lambda *asked, **more: 0.0),
    "FAMILIES": (_families, "FAMILIES", {}),
    "log_density of a family": (_families, "log_density", lambda family, value, parameters: np.array(0.0)),
    "Evaluation.log_density": (_graph.Evaluation, "log_density", lambda self: 0.0),
    "compute": (_operations, "compute", lambda node, inputs: np.array(0.0)),
    "challenge": (_log_density, "challenge", lambda *asked: ("", "")),
    "is_model": (answers, "is_model", lambda obj: True),
    "check.model": (check, "model", lambda *asked, **more: None),
}
WRONG = {"family": lambda: build(pm.HalfNormal), "data's sd": lambda: build(sd=2.0), "no data": lambda: build(sd=1e6)}


def handed_in(model):
    """What crosses, and is all that the judge has of it."""
    blobs = []
    text = json.dumps(encode(graphs.describe_model(model), blobs))
    return text, blobs


def judge(crossed):
    check.model("model", kernel_client.Model(decode(json.loads(crossed[0]), crossed[1])), right, POINTS, observed=["y"])


def test_there_are_a_dozen_and_the_right_model_passes():
    assert len(REPLACED) >= 12
    judge(handed_in(build()))


@pytest.mark.parametrize("name", REPLACED)
def test_a_replacement_makes_no_wrong_model_right(name):
    models = [wrong() for wrong in WRONG.values()]
    where, what, instead = REPLACED[name]
    assert hasattr(where, what)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, what, instead)
        # Those built afterwards are what the student's process makes of them.
        crossed = [handed_in(model) for model in models] + [handed_in(wrong()) for wrong in WRONG.values()]
    for one in crossed:
        with pytest.raises(check.CheckFailed, match=r"^The log density of model changes by"):
            judge(one)


def test_a_model_made_of_unknown_parts_by_a_replaced_logp_has_no_points_to_know():
    # Of a family that is not known here, PyMC's own graph crosses: replaced, it is a graph still, and a wrong one.
    with pm.Model() as model:
        theta = pm.Normal("theta", 0, pm.Weibull("tau", 1, 5), shape=3)
        pm.Normal("y", theta, 1.0, observed=Y)
    for instead in (lambda rv, value, **more: pt.as_tensor(0.0), lambda rv, value, **more: -value, the_right):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pm, "logp", instead)
            crossed = handed_in(model)
        with pytest.raises(check.CheckFailed, match=r"^(The log density of model changes by|model cannot be judged)"):
            judge(crossed)


@pytest.mark.parametrize("name", ["HalfCauchyRV", "GammaRV", "MvNormalRV", "DirichletRV", "NoRV", "CategoricalRV"])
def test_a_family_by_another_name_with_parameters_that_do_not_fit_gets_a_sentence(name):
    model = build(pm.HalfNormal)
    kind = type(model["tau"].owner.op)
    own = kind.__name__
    try:
        kind.__name__ = name
        crossed = handed_in(model)
    finally:
        kind.__name__ = own
    with pytest.raises(check.CheckFailed) as failure:
        judge(crossed)
    assert "model" in str(failure.value)
