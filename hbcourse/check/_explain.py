"""The sentence for a wrong function: the place at which what finds unforeseen mistakes is plugged in."""

from collections.abc import Callable, Mapping, Sequence

from numpy.typing import ArrayLike

from ._cases import Outputs, fitting
from ._values import Case


def explain(
    name: str,
    right: Callable[..., ArrayLike],
    cases: Sequence[Case],
    rights: Sequence[ArrayLike],
    mistakes: Mapping[str, Sequence[ArrayLike | None]],
    got: Outputs,
    rtol: float,
    atol: float,
) -> str:
    """One sentence on what the function that gave these outputs does wrong; empty where nothing is sure.

    ``right`` is the reference, ``rights`` what it gives in each case, and ``mistakes`` what each foreseen one gives.
    """
    return fitting(mistakes, got, rtol, atol)
