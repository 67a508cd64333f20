"""What is wrong with a model, variable by variable: family, parameters, data, then Deterministics."""

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .._validate import FloatArray
from ._families import FAMILIES, log_density
from ._graph import Graph, Point, Term
from ._operations import Unreadable

#: A number, or a function of the values of a point by name.
Parameter = ArrayLike | Callable[..., ArrayLike]
#: A family of PyMC's by its name, with its parameters where a hint can speak of them.
Distribution = str | tuple[str, Mapping[str, Parameter]]

#: The student's value and the right one at each point.
Pairs = Sequence[tuple[FloatArray, FloatArray]]

_BY_NAME = {family.name: family for family in FAMILIES.values()}
#: What the student's value may be of the right one, in the order in which it is asked.
_RELATIONS: tuple[tuple[str, Callable[[FloatArray], FloatArray]], ...] = (
    ("a thousand times", lambda right: 1000 * right),
    ("a thousandth of", lambda right: right / 1000),
    ("the square of", np.square),
    ("the square root of", np.sqrt),
    ("one over", lambda right: 1 / right),
    ("one over the square of", lambda right: 1 / right**2),
    ("one over the square root of", lambda right: 1 / np.sqrt(right)),
    ("the negative of", np.negative),
    ("one minus", lambda right: 1 - right),
    ("the log of", np.log),
    ("the exponential of", np.exp),
    ("twice", lambda right: 2 * right),
    ("half of", lambda right: right / 2),
    ("a hundred times", lambda right: 100 * right),
    ("a hundredth of", lambda right: right / 100),
)


def of_variables(
    graph: Graph,
    points: Sequence[Point],
    support: Sequence[bool],
    families: Mapping[str, Distribution],
    data: Mapping[str, ArrayLike],
) -> str:
    """The first variable whose density is not what it should be, and why; nothing if that is not to be told.

    ``support`` says which of the points lie in it: at the others, parameters may have no value.
    """
    for variable, wanted in families.items():
        if variable not in graph.free and variable not in graph.observed:
            continue
        try:
            terms = [graph.at(point).term(variable) for point in points]
            if variable in data and (sentence := _of_data(variable, terms[0].value, np.asarray(data[variable]))):
                return sentence
            if sentence := _of_variable(variable, terms, points, support, wanted):
                return sentence
        except Unreadable:
            continue
    if graph.potential and not any(isinstance(one, str) for one in families.values()):
        return f"The Potential {next(iter(graph.potential))} adds what the model should not have."
    return ""


def outside_prior(graph: Graph, points: Sequence[Point], families: Mapping[str, Distribution]) -> str:
    """A free variable whose prior allows a point that the right one does not, though the data rule it out there.

    The joint density is the same, and the prior is not. Potentials may be part of it, so that nothing is said of them.
    """
    known = {name: one for name, one in families.items() if not isinstance(one, str) and name in graph.free}
    for point in () if graph.potential else points:
        for variable, (family, parameters) in known.items():
            term = graph.at(point).term(variable)
            right = {name: _at(parameter, point) for name, parameter in parameters.items()}
            outside = ~np.isfinite(log_density(_BY_NAME[family], term.value, right))
            if np.any(outside & np.isfinite(term.log_density)):
                value = float(term.value[outside].flat[0])
                return f"The prior of {variable} allows {value:.4g}: it must be {family}, and it is {term.name}."
            if outside.any():
                # Those that follow have it as a parameter, which is none.
                break
    return ""


def _of_variable(
    variable: str, terms: Sequence[Term], points: Sequence[Point], support: Sequence[bool], wanted: Distribution
) -> str:
    family = wanted if isinstance(wanted, str) else wanted[0]
    other = f"{variable} must be {family}; it is {terms[0].name}." if terms[0].name != family else ""
    if isinstance(wanted, str):
        return other
    right = [{name: _at(parameter, point) for name, parameter in wanted[1].items()} for point in points]
    if _same_density(terms, family, right):
        return ""
    if other:
        return other
    pairs = {
        name: [
            (term.parameters[name], one[name])
            for term, one, inside in zip(terms, right, support, strict=True)
            if inside
        ]
        for name in wanted[1]
    }
    wrong = {name: of for name, of in pairs.items() if not _equal(of)}
    for one, two in itertools.combinations(wrong, 2):
        if _equal(_crossed(pairs[one], pairs[two])) and _equal(_crossed(pairs[two], pairs[one])):
            return f"The {one} and the {two} of {variable} are swapped."
    for name, of in wrong.items():
        return f"The {name} of {variable} {_relation(of, {key: pair for key, pair in pairs.items() if key != name})}"
    return ""


def _of_data(variable: str, value: FloatArray, data: FloatArray) -> str:
    if value.shape != data.shape:
        return f"The data of {variable} have shape {value.shape}, not {data.shape}."
    return "" if np.allclose(value, data) else f"The data of {variable} are not those of the task."


def _at(parameter: Parameter, point: Point) -> FloatArray:
    return np.asarray(parameter(**point) if callable(parameter) else parameter, dtype=float)


def _same_density(terms: Sequence[Term], family: str, right: Sequence[Mapping[str, FloatArray]]) -> bool:
    """Whether the variable's density differs from the right one by a constant, whatever it is called."""
    own = np.array([term.log_density.sum() for term in terms])
    others = np.array(
        [log_density(_BY_NAME[family], term.value, one).sum() for term, one in zip(terms, right, strict=True)]
    )
    finite = np.isfinite(own)
    if not np.array_equal(finite, np.isfinite(others)):
        return False
    gap = own[finite] - others[finite]
    return not len(gap) or bool(np.ptp(gap) <= 1e-6 * (1 + abs(own[finite]).max()))


def _equal(pairs: Pairs) -> bool:
    return all(_close(own, right) for own, right in pairs)


def _close(own: FloatArray, right: FloatArray) -> bool:
    """One value for all entries is as good as the same value at each."""
    try:
        own, right = np.broadcast_arrays(own, right)
    except ValueError:
        return False
    return bool(np.allclose(own, right, rtol=1e-6, atol=1e-9))


def _crossed(one: Pairs, two: Pairs) -> Pairs:
    return [(own, right) for (own, _), (_, right) in zip(one, two, strict=True)]


def _relation(pairs: Pairs, others: Mapping[str, Pairs]) -> str:
    """How the student's value follows from the right one, as the rest of a sentence."""
    with np.errstate(all="ignore"):
        fitting = [words for words, of in _RELATIONS if _equal([(own, of(right)) for own, right in pairs])]
    if fitting:
        # Of one number, more than one may be true: 4 is the square of 2, and twice as much. A unit hides no other.
        told = fitting[:1] if "thousand" in fitting[0] else fitting[:2]
        return f"is {', or '.join(told)} what it should be."
    for other, pair in others.items():
        if _equal(_crossed(pairs, pair)):
            return f"is what its {other} should be."
    return _where(pairs) or _dependence(pairs)


def _where(pairs: Pairs) -> str:
    """For which entries it is right, if for some of them at all points."""
    try:
        shape = np.broadcast_shapes(*(np.shape(one) for pair in pairs for one in pair))
    except ValueError:
        return f"has shape {pairs[0][0].shape}, and should have {pairs[0][1].shape}."
    if not shape:
        return ""
    good = np.ones(shape, dtype=bool)
    for own, right in pairs:
        good &= np.isclose(own, right, rtol=1e-6, atol=1e-9)
    number = int(good.sum())
    return f"is right for {number} of its {good.size} entries only." if 0 < number < good.size else ""


def _dependence(pairs: Pairs) -> str:
    """Whether it changes from point to point, as it should or should not."""
    own_changes, right_changes = (
        any(not np.array_equal(pair[side], pairs[0][side]) for pair in pairs) for side in (0, 1)
    )
    if right_changes and not own_changes:
        return "should depend on other variables, and does not."
    if own_changes and not right_changes:
        return "depends on other variables, and should not."
    number = float(pairs[0][0].flat[0])
    return "is not what it should be." if right_changes else f"is {number:.4g}, which is not what the task asks for."


def of_deterministic(variable: str, graph: Graph, points: Sequence[Point], pairs: Pairs) -> str:
    """What is wrong with a Deterministic, given its value and the right one at each point."""
    for other in graph.free:
        if _equal(
            [(own, np.asarray(point[other], dtype=float)) for (own, _), point in zip(pairs, points, strict=True)]
        ):
            return f"{variable} is the same as {other}."
    return f"{variable} {_relation(pairs, {})}"
