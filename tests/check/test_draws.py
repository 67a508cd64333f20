"""Draws: each rule in its order, and what is told of each mistake."""

import json

import numpy as np
import pytest
import xarray as xr

from hbcourse import check
from hbcourse.grading.running.decoding import decode
from hbcourse.grading.running.encoding import encode

from .chains import autoregressive

EXPECTED = {"mu": (1.0, 2.0), "theta": (np.array([0.0, 5.0, -3.0]), np.array([1.0, 0.5, 4.0]))}


def good(rng=None):
    rng = rng or np.random.default_rng(3)
    mean, sd = EXPECTED["theta"]
    return {"mu": 1 + 2 * autoregressive(rng, 0.3), "theta": mean + sd * autoregressive(rng, 0.3, (3,))}


def dataset(arrays):
    dims = ("chain", "draw", "unit")
    return xr.Dataset({name: (dims[: array.ndim], array) for name, array in arrays.items()})


def tree(arrays, diverging):
    statistics = xr.Dataset({"diverging": (("chain", "draw"), diverging), "lp": (("chain", "draw"), 1.0 * diverging)})
    groups = {"posterior": dataset(arrays), "sample_stats": statistics}
    return xr.DataTree.from_dict(
        {
            name: group.assign_coords(chain=range(group.sizes["chain"]), draw=range(group.sizes["draw"]))
            for name, group in groups.items()
        }
    )


def metropolis():
    """Of a sampler that knows no divergences."""
    whole = tree(good(), NONE)
    whole.sample_stats = whole.sample_stats.to_dataset().rename(diverging="accepted")
    return whole


NONE = np.zeros((4, 1000), dtype=bool)
FORMS = {
    "dictionary": lambda: good(),
    "lists": lambda: {name: array.tolist() for name, array in good().items()},
    "more variables": lambda: {**good(), "junk": "text"},
    "tree": lambda: tree(good(), NONE),
    "tree with other axes": lambda: xr.DataTree.from_dict(
        {
            name: group.to_dataset().transpose(..., "draw", "chain")
            for name, group in tree(good(), NONE).children.items()
        }
    ),
    "two runs, one behind the other": lambda: xr.DataTree.from_dict(
        {name: xr.concat([group.to_dataset()] * 2, "draw") for name, group in tree(good(), NONE).children.items()}
    ),
    "every second draw": lambda: tree(good(), NONE).isel(draw=slice(0, None, 2)),
    "a sampler without divergences": metropolis,
    "plain groups": lambda: {"posterior": good(), "sample_stats": {"diverging": NONE}},
    "posterior alone": lambda: {"posterior": good()},
    "posterior and no statistics": lambda: {"posterior": good(), "sample_stats": {}},
}


@pytest.mark.parametrize("form", FORMS)
def test_right_draws_pass_in_any_form(form):
    check.draws("trace", FORMS[form](), EXPECTED)


def stuck():
    arrays = good()
    arrays["mu"][3] += 10
    return arrays


def slow():
    return {**good(), "mu": 1 + 2 * autoregressive(np.random.default_rng(3), 0.99)}


def uneven():
    # The chains agree on the mean, the sd and the tails, and not on what lies between.
    u = np.random.default_rng(4).uniform(-1, 1, (4, 1000))
    size = np.where(np.arange(4)[:, None] < 2, 0.7, np.where(abs(u) < 0.87, 0.65, 1.56)) + abs(u) / 100
    return {**good(), "mu": np.where(abs(u) < 0.9, np.sign(u) * size, 2 * u)}


def replaced(name, index, value):
    arrays = good()
    arrays[name][index] = value
    return arrays


BROKEN = {
    "nothing": (lambda: None, "trace has no value yet."),
    "ellipsis": (lambda: ..., "trace has no value yet."),
    "a number": (
        lambda: 5,
        "trace must be what pm.sample returns, or a dictionary of arrays (chain, draw, ...); it is a int.",
    ),
    "one array": (lambda: good()["mu"], "; it is a ndarray."),
    "no draws at all": (lambda: {}, "trace must hold draws of mu; it holds nothing."),
    "a variable is missing": (
        lambda: {"mu": good()["mu"], "tau": good()["mu"]},
        "trace must hold draws of theta; it holds mu, tau.",
    ),
    "text": (
        lambda: {**good(), "mu": "text"},
        "mu in trace must be a number or an array of numbers; it is a ndarray of",
    ),
    "no chains": (
        lambda: {name: array[0] for name, array in good().items()},
        "mu in trace must have the shape (chain, draw), with 2 chains or more; its shape is (1000,).",
    ),
    "one chain": (lambda: {name: array[:1] for name, array in good().items()}, "its shape is (1, 1000)."),
    "nothing in it": (lambda: {**good(), "mu": np.zeros((4, 0))}, "its shape is (4, 0)."),
    "other units": (
        lambda: {**good(), "theta": good()["theta"][..., :2]},
        "theta in trace must have the shape (chain, draw, 3), with 2 chains or more; its shape is (4, 1000, 2).",
    ),
    "axes in the wrong order": (
        lambda: {**good(), "mu": good()["mu"].T},
        "mu in trace has 1000 chains of 4 draws. Hint: The first axis is the chain, the second the draw.",
    ),
    "not finite": (
        lambda: replaced("theta", (2, 17, 1), np.nan),
        "theta[1] in trace is nan in chain 2, draw 17.",
    ),
    "infinite": (lambda: replaced("mu", (0, 5), -np.inf), "mu in trace is -inf in chain 0, draw 5."),
    "enormous": (lambda: {**good(), "mu": good()["mu"] * 1e300}, "trace has 0 effective draws of mu"),
    "minute": (lambda: {**good(), "mu": good()["mu"] * 1e-300}, "The sd of mu in trace is "),
    "outliers in a row": (
        lambda: replaced("mu", (1, slice(100, 140)), 25.0),
        'effective draws of mu (az.ess(method="mean")), out of 4000; it needs 400.',
    ),
    "constant": (lambda: {**good(), "mu": np.ones((4, 1000))}, "mu never changes in trace."),
    "chains stand still": (
        lambda: {**good(), "mu": np.ones((4, 1000)) * np.arange(4)[:, None]},
        "mu takes only 4 values in trace, though it has a density.",
    ),
    "a stuck chain": (
        stuck,
        "effective draws of mu (ess_bulk), out of 4000; it needs 400. Hint: The chains disagree (R-hat",
    ),
    "slow": (slow, "effective draws of mu (ess_bulk), out of 4000; it needs 400. Hint:"),
    "few": (lambda: {name: array[:, :60] for name, array in good().items()}, "Hint: Draw more"),
    "chains of other spreads": (uneven, "The chains of trace disagree about mu: R-hat is "),
    "one divergence": (
        lambda: tree(good(), np.arange(4000).reshape(4, 1000) == 7),
        "1 transition of trace diverged: part of the posterior may be missing.",
    ),
    "divergences": (
        lambda: {"posterior": good(), "sample_stats": {"diverging": np.eye(4, 1000)}},
        "4 transitions of trace diverged: part of the posterior may be missing. Hint: Raise target_accept",
    ),
    "senseless divergences": (
        lambda: {"posterior": good(), "sample_stats": {"diverging": ["no"]}},
        "sample_stats of trace must say which transitions diverged, by True and False.",
    ),
    "draws of other sizes": (
        lambda: {**good(), "theta": good()["theta"][:, :900]},
        "trace has 4 chains of 1000 draws of mu, and 4 of 900 of theta; draw all variables together.",
    ),
    "the posterior alone": (lambda: tree(good(), NONE).posterior.to_dataset(), "trace does not say which transitions"),
    "its variables in a dictionary": (
        lambda: dict(tree(good(), NONE).posterior.data_vars),
        "trace does not say which transitions diverged. Hand in all that pm.sample returns, with its sample_stats",
    ),
    "the posterior in a group": (lambda: {"posterior": tree(good(), NONE).posterior}, "does not say which transitions"),
    "divergences dropped": (
        lambda: tree(good(), NONE).drop_nodes("sample_stats"),
        "trace does not say which transitions diverged.",
    ),
    "nuts without divergences": (
        lambda: xr.DataTree.from_dict(
            {
                "posterior": tree(good(), NONE).posterior.to_dataset(),
                "sample_stats": tree(good(), NONE).sample_stats.to_dataset().rename(diverging="energy"),
            }
        ),
        "trace does not say which transitions diverged.",
    ),
    "diverged draws cut out": (
        lambda: tree(good(), NONE).isel(draw=np.delete(np.arange(1000), [17, 300])),
        "Some draws were taken out of trace: its draw labels have gaps. Hand in all that pm.sample returns, as it is. "
        "Hint: Draws that diverged mark a region that the chains miss",
    ),
    "a chain cut out": (
        lambda: tree(good(), NONE).isel(chain=[0, 1, 3]),
        "Some draws were taken out of trace: its chain labels have gaps.",
    ),
    "cut out of the posterior alone": (
        lambda: xr.DataTree.from_dict(
            {
                "posterior": tree(good(), NONE).posterior.to_dataset().isel(draw=slice(100, None)),
                "sample_stats": tree(good(), NONE).sample_stats.to_dataset(),
            }
        ),
        "sample_stats of trace tell of 4 x 1000 transitions, its posterior of 4 x 900.",
    ),
    "senseless groups": (lambda: {"posterior": good(), "sample_stats": ["diverging"]}, "trace must be what pm.sample"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_each_rule_has_its_sentence(case):
    got, message = BROKEN[case]
    with pytest.raises(check.CheckFailed) as failure:
        check.draws("trace", got(), EXPECTED)
    assert message in str(failure.value)
    assert "\n" not in str(failure.value)


def test_rules_are_judged_in_their_order():
    # Everything is wrong at once, and is mended one rule after the other.
    arrays = {"mu": 50 + stuck()["mu"], "theta": good()["theta"]}
    diverging = {"diverging": ~NONE}
    with pytest.raises(check.CheckFailed, match="effective draws of mu"):
        check.draws("trace", {"posterior": arrays, "sample_stats": diverging}, EXPECTED)
    arrays["mu"] = 50 + good()["mu"]
    with pytest.raises(check.CheckFailed, match="4000 transitions"):
        check.draws("trace", {"posterior": arrays, "sample_stats": diverging}, EXPECTED)
    with pytest.raises(check.CheckFailed, match="The mean of mu in trace is 5"):
        check.draws("trace", {"posterior": arrays, "sample_stats": {"diverging": NONE}}, EXPECTED)


@pytest.mark.parametrize("case", BROKEN)
def test_what_a_kernel_hands_on_is_judged_likewise(case):
    got, message = BROKEN[case]
    received = over_the_wire(got())
    with pytest.raises(check.CheckFailed) as failure:
        check.draws("trace", received, EXPECTED)
    if "; it is a " not in message:
        assert message in str(failure.value)


@pytest.mark.parametrize("form", FORMS)
def test_right_draws_pass_over_the_wire(form):
    check.draws("trace", over_the_wire(FORMS[form]()), EXPECTED)


def over_the_wire(value):
    blobs = []
    return decode(json.loads(json.dumps(encode(value, blobs))), blobs)


MISTAKES = {
    "That is the prior.": {"mu": (0.0, 5.0)},
    "Take the root.": {"mu": (1.0, 4.0), "theta": EXPECTED["theta"]},
}


@pytest.mark.parametrize(("mean", "sd", "hint"), [(0, 5, "That is the prior."), (1, 4, "Take the root."), (9, 9, "")])
def test_a_foreseen_mistake_gets_its_hint(mean, sd, hint):
    arrays = good()
    arrays["mu"] = mean + sd * (arrays["mu"] - 1) / 2
    with pytest.raises(check.CheckFailed) as failure:
        check.draws("trace", arrays, EXPECTED, MISTAKES)
    assert str(failure.value).partition(" Hint: ")[2] == hint


def test_the_message_names_the_worst_and_counts_the_rest():
    arrays = good()
    arrays["theta"][..., 2] *= 3
    with pytest.raises(check.CheckFailed, match=r"^The (mean|sd) of theta\[2\] in trace is .* So are 1 more of the 8"):
        check.draws("trace", arrays, EXPECTED)


def test_the_error_of_a_simulated_reference_counts():
    # A reference that is itself off by half a sd, and says so.
    off = {"mu": (2.0, 2.0), "theta": EXPECTED["theta"]}
    with pytest.raises(check.CheckFailed, match="The mean of mu"):
        check.draws("trace", good(), off)
    check.draws("trace", good(), off, errors={"mu": (0.5, 0.1)})
    wide = {"mu": (1.0, 3.0), "theta": EXPECTED["theta"]}
    with pytest.raises(check.CheckFailed, match="The sd of mu"):
        check.draws("trace", good(), wide, errors={"mu": (0.5, 0.1)})
    check.draws("trace", good(), wide, errors={"mu": (0.5, 0.5)})


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"expected": {"mu": (np.nan, 1.0)}}, "the mean of mu must be finite; got nan"),
        ({"expected": {"mu": (0.0, 0.0)}}, "the sd of mu must be positive; got 0.0"),
        (
            {"expected": {"mu": (1.0, 1.0)}, "mistakes": {"No.": {"nu": (0.0, 1.0)}}},
            "the mistake 'No.' must give nu as expected does",
        ),
    ],
)
def test_a_test_cell_that_makes_no_sense_is_told_so(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        check.draws("trace", good(), **arguments)
