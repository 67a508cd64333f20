"""How a wrong answer is reported."""

from collections.abc import Callable
from typing import NoReturn

import numpy as np


class CheckFailed(AssertionError):
    """A wrong answer. A notebook shows its message alone, without the code of the test around it.

    Attributes
    ----------
    hint : str
        The hint that the message ends with; empty if there is none.
    """

    # Students know it by the name that they can import.
    __module__ = "hbcourse.check"
    hint = ""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def fail(problem: str, hint: str = "") -> NoReturn:
    """Raise it, in one line."""
    text = f"{problem} Hint: {hint}" if hint else problem
    failure = CheckFailed(" ".join(text.split()))
    failure.hint = " ".join(hint.split())
    raise failure from None


def shown(value: object, how: Callable[[object], str] = repr) -> str:
    """What a value looks like, shortened; a student's object may refuse to say."""
    try:
        return np.array2string(value, separator=", ") if isinstance(value, np.ndarray) else f"{how(value):.200}"
    except Exception:
        return f"a {type(value).__name__}"
