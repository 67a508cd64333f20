"""Mistakes in the exercises' models, made by changing their solutions: each loses, and most are named."""

import re

import numpy as np
import pymc as pm
import pytest

from hbcourse import check

from .exercises import EXERCISES, FOLDER, run_test, setting

MODELS = [name for name, tasks in EXERCISES.items() if "model" in tasks]


def model_of(exercise, *changes):
    """The model that the solution builds, with changes to its source."""
    names = setting(exercise)
    for task in EXERCISES[exercise]:
        if task != "model" and "def " in EXERCISES[exercise][task].solution:
            exec(EXERCISES[exercise][task].solution, names)  # noqa: S102
    source = EXERCISES[exercise]["model"].solution
    for old, new in changes:
        assert len(re.findall(re.escape(old), source)) == 1, old
        source = source.replace(old, new)
    exec(source, names)  # noqa: S102
    return names


def told(exercise, *changes):
    with pytest.raises(check.CheckFailed) as failure:
        run_test(exercise, "model", model_of(exercise, *changes))
    assert "\n" not in str(failure.value)
    return str(failure.value)


@pytest.mark.parametrize("exercise", MODELS)
def test_the_solution_passes(exercise):
    run_test(exercise, "model", model_of(exercise))


MISTAKES = [
    (
        "hierarchy",
        'Exponential("alpha", 0.1)',
        'Exponential("alpha", 10)',
        "The lam of alpha is one over, or a hundred",
    ),
    (
        "hierarchy",
        'Exponential("alpha", 0.1)',
        'HalfNormal("alpha", 10)',
        "alpha must be Exponential; it is HalfNormal.",
    ),
    ("hierarchy", 'Exponential("m", 0.3)', 'Exponential("m", 0.6)', "The lam of m is twice what it should be."),
    ("hierarchy", 'Exponential("m", 0.3)', 'Exponential("m", 0.7)', "The lam of m is one minus what it should be."),
    ("hierarchy", 'Exponential("m", 0.3)', 'Exponential("m", 0.4)', "The lam of m is 0.4, which is not what the task"),
    ("hierarchy", "alpha, alpha / m", "alpha / m, alpha", "The alpha and the beta of theta are swapped."),
    ("hierarchy", "alpha / m, shape", "alpha, shape", "The beta of theta is what its alpha should be."),
    ("hierarchy", "alpha / m, shape", "alpha / 3, shape", "The beta of theta is not what it should be."),
    (
        "hierarchy",
        "alpha / m, shape",
        "3.0, shape",
        "The beta of theta should depend on other variables, and does not.",
    ),
    ("hierarchy", "theta * t, observed", "theta / t, observed", "The mu of x is not what it should be."),
    ("hierarchy", "theta * t, observed", "theta * t * 1000, observed", "The exposure is in thousands of women."),
    ("hierarchy", "observed=x", "observed=x + 1", "The data of x are not those of the task."),
    ("hierarchy", "observed=x", "shape=13", "x in model is not observed: give it the data with observed=."),
    ("hierarchy", "Poisson(", "Normal(", "x must be Poisson; it is Normal."),
    ("hierarchy", '"theta", alpha', '"rate", alpha', "model must have a free variable theta; its free variables are"),
    ("hierarchy", ", shape=13", "", "theta in model must have shape (13,); it has shape ()."),
    ("overdispersion", 'HalfNormal("m", 1)', 'HalfNormal("m", 2)', "The sigma of m is twice what it should be."),
    ("overdispersion", 'HalfNormal("m", 1)', 'Exponential("m", 1)', "m must be HalfNormal; it is Exponential."),
    ("overdispersion", 'HalfNormal("m", 1)', 'Normal("m", 0, 1)', ": it must be HalfNormal"),
    ("overdispersion", 'HalfNormal("m", 1)', 'Uniform("m", 0, 100)', "m must be HalfNormal; it is Uniform."),
    ("overdispersion", "mu=m, alpha=alpha", "mu=alpha, alpha=m", "The mu and the alpha of x are swapped."),
    ("overdispersion", "mu=m, alpha=alpha", "mu=m**2, alpha=alpha", "The mu of x is the square of what it should be."),
    ("overdispersion", "mu=m, alpha=alpha", "mu=m, alpha=m", "The alpha of x is what its mu should be."),
    ("overdispersion", "mu=m, alpha=alpha", "n=alpha, p=m / (m + alpha)", "The mu of x is "),
    ("overdispersion", "observed=accidents", "observed=accidents[:-1]", "The data of x have shape (646,), not (647,)."),
    ("parameterization", 'Normal("mu", 0, 3)', 'Normal("mu", 0, 9)', "The sigma of mu is the square of what it should"),
    (
        "parameterization",
        'Normal("mu", 0, 3)',
        'Normal("mu", 0, tau=3)',
        "The sigma of mu is one over the square root of",
    ),
    (
        "parameterization",
        'Normal("mu", 0, 3)',
        'Normal("mu", 3, 3)',
        "The mu of mu is what its sigma should be.",
    ),
    (
        "parameterization",
        'HalfNormal("tau", 2)',
        'HalfNormal("tau", 4)',
        "The sigma of tau is the square of, or twice wh",
    ),
    ("parameterization", "(1 - w) * mu", "mu", "The mu of unit is right for 3 of its 6 entries only."),
    ("parameterization", "tau ** (1 - w)", "tau", "The sigma of unit is right for 3 of its 6 entries only."),
    ("parameterization", "theta, sigma, obs", "theta, sigma**2, obs", "PyMC's Normal takes the standard deviation"),
    (
        "parameterization",
        "theta, sigma, obs",
        "theta, tau=sigma, obs",
        "The sigma of y is one over the square root of what",
    ),
    ("parameterization", "theta, sigma, obs", "unit, sigma, obs", "The mu of y is right for 3 of its 6 entries only."),
    ("parameterization", '"theta", w', '"thetas", w', "must have a pm.Deterministic called theta; it has thetas."),
    ("priors", 'HalfNormal("tau", 20)', 'HalfNormal("tau", 0.02)', "The colleague's scale is 0.02 seconds."),
    ("priors", 'HalfNormal("tau", 20)', 'HalfCauchy("tau", 20)', "tau must be HalfNormal; it is HalfCauchy."),
    ("priors", 'Normal("mu", 0, 100)', 'Normal("mu", 0, 0.1)', "The sigma of mu is a thousandth of what it should be."),
    (
        "priors",
        'Normal("mu", 0, 100)',
        'Normal("mu", 100, 100)',
        "The mu of mu is what its sigma should be.",
    ),
    ("priors", "nu=4", "nu=2", "The nu of theta is the square root of, or half of what it should be."),
    ("priors", "sigma=tau", "sigma=tau / 2", "The sigma of theta is half of what it should be."),
    ("priors", "sigma=tau", "lam=tau", "The sigma of theta is one over the square root of what it should be."),
    ("priors", "mu=mu, sigma=tau", "mu=tau, sigma=pm.math.exp(mu)", "The mu of theta is what its sigma should be."),
    ("priors", "theta, sigma6, obs", "mu, sigma6, obs", "The mu of y is not what it should be."),
]


@pytest.mark.parametrize(("exercise", "old", "new", "sentence"), MISTAKES)
def test_a_mistake_loses_and_is_named(exercise, old, new, sentence):
    assert sentence in told(exercise, (old, new))


def test_a_wrong_deterministic_alone_is_named():
    unchanged = ('pm.Normal("y", theta, sigma', 'pm.Normal("y", w * mu + tau**w * unit, sigma')
    for right, sentence in {
        "unit": "Hint: theta is the same as unit.",
        "mu + tau * unit": "Hint: theta is right for 3 of its 6 entries only.",
        "2 * (w * mu + tau**w * unit)": "Hint: theta is twice what it should be.",
        "w * mu": "theta in model is not right",
        "(w * mu + tau**w * unit)[:3]": "theta in model must have shape (6,); it has shape (3,).",
    }.items():
        change = ('pm.Deterministic("theta", w * mu + tau**w * unit)', f'pm.Deterministic("theta", {right})')
        assert sentence in told("parameterization", change, unchanged), right


def test_a_potential_that_does_not_belong_there_is_named():
    names = model_of("parameterization")
    with names["model"]:
        pm.Potential("more", -names["model"]["tau"])
    with pytest.raises(check.CheckFailed, match=r"Hint: The Potential more adds what the model should not have."):
        run_test("parameterization", "model", names)


@pytest.mark.parametrize("exercise", MODELS)
def test_no_sentence_quotes_a_number_of_the_solution(exercise):
    # A student's own number may be shown, the right one may not.
    for _, old, new, sentence in [one for one in MISTAKES if one[0] == exercise]:
        numbers = set(re.findall(r"\d+\.?\d*", old)) - set(re.findall(r"\d+\.?\d*", new))
        hint = told(exercise, (old, new)).partition("Hint: ")[2]
        if sentence.startswith("The ") and not sentence.startswith(("The colleague", "The exposure")):
            assert not numbers & set(re.findall(r"(?<![\w(])\d+\.?\d*", hint)), hint


OTHER_FORMS = {
    "overdispersion": [
        [('HalfNormal("m", 1)', 'TruncatedNormal("m", 0, 1, lower=0)')],
        [('HalfNormal("m", 1)', 'Truncated("m", pm.Normal.dist(0, 1), lower=0)')],
        [("mu=m, alpha=alpha", "n=alpha, p=1 / (1 + m / alpha)")],
        [('Exponential("alpha", 1 / 4)', 'Gamma("alpha", 1, 0.25)')],
    ],
    "hierarchy": [
        [("alpha, alpha / m, shape", "mu=m, sigma=m / pm.math.sqrt(alpha), shape")],
        [("theta * t, observed", "pm.math.exp(pm.math.log(theta) + np.log(t)), observed")],
        [('Exponential("m", 0.3)', 'Weibull("m", 1, 1 / 0.3)')],
    ],
    "parameterization": [
        [("tau ** (1 - w)", "pm.math.switch(w, 1.0, tau)")],
        [("theta, sigma, obs", "theta, tau=sigma**-2.0, obs")],
        [("w * mu + tau**w * unit)", "pm.math.switch(w, mu + tau * unit, unit))")],
    ],
    "priors": [
        [('HalfNormal("tau", 20)', 'HalfNormal("tau", tau=1 / 400)')],
        [("sigma=tau", "lam=tau**-2")],
        [
            (
                'StudentT("theta", nu=4, mu=mu, sigma=tau',
                'CustomDist("theta", mu, tau, logp=lambda x, m, s: pm.logp(pm.StudentT.dist(4, m, sigma=s), x)',
            )
        ],
    ],
}


@pytest.mark.parametrize(("exercise", "changes"), [(one, form) for one, forms in OTHER_FORMS.items() for form in forms])
def test_other_forms_of_the_right_model_pass(exercise, changes):
    run_test(exercise, "model", model_of(exercise, *changes))


@pytest.mark.parametrize("exercise", [name for name in MODELS if not (FOLDER / name / "checks.py").exists()])
def test_what_students_get_of_the_test_builds_no_model(exercise):
    # No density, no parameter of a prior: numbers at points, names, shapes.
    visible = EXERCISES[exercise]["model"].test.partition("### END HIDDEN TESTS")[2]
    assert "lambda" not in visible
    assert "logpdf" not in visible
    assert "def " not in visible
    values = np.array(re.findall(r"-?\d+\.\d{4,}", visible), dtype=float)
    assert len(values) >= 4
