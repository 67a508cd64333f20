"""What the test cells of the exercises call: one clear sentence for a wrong answer, and the hint that fits the mistake.

An answer passes only if its shape, its finiteness and its values are right. A foreseen mistake is recognised by the
value it would give, so each check takes ``mistakes``: a mapping from a hint to that value. A check of something random
says how seldom it turns a right answer away.
"""

from ._draws import draws
from ._failure import CheckFailed
from ._log_density import log_density
from ._model import model
from ._proportion import proportion
from ._values import function, value
from ._visible import hint, load, task
from .graded import hidden

__all__ = [
    "CheckFailed",
    "draws",
    "function",
    "hidden",
    "hint",
    "load",
    "log_density",
    "model",
    "proportion",
    "task",
    "value",
]
