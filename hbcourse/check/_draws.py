"""Draws of a Markov chain, judged by their Monte Carlo error."""

from collections.abc import Mapping

import numpy as np

from .._validate import FloatArray
from . import _rules as rules
from ._failure import fail
from ._posterior import Comparison, Function, Moments, Quantiles, Target, number_of_tests, of_function
from ._posterior import target as _target


def draws(
    name: str,
    got: object,
    expected: Moments,
    mistakes: Mapping[str, Moments] | None = None,
    errors: Moments | None = None,
    least_ess: float = 400.0,
    false_fail: float = 1e-4,
    quantiles: Quantiles | None = None,
    support: Mapping[str, tuple[float, float]] | None = None,
    functions: Mapping[str, Function] | None = None,
) -> None:
    r"""Pass if ``got`` are draws from the posterior that is described, enough of them, and well mixed.

    Judged in this order: the variables are there, their shapes, finite, in the support; nothing was cut out; enough
    effective draws (for the bulk, the tails, the mean and the sd), R-hat, no divergences; then each mean and each sd,
    with :math:`E` the expectation under the posterior,

    .. math:: \frac{|\bar x - E x|}{\text{sd}(x) / \sqrt{\text{ESS}(x)}} \quad\text{and}\quad
              \frac{|\overline{w} - 1|}{\text{CV}(w) / \sqrt{\text{ESS}(w)}},
              \quad w = \left(\frac{x - E x}{\text{sd}(x)}\right)^2

    by Student's t, whose degrees of freedom say how well the standard error itself is known; the share of draws below
    each point of ``quantiles``, as binomial with ESS trials; and the mean of each of the ``functions``. Draws from the
    right posterior with effective draws to spare, 2.5 times ``least_ess``, fail with probability at most
    ``false_fail``. It is shared equally among all these tests and R-hat (Bonferroni), but for one half, which is kept
    for the error of ESS.

    Parameters
    ----------
    name : str
        What the student calls them.
    got : object
        What ``pm.sample`` returns, with its ``sample_stats``; or draws that were made in another way, as a dictionary
        of arrays (chain, draw, ...), or a dictionary with such dictionaries as ``posterior`` and ``sample_stats``.
        Further variables are not looked at.
    expected : mapping from variable to (mean, sd)
        Of the exact posterior, numbers or arrays in the shape of the variable; also of the ``functions``, numbers.
    mistakes : mapping from hint to such a mapping, optional
        The means and sds that foreseen mistakes give, of all variables or of some; recognised by the same test.
    errors : mapping from variable to (error of the mean, error of the sd), optional
        Monte Carlo standard errors of ``expected``, where it is itself simulated.
    least_ess : float
        Effective draws that each entry must have.
    false_fail : float
        Probability that a right answer fails.
    quantiles : mapping from variable to (points, probabilities), optional
        Points, shape (k, ...) with the variable's own shape after k, and the probability of lying below each of them,
        shape (k,) or (k, ...).
    support : mapping from variable to (lower, upper), optional
        Between which numbers every draw must lie.
    functions : mapping from name to function, optional
        Joint functions of all variables, such as a product or the log of the joint density. Each is called with the
        draws by name, (chain, draw, ...), and returns an array (chain, draw); their means are compared.

    Raises
    ------
    CheckFailed
        With the first rule that is broken.

    Notes
    -----
    Where the exact posterior has no eighth moment, its sd fails some three times as often as it should. With 1,000
    effective draws of one nearly normal number, a mean that is off by 0.25 sd, or an sd that is off by 10%, is found
    nearly always, and a mean that is off by 0.1 sd needs 4,000. The sd of a skewed number needs several times as many.
    With 4,000, a correlation that is off by 0.15 is found by a product in 99% of cases, and a gamma of shape 10, or
    Student's t with 5 degrees of freedom, in place of a normal with its mean and sd by five quantiles in 90%.
    Whether transitions diverged only the student's sampler knows, and a dictionary says nothing of it. Source: Vehtari
    et al. 2021 for R-hat and effective draws.

    Examples
    --------
    >>> import numpy as np
    >>> from hbcourse import check
    >>> rng = np.random.default_rng(1)
    >>> check.draws("trace", {"mu": rng.normal(5.0, 2.0, (4, 1000))}, expected={"mu": (5.0, 2.0)})
    >>> check.draws("trace", {"mu": rng.normal(5.0, 2.2, (4, 1000))}, expected={"mu": (5.0, 2.0)})
    Traceback (most recent call last):
    hbcourse.check.CheckFailed: The sd of mu in trace is 2.182, farther from the posterior's than chance explains.
    """
    functions, errors, quantiles = functions or {}, errors or {}, quantiles or {}
    _require_known(expected, quantiles, support or {}, functions)
    targets = {
        variable: _target(variable, moments, errors.get(variable, (0.0, 0.0)), quantiles.get(variable))
        for variable, moments in expected.items()
        if variable not in functions
    }
    groups = rules.read(name, got)
    chains = {
        variable: rules.of_variable(name, variable, groups["posterior"], target) for variable, target in targets.items()
    }
    for variable, bounds in (support or {}).items():
        rules.require_support(name, variable, chains[variable], *bounds)
    rules.require_whole(name, groups, rules.require_one_size(name, chains))
    level = false_fail / number_of_tests(targets, len(functions))
    for variable, array in chains.items():
        rules.require_effective(name, variable, array, least_ess, level)
    for variable, array in chains.items():
        rules.require_mixed(name, variable, array, least_ess, level)
    rules.require_no_divergence(name, groups["sample_stats"].get("diverging", np.zeros(0)))
    if problem := _disagreement(name, chains, targets, level):
        fail(problem, _recognise(name, chains, targets, mistakes or {}, level))
    compared = [
        of_function(one, function, chains, expected[one], float(np.asarray(errors.get(one, (0.0,))[0])))
        for one, function in functions.items()
    ]
    if wrong := [comparison for comparison in compared if not comparison.p_value >= level]:
        worst = _worst(wrong)
        fail(
            f"The mean of {worst.what} in {name} is {worst.value:.4g}, farther from the posterior's than chance "
            f"explains, though {', '.join(targets)} look right one by one.",
            "They must be draws from the joint posterior: entry by entry of one and the same draw.",
        )


def _require_known(expected: Moments, *others: Mapping[str, object]) -> None:
    for variable in (variable for other in others for variable in other):
        if variable not in expected:
            raise ValueError(f"expected must say what is right for {variable}; it has {', '.join(expected)}")


def _disagreement(name: str, chains: Mapping[str, FloatArray], targets: Mapping[str, Target], level: float) -> str:
    """The worst of what is compared, in a sentence, or nothing if all agree."""
    compared = [
        comparison
        for variable, target in targets.items()
        for comparison in target.comparisons(variable, chains[variable])
    ]
    wrong = [comparison for comparison in compared if not comparison.p_value >= level]
    if not wrong:
        return ""
    worst = _worst(wrong)
    kinds = "means, sds and quantiles" if any(target.points.size for target in targets.values()) else "means and sds"
    rest = f" So are {len(wrong) - 1} more of the {len(compared)} {kinds}." if len(wrong) > 1 else ""
    return f"The {worst.what} in {name} is {worst.value:.4g}, farther from the posterior's than chance explains.{rest}"


def _worst(wrong: list[Comparison]) -> Comparison:
    return min(wrong, key=lambda comparison: comparison.p_value)


def _recognise(
    name: str,
    chains: Mapping[str, FloatArray],
    targets: Mapping[str, Target],
    mistakes: Mapping[str, Moments],
    level: float,
) -> str:
    for hint, moments in mistakes.items():
        mistaken = {variable: _target(variable, pair, (0.0, 0.0), None) for variable, pair in moments.items()}
        for variable, target in mistaken.items():
            if variable not in targets or target.mean.shape != targets[variable].mean.shape:
                raise ValueError(f"the mistake {hint!r} must give {variable} as expected does")
        if not _disagreement(name, chains, mistaken, level):
            return hint
    return ""
