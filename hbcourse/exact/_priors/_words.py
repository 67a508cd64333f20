"""Arguments of priors: the words of other packages, and what a number must be."""

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Any

from ... import _validate as validate


def also[T: type](**words: str) -> Callable[[T], T]:
    """Let a prior's arguments have the words of PyMC and scipy.stats too; a word that has no equal gets a sentence."""

    def decorate(prior: T) -> T:
        made: Callable[..., None] = vars(prior)["__init__"]
        names = [field.name for field in fields(prior)]

        @wraps(made)
        def init(self: object, *args: Any, **kwargs: Any) -> None:
            given: dict[str, Any] = {}
            for word, value in kwargs.items():
                name = words.get(word, word)
                if name not in names:
                    why = f", where {name}" if word in words else ""
                    raise TypeError(f"{prior.__name__} takes {' and '.join(names)}, not {word}{why}")
                if name in given or name in names[: len(args)]:
                    raise TypeError(f"{prior.__name__} takes {name} once; got it again as {word}")
                given[name] = value
            made(self, *args, **given)

        setattr(prior, "__init__", init)  # noqa: B010
        return prior

    return decorate


def all_positive(prior: Any) -> None:
    """Refuse arguments that are not positive numbers."""
    for field in fields(prior):
        validate.scalar(field.name, validate.positive(field.name, getattr(prior, field.name)))
