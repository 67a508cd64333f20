"""The sentence for a wrong answer that no foreseen mistake explains."""

import copy
import dis
import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from .hints import Question, Raised, hint
from .hints._values import as_value

#: Where the grader says which file holds the tables of an exercise.
HINTS = "HBCOURSE_HINTS"
#: Seconds of processor time that a function is asked for a hint. One that would need more gets none.
_SECONDS = 2.0
#: Cases that are tried again.
_TWICE = 4


def unforeseen(name: str, *answers: object) -> str:
    """What the exercise's tables know of a wrong answer; empty where nothing is sure, or no notebook is graded."""
    if HINTS not in os.environ or len(answers) != 1:
        return ""
    question = _kept(os.environ[HINTS], name)
    if question is None or bool(question.arguments) != callable(answers[0]):
        return ""
    return _asked(question, answers[0])


def seen(name: str, told: Mapping[str, Any], *answers: object) -> str:
    """What can be seen of a wrong function by anyone: at the inputs whose right values students have."""
    if told["kind"] != "function" or not isinstance(answers[0], FunctionType):
        return ""
    function, cases = answers[0], [tuple(case) for case in told["cases"]]
    code = function.__code__
    arguments = code.co_varnames[: code.co_argcount]
    if len(arguments) != len(cases[0]) or isinstance(_output(function, cases[0]), Raised):
        return ""
    right = [as_value(value) for value in told["right"]]
    said = _asked(Question(name, arguments, cases, right, rtol=max(told["rtol"], 1e-6)), function)
    idle = [f"`{a}`" for a in arguments if a not in _used(code)]
    data = [f"`{n}`" for n in code.co_names if isinstance(function.__globals__.get(n), np.ndarray)]
    if not said and data:
        return f"Your function reads {' and '.join(data)} of the notebook: work with its arguments alone."
    return said or (f"Your function does not use {' and '.join(idle)}." if idle else "")


def _used(code: CodeType) -> set[str]:
    names = set(code.co_cellvars)
    for step in dis.get_instructions(code):
        if step.opname.startswith("LOAD_FAST"):
            # Newer Pythons load two at once.
            names |= {step.argval} if isinstance(step.argval, str) else set(step.argval)
    return names


@cache
def _kept(file: str, name: str) -> Question | None:
    # Only here: it imports what makes tables, too.
    from .tables import kept

    return kept(Path(file), name)


def _asked(question: Question, answer: Any) -> str:
    if not question.arguments:
        return hint(question, [answer])
    outputs = _outputs(answer, question.cases)
    if outputs is None or all(isinstance(one, Raised) and "truth value" not in one.text for one in outputs):
        # The message has the error already.
        return ""
    return _by_chance(question, answer, outputs) or hint(question, outputs)


def _outputs(function: Callable[..., object], cases: Sequence[tuple[Any, ...]]) -> list[object] | None:
    """What a function gives in each case, or nothing if it would take too long."""
    outputs: list[object] = []
    # A function that runs elsewhere says what it has used there.
    elsewhere: Callable[[], float] = getattr(function, "spent", lambda: 0.0)
    longest, start = 0.0, time.process_time() + elsewhere()
    now = start
    for case in cases:
        if now - start + longest > _SECONDS:
            return None
        outputs.append(_output(function, case))
        before, now = now, time.process_time() + elsewhere()
        longest = max(longest, now - before)
    return outputs


def _output(function: Callable[..., object], case: tuple[Any, ...]) -> object:
    try:
        return function(*copy.deepcopy(case))
    except Exception as error:
        return Raised(type(error).__name__, str(error)[:200])


def _by_chance(question: Question, function: Callable[..., object], outputs: Sequence[object]) -> str:
    """Whether a function that must not be random gives something else when it is called again."""
    if "seed" in question.arguments:
        return ""
    again = _outputs(function, question.cases[:_TWICE])
    if again is None or all(repr(as_value(a)) == repr(as_value(b)) for a, b in zip(again, outputs, strict=False)):
        return ""
    return "It differs each time it is called, though nothing random is asked for."
