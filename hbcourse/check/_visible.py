"""What a notebook's test cells call: answers are compared with the data in its first cell, which holds no solution."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ._cases import fitting, judge_shares, judge_values
from ._conduct import judge_conduct
from ._data import loaded
from ._explain import seen
from ._failure import CheckFailed, fail
from ._form import look
from ._log_density import log_density
from .graded import hint_of

Told = dict[str, Any]


@dataclass
class _Notebook:
    """What the first cell has told, and what has come of it so far."""

    tasks: dict[str, Told] = field(default_factory=dict)
    passed: set[str] = field(default_factory=set)
    hinted: dict[str, int] = field(default_factory=dict)


_notebook = _Notebook()


def load(text: str) -> None:
    """Take what the tests of this notebook compare with: its first cell calls this.

    Parameters
    ----------
    text : str
        JSON, as the release of the exercise writes it.

    Examples
    --------
    >>> from hbcourse import check
    >>> check.load('{"share": {"points": 1, "kind": "forms", "forms": {}, "hints": ["Divide by the total."]}}')
    """
    global _notebook
    _notebook = _Notebook(loaded(text))


def task(name: str, *answers: object) -> None:
    """Test the answers to a task, and say how many points they get.

    Parameters
    ----------
    name : str
        Of the task.
    *answers
        What it asks for.

    Raises
    ------
    CheckFailed
        With one sentence on what is wrong.

    Examples
    --------
    >>> from hbcourse import check
    >>> check.load('''{"double": {"points": 2, "kind": "function", "cases": [[1.5], [4.0]], "right": [3.0, 8.0],
    ... "mistakes": {"Twice, not squared.": [2.25, 16.0]}, "rtol": 1e-06, "atol": 1e-09, "hints": []}}''')
    >>> check.task("double", lambda x: 2 * x)
    ✓ double: 2 points (2 of 2 so far)
    >>> check.task("double", lambda x: x**2)
    Traceback (most recent call last):
    hbcourse.check.CheckFailed: double(1.5) gives 2.25, should be 3. Hint: Twice, not squared.
    """
    told = _told(name)
    _notebook.passed.discard(name)
    try:
        _KINDS[told["kind"]](name, told, *answers)
    except CheckFailed as failure:
        if not failure.hint:
            fail(str(failure), hint_of(name, *answers) or seen(name, told, *answers))
        raise
    points = f"{told['points']:g} point{'s' * (told['points'] != 1)}"
    if told["kind"] == "forms":
        print(f"✓ {name}: it looks as it should; whether it is right is checked after you hand it in ({points})")
        return
    _notebook.passed.add(name)
    so_far = sum(_notebook.tasks[passed]["points"] for passed in _notebook.passed)
    possible = sum(one["points"] for one in _notebook.tasks.values() if one["kind"] != "forms")
    print(f"✓ {name}: {points} ({so_far:g} of {possible:g} so far)")


def hint(name: str) -> None:
    """Print a hint for a task; asked again, a second and stronger one.

    Parameters
    ----------
    name : str
        Of the task.

    Examples
    --------
    >>> from hbcourse import check
    >>> check.load('{"share": {"points": 1, "kind": "forms", "forms": {}, "hints": ["Divide.", "By the total."]}}')
    >>> check.hint("share")
    Divide. (There is a stronger one: hint("share") again.)
    >>> check.hint("share")
    By the total.
    """
    hints = _told(name)["hints"]
    if not hints:
        print(f"There is no hint for {name}: read once more what the task says.")
        return
    number = min(_notebook.hinted.get(name, 0), len(hints) - 1)
    _notebook.hinted[name] = number + 1
    more = f' (There is a stronger one: hint("{name}") again.)' if number + 1 < len(hints) else ""
    print(f"{hints[number]}{more}")


def _told(name: str) -> Told:
    if not _notebook.tasks:
        fail("The tests are not loaded: run the first cell of the notebook, which is folded, and then this one again.")
    if name not in _notebook.tasks:
        fail(f"There is no task {name!r}; there are: {', '.join(_notebook.tasks)}.")
    return _notebook.tasks[name]


def _function(name: str, told: Told, got: object) -> None:
    rtol, atol = told["rtol"], told["atol"]
    judge_values(
        name,
        got,
        [tuple(case) for case in told["cases"]],
        told["right"],
        lambda outputs: fitting(told["mistakes"], outputs, rtol, atol),
        rtol,
        atol,
        tell=True,
    )


def _proportion(name: str, told: Told, got: object) -> None:
    cases = [tuple(case) for case in told["cases"]]
    judge_conduct(name, got, cases[0], told["level"])
    judge_shares(name, got, cases, told["right"], lambda: told["mistakes"], told["n_sim"], told["level"])


def _log_density(name: str, told: Told, got: object) -> None:
    points = [dict(zip(told["arguments"], case, strict=True)) for case in told["cases"]]
    log_density(name, got, told["right"], points, told["mistakes"], told["rtol"], told["atol"], tell=True)


def _forms(name: str, told: Told, *answers: object) -> None:
    for (called, form), answer in zip(told["forms"].items(), answers, strict=True):
        look(form).judge(called, answer)


_KINDS: dict[str, Callable[..., None]] = {
    "function": _function,
    "log_density": _log_density,
    "proportion": _proportion,
    "forms": _forms,
}
