"""Tasks that ask for a log density, of which a constant may be left out."""

import inspect
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

from numpy.random import Generator

from ._log_density import log_density
from ._values import Case
from .tasks import Function

__all__ = ["LogDensity"]


@dataclass(frozen=True)
class LogDensity(Function):
    """A function that must be the log of a density, up to one constant.

    Attributes
    ----------
    right, visible, hidden, mistakes
        As for :class:`~hbcourse.check.tasks.Function`, with two inputs or more each.
    rtol, atol : float
        A difference between two inputs is right within ``atol + rtol * max |right|``.

    Examples
    --------
    >>> import numpy as np
    >>> task = LogDensity(
    ...     "f", right=lambda x: -x, visible=[(0.0,), (2.0,)], hidden=lambda rng: [(x,) for x in rng.uniform(0, 9, 3)]
    ... )
    >>> task.judge(np.random.default_rng(1), lambda x: 7 - x)
    """

    _: KW_ONLY
    atol: float = 1e-6

    def data(self) -> dict[str, Any]:
        return {**super().data(), "kind": "log_density", "arguments": list(inspect.signature(self.right).parameters)}

    def judge(self, rng: Generator, *answers: Any) -> None:
        (got,) = answers
        cases = self.hidden(rng)
        log_density(self.name, got, self.values(cases), self.points(cases), self.mistaken(cases), self.rtol, self.atol)

    def points(self, cases: Sequence[Case]) -> list[dict[str, Any]]:
        """The inputs by the names of the right answer's arguments."""
        names = inspect.signature(self.right).parameters
        return [dict(zip(names, case, strict=True)) for case in cases]
