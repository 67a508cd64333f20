"""Nested or crossed: what two columns of labels say, and how they mislead."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .. import _validate as validate


@dataclass(frozen=True)
class Design:
    """What two columns of labels say of how two factors go together, and whether the labels may mislead.

    Attributes
    ----------
    kind : str
        By the labels as they are: "inner nested in outer", "outer nested in inner", "crossed" (each combination
        occurs), "partially crossed" (some do), or "one to one" (the two cannot be told apart).
    otherwise : str or None
        The kind it would be if the labels mislead: labels used again in each group for different things, or one thing
        given another label in each group. None if nothing in the labels suggests it.
    table : DataFrame
        Rows of data for each combination: outer labels down, inner labels across.
    explanation : str
        The same in words, with the question that decides.

    Examples
    --------
    >>> print(design(["A", "A", "B"], ["x", "y", "z"]))
    By the labels: inner nested in outer. 2 outer and 3 inner labels; 3 of 6 pairs occur.
    """

    kind: str
    otherwise: str | None
    table: pd.DataFrame
    explanation: str

    def __str__(self) -> str:
        return self.explanation


def design(outer: ArrayLike, inner: ArrayLike) -> Design:
    """Tell nested from crossed factors by two columns of labels, one row for each observation.

    Labels can mislead both ways. "Site 1" in each of three regions looks crossed, but is nested if these are three
    sites. "A-1" and "B-1" look nested, but are crossed if both are rater 1. No table can tell; the result says where
    to ask.

    Parameters
    ----------
    outer, inner : (N,) arrays of labels
        Words or whole numbers, such as the region and the site of each plot.

    Examples
    --------
    >>> regions, sites = ["A", "A", "B", "B"], [1, 2, 1, 2]
    >>> design(regions, sites).kind, design(regions, sites).otherwise
    ('crossed', 'inner nested in outer')
    >>> design(regions, ["north", "south", "east", "west"]).kind
    'inner nested in outer'
    """
    outer, inner = _pair(outer, inner)
    kind = _kind(outer, inner)
    table = pd.crosstab(pd.Series(outer, name="outer"), pd.Series(inner, name="inner"))
    otherwise, doubt = None, ""
    if "crossed" in kind or kind == "outer nested in inner":
        label = next(name for name in table.columns if (table[name] > 0).sum() > 1)
        first, second = table.index[table[label] > 0][:2]
        otherwise = "inner nested in outer"
        doubt = (
            f"Is {label!r} in {first!r} the same as {label!r} in {second!r}? If it is, this stands. If the labels are "
            f"used again in each group for different things, it is {otherwise}: relabel before you fit."
        )
    elif kind == "inner nested in outer":
        bare = _without(outer, inner)
        if bare is not None and _kind(outer, bare) in ("crossed", "partially crossed"):
            otherwise = _kind(outer, bare)
            label = next(name for name in np.unique(bare) if len(np.unique(outer[bare == name])) > 1)
            first, second = np.unique(inner[bare == label])[:2]
            doubt = (
                f"Yet the inner labels carry those of their groups. Is {first!r} the same as {second!r}? If not, this "
                f"stands. If they are one thing under two names, it is {otherwise}: use one name for it."
            )
    outers, inners = len(table.index), len(table.columns)
    seen = int((table > 0).to_numpy().sum())
    facts = f"By the labels: {kind}. {outers} outer and {inners} inner labels; {seen} of {outers * inners} pairs occur."
    return Design(kind, otherwise, table, f"{facts} {doubt}".strip())


def relabel(outer: ArrayLike, inner: ArrayLike) -> NDArray[np.str_]:
    """Labels that are unique to each outer group, "outer/inner": for nested factors whose labels are used again.

    Parameters
    ----------
    outer, inner : (N,) arrays of labels
        Words or whole numbers, such as the region and the site of each plot.

    Examples
    --------
    >>> relabel(["A", "A", "B"], [1, 2, 1])
    array(['A/1', 'A/2', 'B/1'], dtype='<U3')
    """
    outer, inner = _pair(outer, inner)
    return np.array([f"{o}/{i}" for o, i in zip(outer, inner, strict=True)])


def _pair(outer: ArrayLike, inner: ArrayLike) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    first, second = validate.labels("outer", outer), validate.labels("inner", inner)
    if first.shape != second.shape:
        raise ValueError(f"outer and inner must be of one length; got {len(first)} and {len(second)}")
    return first, second


def _kind(outer: NDArray[np.str_], inner: NDArray[np.str_]) -> str:
    pairs = len(set(zip(outer.tolist(), inner.tolist(), strict=True)))
    outers, inners = len(np.unique(outer)), len(np.unique(inner))
    if pairs == outers == inners:
        return "one to one"
    if pairs == inners:
        return "inner nested in outer"
    if pairs == outers:
        return "outer nested in inner"
    return "crossed" if pairs == outers * inners else "partially crossed"


def _without(outer: NDArray[np.str_], inner: NDArray[np.str_]) -> NDArray[np.str_] | None:
    """The inner labels without those of their groups, where all of them start or end with it."""
    between = r"[\s_./:-]*"
    bare = []
    for group, label in zip(outer.tolist(), inner.tolist(), strict=True):
        name = re.escape(group)
        found = re.fullmatch(rf"{name}{between}(.+?)|(.+?){between}{name}", label)
        if not found or (group[-1].isdigit() and (label[len(group)].isdigit() or label[-len(group) - 1].isdigit())):
            return None
        bare.append(found[1] or found[2])
    return np.array(bare)
