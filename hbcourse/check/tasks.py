"""What an exercise's ``checks.py`` is written with: a list, ``TASKS``, of what tests each of its tasks.

Each entry says what is right, on which inputs students see it, on which others their answers are judged, and which
mistakes are foreseen. Students get :meth:`data`, values at the visible inputs; the grader alone has the rest.
"""

import copy
import runpy
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Any

from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from . import _values
from ._cases import fitting, judge_shares, judge_values, listed, or_none
from ._conduct import judge_conduct
from ._failure import CheckFailed
from ._form import Draws, Form, Look, Model
from ._values import Case

__all__ = ["Array", "Draws", "Form", "Function", "Judged", "Model", "Proportion", "Task", "Value", "read"]

Array = NDArray[Any]

#: How often a right simulation fails its visible test; and each of the two that the grader does, of which both count.
_VISIBLE, _HIDDEN = 4e-6, 1e-3
#: How many more simulations the second has.
_MORE = 4
#: Simulations of a visible call. Prime, so that a share tells how many there were.
_FEW = 5003


@dataclass(frozen=True)
class Task(ABC):
    """What tests one task.

    Attributes
    ----------
    name : str
        What the student calls the answer.
    hints : sequence of str
        For those who ask: the first helps, the second helps more.
    """

    name: str
    _: KW_ONLY
    hints: Sequence[str] = ()

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """What students get: numbers, text and arrays, none of which computes an answer."""

    @abstractmethod
    def judge(self, rng: Generator, *answers: Any) -> None:
        """Raise :class:`CheckFailed` unless the answers pass on inputs that ``rng`` draws."""


@dataclass(frozen=True)
class Function(Task):
    """A function that must return the right value for every input.

    Attributes
    ----------
    right : callable
        The right answer.
    visible : sequence of tuples
        Positional arguments that students see, with the right value of each.
    hidden : callable
        Draws the arguments that the grader uses from a generator.
    mistakes : mapping from hint to callable
        Functions that do what students may do wrong.
    rtol, atol : float
        A value is right within ``atol + rtol * |right|``.
    words : collection of str
        Names that a hint may use, besides the arguments and those that stand as code in the task's text.
    probes : sequence of tuples
        Further arguments by which a hint tells mistakes apart: ties, zero, unequal groups.
    """

    _: KW_ONLY
    right: Callable[..., ArrayLike]
    visible: Sequence[Case]
    hidden: Callable[[Generator], Sequence[Case]]
    mistakes: Mapping[str, Callable[..., ArrayLike]] = field(default_factory=dict)
    rtol: float = 1e-6
    atol: float = 1e-9
    words: Collection[str] = ()
    probes: Sequence[Case] = ()

    def data(self) -> dict[str, Any]:
        return {
            "kind": "function",
            "cases": self.visible,
            "right": self.values(self.visible),
            "mistakes": self.mistaken(self.visible),
            "rtol": self.rtol,
            "atol": self.atol,
        }

    def judge(self, rng: Generator, *answers: Any) -> None:
        (got,) = answers
        cases = self.hidden(rng)
        rights = self.values(cases)
        judge_values(
            self.name,
            got,
            cases,
            rights,
            lambda outputs: fitting(self.mistaken(cases), outputs, self.rtol, self.atol),
            self.rtol,
            self.atol,
            tell=False,
        )

    def values(self, cases: Sequence[Case]) -> list[Any]:
        """The right values."""
        return [listed(self.right(*copy.deepcopy(case))) for case in cases]

    def mistaken(self, cases: Sequence[Case]) -> dict[str, list[Any]]:
        """What each mistake gives, None where it raises."""
        return {hint: [or_none(rule, case) for case in cases] for hint, rule in self.mistakes.items()}


@dataclass(frozen=True)
class Proportion(Task):
    """A simulation that returns a share, called with ``n_sim`` and ``seed`` as its last arguments.

    The shares are compared with the right probabilities by exact binomial tests. One that fails is asked once more,
    with other inputs and more simulations, so that the grader turns a right one away once in a million.

    Attributes
    ----------
    right : callable
        The probability, of the arguments before ``n_sim``.
    visible, hidden, mistakes
        As for :class:`Function`, without ``n_sim`` and ``seed``.
    n_sim : int
        Simulations of a hidden call: best a prime too.
    """

    _: KW_ONLY
    right: Callable[..., float]
    visible: Sequence[Case]
    hidden: Callable[[Generator], Sequence[Case]]
    n_sim: int = _FEW
    mistakes: Mapping[str, Callable[..., float]] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        return {
            "kind": "proportion",
            "cases": [(*case, _FEW, seed) for seed, case in enumerate(self.visible, 1)],
            "right": [float(self.right(*case)) for case in self.visible],
            "mistakes": self._mistaken(self.visible),
            "n_sim": _FEW,
            "level": _VISIBLE,
        }

    def judge(self, rng: Generator, *answers: Any) -> None:
        (got,) = answers
        try:
            self._judge_once(rng, self.n_sim, got)
        except CheckFailed:
            # One more than a multiple, so that it is not made of calls of a fixed size.
            self._judge_once(rng, _MORE * self.n_sim + 1, got)

    def _judge_once(self, rng: Generator, n_sim: int, got: object) -> None:
        cases = self.hidden(rng)
        calls = [(*case, n_sim, int(rng.integers(2**31))) for case in cases]
        rights = [float(self.right(*case)) for case in cases]
        middle = min(range(len(cases)), key=lambda number: abs(rights[number] - 0.5))
        judge_conduct(self.name, got, calls[middle], _HIDDEN / 10)
        judge_shares(self.name, got, calls, rights, lambda: self._mistaken(cases), n_sim, _HIDDEN)

    def _mistaken(self, cases: Sequence[Case]) -> dict[str, list[Any]]:
        return {hint: [or_none(rule, case) for case in cases] for hint, rule in self.mistakes.items()}


@dataclass(frozen=True)
class Value(Task):
    """An answer that is itself a value: students learn whether its form is right, and the rest after they hand it in.

    Attributes
    ----------
    right : array-like
        The value.
    form : Form
        Its shape and range.
    mistakes : mapping from hint to array-like
        Values that foreseen mistakes give; they stay with the grader too.
    rtol, atol : float
        As for :class:`Function`.
    """

    _: KW_ONLY
    right: ArrayLike
    form: Form
    mistakes: Mapping[str, ArrayLike] = field(default_factory=dict)
    rtol: float = 1e-6
    atol: float = 1e-9

    def data(self) -> dict[str, Any]:
        return {"kind": "forms", "forms": {self.name: self.form.data()}}

    def judge(self, rng: Generator, *answers: Any) -> None:
        (got,) = answers
        _values.value(self.name, got, self.right, self.mistakes, self.rtol, self.atol)


@dataclass(frozen=True)
class Judged(Task):
    """Answers of which many are right, judged by a rule of the exercise's own.

    Attributes
    ----------
    forms : mapping from name to Form, Model or Draws
        What each answer must look like, in the order in which the test names them.
    rule : callable
        Called with a generator and the answers; raises :class:`hbcourse.check.CheckFailed` with what is wrong.
    """

    _: KW_ONLY
    forms: Mapping[str, Look]
    rule: Callable[..., None]

    def data(self) -> dict[str, Any]:
        return {"kind": "forms", "forms": {name: form.data() for name, form in self.forms.items()}}

    def judge(self, rng: Generator, *answers: Any) -> None:
        for (name, form), answer in zip(self.forms.items(), answers, strict=True):
            form.judge(name, answer)
        self.rule(rng, *answers)


def read(path: Path) -> dict[str, Task]:
    """The tasks that a ``checks.py`` lists, by their names."""
    tasks = runpy.run_path(str(path))["TASKS"]
    return {task.name: task for task in tasks}
