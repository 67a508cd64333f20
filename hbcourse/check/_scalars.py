"""What the scalar operations of a model's graph compute, entry by entry, by the names of PyTensor's classes."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special


def _power(base: Any, exponent: Any) -> Any:
    # NumPy refuses negative powers of whole numbers, though their float is meant.
    whole = np.asarray(exponent).dtype.kind in "iu" and np.min(exponent, initial=0) < 0
    return np.power(np.asarray(base, dtype=float) if whole else base, exponent)


def _sum(*terms: Any) -> Any:
    total = terms[0]
    for term in terms[1:]:
        total = np.add(total, term)
    return total


def _product(*factors: Any) -> Any:
    product = factors[0]
    for factor in factors[1:]:
        product = np.multiply(product, factor)
    return product


#: By the class of the scalar operation of an Elemwise.
SCALARS: dict[str, Callable[..., Any]] = {
    "Add": _sum,
    "Mul": _product,
    "Sub": np.subtract,
    "TrueDiv": np.true_divide,
    "IntDiv": np.floor_divide,
    "Mod": np.mod,
    "Pow": _power,
    "Sqr": np.square,
    "Sqrt": np.sqrt,
    "Exp": np.exp,
    "Exp2": np.exp2,
    "Expm1": np.expm1,
    "Log": np.log,
    "Log1p": np.log1p,
    "Log2": np.log2,
    "Log10": np.log10,
    "Abs": np.abs,
    "Sign": np.sign,
    "Neg": np.negative,
    "Reciprocal": lambda a: 1 / np.asarray(a, dtype=float),
    "Sigmoid": special.expit,
    "Softplus": lambda a: np.logaddexp(0, a),
    "Log1mexp": lambda a: np.where(a > -np.log(2), np.log(-np.expm1(a)), np.log1p(-np.exp(a))),
    "Switch": np.where,
    "Second": lambda a, b: np.broadcast_arrays(a, b)[1],
    "Identity": lambda a: a,
    "EQ": np.equal,
    "NEQ": np.not_equal,
    "LT": np.less,
    "GT": np.greater,
    "LE": np.less_equal,
    "GE": np.greater_equal,
    "AND": np.bitwise_and,
    "OR": np.bitwise_or,
    "XOR": np.bitwise_xor,
    "Invert": np.invert,
    "IsNan": np.isnan,
    "IsInf": np.isinf,
    "Maximum": lambda *a: np.maximum.reduce(np.broadcast_arrays(*a)),
    "Minimum": lambda *a: np.minimum.reduce(np.broadcast_arrays(*a)),
    "Clip": np.clip,
    "Floor": np.floor,
    "Ceil": np.ceil,
    "Trunc": np.trunc,
    "RoundHalfToEven": np.round,
    "Sin": np.sin,
    "Cos": np.cos,
    "Tan": np.tan,
    "ArcSin": np.arcsin,
    "ArcCos": np.arccos,
    "ArcTan": np.arctan,
    "ArcTan2": np.arctan2,
    "Sinh": np.sinh,
    "Cosh": np.cosh,
    "Tanh": np.tanh,
    "ArcSinh": np.arcsinh,
    "ArcCosh": np.arccosh,
    "ArcTanh": np.arctanh,
    "Erf": special.erf,
    "Erfc": special.erfc,
    "Erfcx": special.erfcx,
    "Erfinv": special.erfinv,
    "Erfcinv": special.erfcinv,
    "Gamma": special.gamma,
    "GammaLn": special.gammaln,
    "Psi": special.digamma,
    "TriGamma": lambda a: special.polygamma(1, a),
    "GammaInc": special.gammainc,
    "GammaIncC": special.gammaincc,
    "BetaInc": special.betainc,
}
