"""Shares of simulations, compared with the right ones within chance."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest

from ._failure import fail
from ._values import Answers, Case, answer_at, as_numbers, call_text, result_of


def proportion(
    name: str,
    got: object,
    cases: Sequence[Case],
    draws: int,
    expected: Answers,
    mistakes: Mapping[str, Answers] | None = None,
    false_fail: float = 1e-4,
) -> None:
    r"""Pass if the student's simulation returns proportions that ``draws`` independent trials could have given.

    The number of successes is compared with Binomial(draws, expected) by an exact two-sided test. A right simulation
    fails with probability at most ``false_fail``, shared equally among the cases (Bonferroni).

    Parameters
    ----------
    name, got, cases, expected, mistakes
        As for :func:`function`; a mistake is recognised if its proportion passes the same test.
    draws : int
        Trials behind each proportion.
    false_fail : float
        Probability that a right answer fails.

    Raises
    ------
    CheckFailed
        For the first case whose proportion is not to be believed.

    Examples
    --------
    >>> from hbcourse import check
    >>> check.proportion("heads", lambda: 0.505, cases=[()], draws=1000, expected=[0.5])
    >>> check.proportion("heads", lambda: 0.75, cases=[()], draws=1000, expected=[0.5])
    Traceback (most recent call last):
    hbcourse.check.CheckFailed: heads() is 0.75, farther from the right value than chance explains.
    """
    threshold = false_fail / len(cases)

    def agrees(share: float, probability: ArrayLike) -> bool:
        return bool(binomtest(round(share * draws), draws, float(np.asarray(probability))).pvalue >= threshold)

    for number, case in enumerate(cases):
        call = call_text(name, case)
        answer = as_numbers(call, result_of(call, got, case))
        if answer.shape != ():
            fail(f"{call} must be one number, the share of the simulations; it has shape {answer.shape}.")
        share = float(answer)
        if not 0 <= share <= 1:
            fail(f"{call} is {share:.6g}, but a proportion lies between 0 and 1.")
        if not agrees(share, answer_at(expected, number, case)):
            foreseen = (mistakes or {}).items()
            hint = next((hint for hint, answers in foreseen if agrees(share, answer_at(answers, number, case))), "")
            fail(f"{call} is {share:.6g}, farther from the right value than chance explains.", hint)
