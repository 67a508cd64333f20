"""Checks of arguments. Each message names the argument, the rule and the value received."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

#: Numbers beyond it, or below its inverse, have squares that double precision cannot hold.
LARGEST = 1e100

#: More than any list holds.
MOST = 10**9


def _as_floats(name: str, value: ArrayLike) -> FloatArray:
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{name} must not be masked; drop or fill the missing values first")
    try:
        array = np.asarray(value)
    except Exception:
        raise ValueError(f"{name} must be numbers in rows of one length; got {shown(value)}") from None
    if array.dtype.kind not in "fiu":
        raise ValueError(f"{name} must be numbers; got {shown(value)}")
    return array.astype(float)


def shown(value: object) -> str:
    """The value on one short line."""
    if isinstance(value, int) and abs(value) > 10**20:
        return "a number of many digits"
    try:
        line = " ".join(repr(value).split())
    except Exception:
        line = f"a {type(value).__name__} that cannot be shown"
    return line if len(line) <= 60 else f"{line[:57]}..."


def _reject(name: str, rule: str, array: FloatArray, bad: NDArray[np.bool_]) -> None:
    """Raise if any entry is bad, quoting the first one."""
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        at = f" at index {where[0] if len(where) == 1 else where}" if where else ""
        raise ValueError(f"{name} must be {rule}; got {float(array[where])}{at}")


def positive(name: str, value: ArrayLike) -> FloatArray:
    """An array of finite numbers above zero."""
    array = _as_floats(name, value)
    if not ((array >= 1 / LARGEST) & (array <= LARGEST)).all():
        array = finite(name, array)
        _reject(name, "positive", array, array <= 0)
        _reject(name, f"at least {1 / LARGEST:g}", array, array < 1 / LARGEST)
    return array


def nonnegative(name: str, value: ArrayLike) -> FloatArray:
    """An array of numbers from zero to infinity, both included."""
    array = _as_floats(name, value)
    _reject(name, "zero or more", array, ~(array >= 0))
    return array


def finite(name: str, value: ArrayLike) -> FloatArray:
    """An array of finite numbers."""
    array = _as_floats(name, value)
    if not (abs(array) <= LARGEST).all():
        _reject(name, "finite", array, ~np.isfinite(array))
        _reject(name, f"at most {LARGEST:g} in size", array, abs(array) > LARGEST)
    return array


def scalar(name: str, array: FloatArray) -> float:
    """The one number that the array holds."""
    if array.ndim:
        raise ValueError(f"{name} must be one number; got shape {array.shape}")
    return float(array)


def probability(name: str, value: ArrayLike) -> FloatArray:
    """An array of numbers strictly between 0 and 1."""
    array = _as_floats(name, value)
    _reject(name, "between 0 and 1", array, ~((array > 0) & (array < 1)))
    return array


def count(name: str, value: int, most: int = MOST) -> int:
    """A whole number of one or more."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{name} must be a whole number of 1 or more; got {shown(value)}")
    if value > most:
        raise ValueError(f"{name} must be at most {most}; got {shown(value)}")
    return int(value)


def generator(rng: np.random.Generator) -> np.random.Generator:
    """A NumPy random generator: chance is always the caller's."""
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng must be a numpy.random.Generator, such as numpy.random.default_rng(1); got {shown(rng)}")
    return rng


def estimates(y: ArrayLike, sigma: ArrayLike, name: str = "y") -> tuple[FloatArray, FloatArray]:
    """Estimates ``y`` (J,) and their standard errors ``sigma`` (J,), one standard error serving all if it is scalar."""
    y = finite(name, y)
    sigma = positive("sigma", sigma)
    if y.ndim != 1 or not y.size:
        raise ValueError(f"{name} must be a list of one or more estimates; got shape {y.shape}")
    if sigma.shape not in ((), y.shape):
        raise ValueError(
            f"sigma must have one entry for each {name}, {y.shape}, or be one number; got shape {sigma.shape}"
        )
    return y, np.broadcast_to(sigma, y.shape)


def data_sets(y: ArrayLike, sigma: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """One data set ``y`` (J,) or a batch (B, J), and the standard errors ``sigma`` broadcast to it."""
    y = finite("y", y)
    sigma = positive("sigma", sigma)
    if y.ndim not in (1, 2) or not y.size:
        raise ValueError(f"y must be a list of one or more estimates, or rows of them; got shape {y.shape}")
    try:
        sigma = np.broadcast_to(sigma, y.shape)
    except ValueError:
        raise ValueError(
            f"sigma must have one entry for each y, {y.shape}, or be one number; got shape {sigma.shape}"
        ) from None
    finite("y / sigma", np.ptp(y) / sigma.min())
    return y, sigma


def counts(name: str, value: ArrayLike) -> FloatArray:
    """An array of whole numbers of zero or more."""
    array = finite(name, value)
    _reject(name, "a whole number of 0 or more", array, (array < 0) | (array % 1 != 0))
    return array


def together(**arrays: FloatArray) -> tuple[FloatArray, ...]:
    """The arrays, stretched to the shape that they share."""
    try:
        return np.broadcast_arrays(*arrays.values())
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"{' and '.join(arrays)} must have shapes that fit together; got {shapes}") from None


def at_least_one(name: str, value: ArrayLike) -> FloatArray:
    """An array of numbers from one to infinity, both included."""
    array = _as_floats(name, value)
    _reject(name, "1 or more", array, ~(array >= 1))
    return array


def whole(name: str, value: int, low: int, high: int) -> int:
    """One whole number from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}; got {shown(value)}")
    return int(value)


def between(name: str, value: ArrayLike, low: float, high: float) -> float:
    """One number from ``low`` to ``high``."""
    array = _as_floats(name, value)
    _reject(name, f"from {low:g} to {high:g}", array, ~((array >= low) & (array <= high)))
    return scalar(name, array)


def probabilities(name: str, value: ArrayLike) -> FloatArray:
    """The probabilities of one or more outcomes, (K,), which sum to one."""
    array = _as_floats(name, value)
    _reject(name, "from 0 to 1", array, ~((array >= 0) & (array <= 1 + 1e-8)))
    if array.ndim != 1 or not array.size or abs(array.sum() - 1) > 1e-8:
        raise ValueError(f"{name} must be a list that sums to 1; got shape {array.shape} and sum {array.sum():.6g}")
    return array


def share(name: str, value: ArrayLike) -> FloatArray:
    """An array of numbers from 0 to 1, both included."""
    array = _as_floats(name, value)
    _reject(name, "from 0 to 1", array, ~((array >= 0) & (array <= 1)))
    return array


def booleans(name: str, value: ArrayLike) -> NDArray[np.bool_]:
    """An array of true and false."""
    try:
        array = np.asarray(value)
    except Exception:
        raise ValueError(f"{name} must be True or False for each unit; got {shown(value)}") from None
    if isinstance(value, np.ma.MaskedArray) or array.dtype.kind != "b":
        raise ValueError(f"{name} must be True or False for each unit; got {shown(value)}")
    return array


def instance(name: str, value: object, kind: type) -> None:
    """An object of this kind."""
    if not isinstance(value, kind):
        raise ValueError(f"{name} must be of the kind {kind.__name__}; got {shown(value)}")


def function(name: str, value: object) -> None:
    """Something to call."""
    if not callable(value):
        raise ValueError(f"{name} must be a function; got {shown(value)}")


def labels(name: str, value: ArrayLike) -> NDArray[np.str_]:
    """A list of one or more labels, words or whole numbers, as text."""
    array = np.asarray(value) if not isinstance(value, list | tuple) else np.array([*value, None], dtype=object)[:-1]
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{name} must not be masked; drop or fill the missing values first")
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name} must be a list of one or more labels; got shape {array.shape}")
    for where, label in enumerate(array.tolist()):
        if not isinstance(label, str | int | np.integer) or isinstance(label, bool):
            raise ValueError(f"{name} must be words or whole numbers; got {shown(label)} at index {where}")
    return array.astype(str)


def flag(name: str, value: object) -> bool:
    """True or False, nothing that only counts as one of them."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False; got {shown(value)}")
    return bool(value)


def word(name: str, value: object, words: tuple[str, ...]) -> None:
    """One of some words."""
    if not isinstance(value, str) or value not in words:
        raise ValueError(f"{name} must be one of {', '.join(words)}; got {shown(value)}")


def fits(name: str, array: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """An array that broadcasts against results of this shape."""
    try:
        np.broadcast_shapes(array.shape, shape)
    except ValueError:
        raise ValueError(
            f"{name} must have a shape that fits that of the results, {shape}; got shape {array.shape}"
        ) from None
    return array


def squarable(name: str, value: ArrayLike, low: float = 0.0) -> FloatArray:
    """An array of numbers from ``low`` on, whose squares double precision can hold."""
    if (
        type(value) is np.ndarray
        and value.dtype == float
        and value.size
        and value.min() >= low
        and value.max() <= 1e145
    ):
        return value
    array = _as_floats(name, value)
    if not ((array >= low) & (array <= 1e145)).all():
        _reject(name, f"{low:g} or more" if low else "zero or more", array, ~(array >= low))
        _reject(name, "at most 1e+145", array, array > 1e145)
    return array


def standard_errors(sigma: ArrayLike) -> FloatArray:
    """Standard errors (J,); a single number is that of one unit."""
    sigma = np.atleast_1d(positive("sigma", sigma))
    if sigma.ndim != 1 or not sigma.size:
        raise ValueError(f"sigma must be a list of one or more standard errors; got shape {sigma.shape}")
    return sigma


def line(name: str, array: FloatArray) -> FloatArray:
    """One number or more in a list, (K,), from a list or a single number."""
    array = np.atleast_1d(array)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"{name} must be a list of one number or more; got shape {array.shape}")
    return array


def successes(y: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Counts ``y`` (J,) of successes in ``n`` trials each, one number serving all if it is scalar."""
    y, n = together(y=counts("y", y), n=counts("n", n))
    if y.ndim != 1 or not y.size:
        raise ValueError(f"y must be a list of one or more counts; got shape {y.shape}")
    for j in np.flatnonzero((y > n) | (n == 0))[:1]:
        raise ValueError(f"y must be at most n, and n at least 1; got y = {y[j]:g}, n = {n[j]:g} at index {j}")
    return y, n


def system(A: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """An operator (m, n) that is not zero and data (m,) that fit it."""
    A, y = finite("A", A), finite("y", y)
    if A.ndim != 2 or not A.size:
        raise ValueError(f"A must be a matrix with a row for each entry of y; got shape {A.shape}")
    if y.shape != A.shape[:1]:
        raise ValueError(f"y must have one entry for each row of A, ({len(A)},); got shape {y.shape}")
    if not A.any():
        raise ValueError("A must have an entry other than zero, or the data say nothing about x")
    return A, y
