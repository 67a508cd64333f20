"""A model's graph as data: what is read from it is what PyMC computes."""

import json

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode

from hbcourse.check import graphs
from hbcourse.check._families import FAMILIES
from hbcourse.check._graph import Graph
from hbcourse.check._operations import Unreadable
from hbcourse.grading.running.decoding import decode
from hbcourse.grading.running.encoding import encode

#: Nothing is compiled for a few points.
PLAIN = Mode(linker="py", optimizer=None)
X = np.array([0.3, 0.9, 0.15])
COUNTS = np.array([0, 1, 1])


def over_the_wire(model):
    blobs = []
    return Graph(decode(json.loads(json.dumps(encode(graphs.describe_model(model), blobs))), blobs))


def by_pymc(model, point):
    """PyMC's own log density, without a Jacobian, at the same point."""
    values = {model.rvs_to_values[model[name]].name: value for name, value in point.items()}
    compiled = model.compile_logp(jacobian=False, mode=PLAIN)
    return float(compiled(transformed(model, values, point)))


def transformed(model, values, point):
    found = {}
    for name, value in point.items():
        variable = model[name]
        transform = model.rvs_to_transforms[variable]
        inside = model.rvs_to_values[variable].name
        found[inside] = (
            values[inside] if transform is None else transform.forward(np.asarray(value), *variable.owner.inputs).eval()
        )
    return found


#: Each family with its parameters as PyMC takes them, and data.
OBSERVED = {
    "Normal": (lambda a, b: pm.Normal("x", a, b, observed=X), 2),
    "Normal by precision": (lambda a, b: pm.Normal("x", a, tau=b, observed=X), 2),
    "HalfNormal": (lambda a, b: pm.HalfNormal("x", a, observed=X), 1),
    "TruncatedNormal": (lambda a, b: pm.TruncatedNormal("x", a, b, lower=0, observed=X), 2),
    "TruncatedNormal between": (lambda a, b: pm.TruncatedNormal("x", a, b, lower=-1, upper=2, observed=X), 2),
    "SkewNormal": (lambda a, b: pm.SkewNormal("x", mu=a, sigma=b, alpha=0.5, observed=X), 2),
    "StudentT": (lambda a, b: pm.StudentT("x", 4, a, sigma=b, observed=X), 2),
    "StudentT by precision": (lambda a, b: pm.StudentT("x", 4, a, lam=b, observed=X), 2),
    "HalfStudentT": (lambda a, b: pm.HalfStudentT("x", a, b, observed=X), 2),
    "Cauchy": (lambda a, b: pm.Cauchy("x", a, b, observed=X), 2),
    "HalfCauchy": (lambda a, b: pm.HalfCauchy("x", a, observed=X), 1),
    "Laplace": (lambda a, b: pm.Laplace("x", a, b, observed=X), 2),
    "Logistic": (lambda a, b: pm.Logistic("x", a, b, observed=X), 2),
    "Gumbel": (lambda a, b: pm.Gumbel("x", a, b, observed=X), 2),
    "LogNormal": (lambda a, b: pm.LogNormal("x", a, b, observed=X), 2),
    "Exponential": (lambda a, b: pm.Exponential("x", a, observed=X), 1),
    "Exponential by scale": (lambda a, b: pm.Exponential("x", scale=a, observed=X), 1),
    "Gamma": (lambda a, b: pm.Gamma("x", a, b, observed=X), 2),
    "Gamma by moments": (lambda a, b: pm.Gamma("x", mu=a, sigma=b, observed=X), 2),
    "InverseGamma": (lambda a, b: pm.InverseGamma("x", a, b, observed=X), 2),
    "Beta": (lambda a, b: pm.Beta("x", a, b, observed=X), 2),
    "Beta by mean": (lambda a, b: pm.Beta("x", mu=a / (a + b), nu=b, observed=X), 2),
    "Uniform": (lambda a, b: pm.Uniform("x", -a, b + 1, observed=X), 2),
    "Flat": (lambda a, b: pm.Flat("x", shape=3, observed=X), 0),
    "HalfFlat": (lambda a, b: pm.HalfFlat("x", shape=3, observed=X), 0),
    "Poisson": (lambda a, b: pm.Poisson("x", a, observed=COUNTS), 1),
    "NegativeBinomial": (lambda a, b: pm.NegativeBinomial("x", mu=a, alpha=b, observed=COUNTS), 2),
    "NegativeBinomial by n": (lambda a, b: pm.NegativeBinomial("x", n=a, p=b / (1 + b), observed=COUNTS), 2),
    "Binomial": (lambda a, b: pm.Binomial("x", 4, a / (1 + a), observed=COUNTS), 1),
    "Binomial by logit": (lambda a, b: pm.Binomial("x", n=[3, 4, 5], logit_p=a, observed=COUNTS), 1),
    "Bernoulli": (lambda a, b: pm.Bernoulli("x", a / (1 + a), observed=COUNTS), 1),
    "BetaBinomial": (lambda a, b: pm.BetaBinomial("x", a, b, 5, observed=COUNTS), 2),
    "Categorical": (lambda a, b: pm.Categorical("x", pt.stack([a, b]) / (a + b), observed=COUNTS), 2),
    "Dirichlet": (lambda a, b: pm.Dirichlet("x", pt.stack([a, b, 2.0]), observed=np.array([0.2, 0.5, 0.3])), 2),
    "MvNormal": (lambda a, b: pm.MvNormal("x", pt.stack([a, b, 0]), np.eye(3) + 0.5, observed=X), 2),
    # Without a family here: by the graph that PyMC gives of their density.
    "Weibull": (lambda a, b: pm.Weibull("x", a, b, observed=X), 2),
    "Mixture": (lambda a, b: pm.NormalMixture("x", [0.3, 0.7], pt.stack([a, b]), 1.0, observed=X), 2),
    "Truncated": (lambda a, b: pm.Truncated("x", pm.Gamma.dist(a, b), upper=2, observed=X), 2),
    "own": (lambda a, b: pm.CustomDist("x", a, b, logp=lambda x, a, b: -a * x - b * x**2, observed=X), 2),
}
POINTS = [{"a": 0.7, "b": 1.3}, {"a": 2.5, "b": 0.4}, {"a": 0.05, "b": 9.0}]


@pytest.mark.parametrize("name", OBSERVED)
def test_each_family_has_the_density_that_pymc_gives_it(name):
    build, used = OBSERVED[name]
    with pm.Model() as model:
        a, b = pm.Exponential("a", 1), pm.Exponential("b", 1)
        build(a, b)
    graph = over_the_wire(model)
    with np.errstate(all="ignore"):
        assert [graph.at(at).log_density() for at in POINTS] == pytest.approx(
            [by_pymc(model, at) for at in POINTS], abs=1e-8, rel=1e-8
        )
    # The parameters count.
    assert len({graph.at(at).term("x").log_density.sum() for at in POINTS}) == (1 if used == 0 else 3)


def test_each_family_is_tried():
    assert {family.name for family in FAMILIES.values()} <= {name.split(" by")[0] for name in OBSERVED}


W = np.array([0, 1, 1])
EXPRESSIONS = {
    "power": lambda a, u: u**2 + a**-1 + 2.0**-u + abs(u) ** (1 - W),
    "switch": lambda a, u: pm.math.switch(W, a, u) + pt.where(u > 0, u, a),
    "concatenate": lambda a, u: pt.concatenate([pt.repeat(a, 2), u[:1]]),
    "stack": lambda a, u: pt.stack([a, u[0], u[-1]]) + pt.zeros(3) + pt.ones_like(u) + pt.full(3, a),
    "index": lambda a, u: u[W] + u[::-1] + u[np.array([True, True, True])],
    "set": lambda a, u: pt.set_subtensor(u[1:], a) + pt.inc_subtensor(u[W], 1.0),
    "sums": lambda a, u: u.sum() + u.mean() + u.prod() + u.max() - u.min() + pm.math.logsumexp(u) + u,
    "cumulative": lambda a, u: pt.cumsum(u) + pt.cumprod(u),
    "dot": lambda a, u: pm.math.dot(np.arange(9.0).reshape(3, 3), u) + pt.dot(u, u) + pt.outer(u, u).sum(0),
    "functions": lambda a, u: (
        pm.math.exp(u) + pm.math.log1p(u**2) + pm.math.sqrt(a) + pm.math.invlogit(u) + pm.math.tanh(u) + pm.math.erf(u)
    ),
    "shapes": lambda a, u: (u[:, None] * np.ones((1, 2))).reshape((2, 3)).sum(0) + u.dimshuffle("x", 0)[0],
    "conditions": lambda a, u: pt.clip(u, -1, 1) + pt.maximum(u, a) + pt.eq(W, 1) + pt.and_(u > 0, u < 1),
    "softmax": lambda a, u: pm.math.softmax(u) + pt.special.log_softmax(u),
    "whole": lambda a, u: pt.floor(u) + (u // 2) + (u % 2) + pt.sign(u) + pt.round(u),
    "standardized": lambda a, u: (u - u.mean()) / u.std() + pt.arange(3) + u.shape[0],
    "gammas": lambda a, u: pt.gammaln(a) + pt.psi(a) + u,
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_each_expression_has_the_value_that_pytensor_gives_it(name):
    with pm.Model() as model:
        a, u = pm.Exponential("a", 1), pm.Normal("u", 0, 1, shape=3)
        value = pm.Deterministic("value", EXPRESSIONS[name](a, u))
    graph = over_the_wire(model)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        point = {"a": rng.gamma(2), "u": rng.normal(0, 2, 3)}
        found = graph.at(point).number(graph.deterministic["value"])
        assert np.allclose(found, model.compile_fn(value, inputs=[a, u], on_unused_input="ignore", mode=PLAIN)(point))


def test_sizes_and_data_and_dims_are_followed():
    with pm.Model(coords={"unit": ["A", "B", "C"]}) as model:
        data = pm.Data("data", np.array([1.0, 2.0, 4.0]), dims="unit")
        m = pm.Normal("m", 0, 1)
        each = pm.Normal("each", m, 1, dims="unit")
        pm.Normal("wide", each, 1, shape=(2, 3))
        pm.Normal("of_parameters", each * np.ones((4, 3)))
        pm.Dirichlet("p", np.ones((2, 4)))
        pm.MvNormal("v", np.zeros(3), np.eye(3), shape=(5, 3))
        pm.Weibull("w", 1, 1, shape=2)
        pm.Normal("y", each * data, 1, observed=data, dims="unit")
    graph = over_the_wire(model)
    shapes = {name: tuple(model[name].shape.eval()) for name in graph.free}
    rng = np.random.default_rng(1)
    at = graph.at({name: rng.gamma(2, size=shape) for name, shape in shapes.items()})
    assert {name: at.shape(name) for name in graph.free} == shapes
    with model:
        pm.set_data({"data": [0.0, 0.0, 0.0]})
    assert np.array_equal(over_the_wire(model).at({"m": 0, "each": [1, 2, 3]}).term("y").value, [0, 0, 0])


def test_parameters_are_told_in_the_words_of_pymc():
    with pm.Model() as model:
        pm.NegativeBinomial("x", n=3.0, p=0.25, observed=COUNTS)
        pm.Gamma("g", mu=2.0, sigma=4.0)
        pm.Exponential("e", scale=4.0)
        pm.Normal("n", 0, tau=4.0)
    at = over_the_wire(model).at({"g": 1.0, "e": 1.0, "n": 1.0})
    told = {
        name: {key: float(np.squeeze(one)) for key, one in at.term(name).parameters.items()}
        for name in ("x", "g", "e", "n")
    }
    assert told == {
        "x": {"mu": 9.0, "alpha": 3.0},
        "g": {"alpha": 0.25, "beta": 0.125},
        "e": {"lam": 0.25},
        "n": {"mu": 0.0, "sigma": 0.5},
    }


def built(nodes, free, observed=(), potential=()):
    kinds = {"deterministic": {}, "observed": dict(observed), "potential": dict(potential)}
    return {"nodes": nodes, "free": free, **kinds}


NORMAL = [{"constant": np.array(0.0)}, {"constant": np.array(1.0)}]
MU = {"random": "NormalRV", "inputs": [0, 1], "size": None, "batch": 0}


@pytest.mark.parametrize(
    "forged",
    [
        None,
        5,
        {},
        {"nodes": []},
        built([*NORMAL, {**MU, "inputs": [0, 2]}], {"mu": 2}),
        built([*NORMAL, {**MU, "inputs": [0, -1]}], {"mu": 2}),
        built([*NORMAL, {**MU, "inputs": [0, True]}], {"mu": 2}),
        built([*NORMAL, {**MU, "inputs": 7}], {"mu": 2}),
        built([*NORMAL, MU], {"mu": 1}),
        built([*NORMAL, MU], {"mu": 3}),
        built([*NORMAL, MU], {"mu": 2, "nu": 2}),
        built([*NORMAL, MU], {"mu": 2}, {"y": 2}.items()),
        built([*NORMAL, MU] * 10_000, {"mu": 2}),
        built(["text"], {}),
    ],
)
def test_what_is_no_graph_is_refused(forged):
    with pytest.raises(Unreadable):
        Graph(forged)


def operation(name, *inputs, **more):
    return {"operation": name, "inputs": list(inputs), "output": 0, **more}


HUGE = {"constant": np.array(10**12)}
COLUMN, ROW = ({"constant": np.ones(shape)} for shape in ((1_000_000, 1), (1, 1_000_000)))


@pytest.mark.parametrize(
    "nodes",
    [
        [HUGE, operation("Alloc", 0, 0)],
        [HUGE, {"constant": np.array(0)}, {"constant": np.array(1)}, operation("ARange", 1, 0, 2, dtype="int64")],
        [HUGE, {"constant": np.array(0)}, operation("Eye", 0, 0, 1, dtype="float64")],
        [COLUMN, ROW, operation("Elemwise", 0, 1, scalar="Add", dtype="float64")],
        [COLUMN, ROW, operation("Dot", 0, 1)],
        [HUGE, operation("Scan", 0)],
        [HUGE, operation("Elemwise", 0, scalar="Composite", dtype="float64")],
        [HUGE, operation("Elemwise", 0, scalar="Cast", dtype="O")],
        [HUGE, operation("Elemwise", 0, scalar="Cast", dtype="no type")],
        [HUGE, operation("DimShuffle", 0, new_order=["x"] * 1000)],
        [HUGE, operation("Subtensor", 0, idx_list=[5])],
        [{"constant": "text"}, operation("Elemwise", 0, scalar="Exp", dtype="float64")],
        [{"constant": {"a": 1}}, operation("Sum", 0, axis=None)],
        [HUGE, operation("__import__", 0)],
    ],
    ids=range(14),
)
def test_an_operation_that_is_not_known_or_too_large_has_no_value(nodes):
    graph = Graph(
        built(
            [*nodes, *NORMAL, {**MU, "inputs": [len(nodes), len(nodes) + 1]}],
            {"mu": len(nodes) + 2},
            potential={"p": len(nodes) - 1}.items(),
        )
    )
    with pytest.raises(Unreadable):
        graph.at({"mu": 1.0}).log_density()


def test_reading_a_graph_calls_nothing_of_pytensors():
    # In a process of its own: not even an import.
    import subprocess
    import sys

    code = (
        "import sys; from hbcourse.check._graph import Graph; import numpy as np\n"
        f"g = Graph({built([{'constant': 0.0}, {'constant': 1.0}, MU], {'mu': 2})!r})\n"
        "print(round(g.at({'mu': 2.0}).log_density(), 4), {'pymc', 'pytensor', 'arviz'} & set(sys.modules))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout.split(" ", 1)[1].strip() == "set()"
    assert output.stdout.startswith("-2.9189")
