"""Edits of what is called: which function, of what, along which axis."""

import ast
from collections.abc import Iterator

from ._arithmetic import sayable
from ._edit import Option, Site, build, called_name

#: Functions and methods that are taken for each other.
ALIKE = {
    "sum": ["mean"],
    "mean": ["sum", "median"],
    "median": ["mean"],
    "var": ["std"],
    "std": ["var"],
    "max": ["min", "mean"],
    "min": ["max"],
    "argmax": ["argmin"],
    "argmin": ["argmax"],
    "ceil": ["floor", "round"],
    "floor": ["ceil", "round"],
    "pmf": ["cdf", "logpmf", "sf"],
    "logpmf": ["pmf"],
    "pdf": ["cdf", "logpdf"],
    "logpdf": ["pdf"],
    "cdf": ["pdf", "sf"],
    "sf": ["cdf"],
    "ppf": ["cdf"],
    "isf": ["ppf"],
    "maximum": ["minimum"],
    "log": ["log10", "log2", "log1p"],
    "permutations": ["combinations"],
    "all": ["any", "mean"],
    "any": ["all"],
    "argsort": ["sort"],
    "prod": ["sum"],
}
_MISSING = {
    "abs": "an absolute value is missing",
    "log": "a logarithm is missing",
    "exp": "an exponential is missing",
    "ceil": "a rounding is missing",
    "floor": "a rounding is missing",
    "int": "a rounding is missing",
    "round": "a rounding is missing",
    "sort": "a sorting is missing",
    "cumsum": "a cumulated sum is missing",
    "asarray": "",
    "float": "",
}
_DISTRIBUTIONS = ("normal", "gamma", "logpdf", "pdf", "cdf", "NegativeBinomial")
_TAKEN_FOR = (
    ("np.sqrt(E)", "the root of what is right (an sd for a variance, or the like)"),
    ("E ** 2", "the square of what is right (a variance for an sd, or the like)"),
    ("1 / E", "one over what is right (a rate for a scale, or the like)"),
)
_VALUES = ("sigma", "scale", "loc", "weights", "minlength", "keepdims")


def functions(site: Site) -> Iterator[Option]:
    """A function dropped, or another one of its kind."""
    node, name = site.node, called_name(site.node)
    if not isinstance(node, ast.Call):
        return
    of = f" (of {phrase})" if node.args and (phrase := site.phrase(node.args[0])).count("`") else ""
    for other in ALIKE.get(name, []):
        yield "function", 1, with_function(node, other), f"`{other}` is used where another function belongs{of}"
    if node.args and _MISSING.get(name):
        yield "function", 1, node.args[0], f"{_MISSING[name]}{of}"
    if name in ("abs", "absolute") and node.args:
        yield "function", 2, build("E ** 2", E=node.args[0]), f"a square stands where another function belongs{of}"
    if name in ("ceil", "floor"):
        up = ("np.floor(E) + 1", "np.ceil(E) + 1", "np.ceil(E) - 1")
        turned = up if name == "ceil" else ("np.ceil(E) - 1", "np.floor(E) + 1")
        for template in turned:
            text = "the rounding is off by one" + (
                ", where the number is whole already" if template[3:7] != name[:4] else ""
            )
            yield "rounding", 1.5, build(template, E=node.args[0]), text
        yield (
            "rounding",
            1,
            build("np.trunc(E)", E=node.args[0]),
            "the number is cut off toward zero (as `int` does), and must be rounded in another way",
        )
    if name in ("max", "maximum", "min", "minimum") and len(node.args) == 2:
        for bounded, bound in (node.args, node.args[::-1]):
            dropped = (
                "values are let through that must not pass a bound"
                if isinstance(bound, ast.Constant)
                else "a bound stands alone"
            )
            yield "bound", 1, bounded, dropped
            yield "bound", 2, build("np.abs(E)", E=bounded), "an absolute value is taken where a bound belongs"
    if name == "mean" and isinstance(node.func, ast.Attribute) and node.args:
        yield (
            "ddof",
            2,
            build("np.sum(E) / (np.size(E) - 1)", E=node.args[0]),
            f"the mean{of} divides by one less than the number of values",
        )
    if name == "ppf":
        for z in (2.0, 1.0, 1.645, 3.0):
            like = f" (yours acts like {z:g})" if sayable(z, site) else ""
            yield "number", 2, ast.Constant(z), f"a quantile is not the right one{like}"


def with_function(node: ast.Call, other: str) -> ast.Call:
    """The call of another function or method with the same arguments."""
    func: ast.expr = ast.Name(other, ast.Load())
    if isinstance(node.func, ast.Attribute):
        func = ast.Attribute(node.func.value, other, ast.Load())
    return ast.Call(func, node.args, node.keywords)


def arguments(site: Site) -> Iterator[Option]:
    """ddof, axis, scale and other keywords; arguments in the wrong order."""
    node, name = site.node, called_name(site.node)
    if not isinstance(node, ast.Call):
        return
    given = {k.arg: k.value for k in node.keywords if k.arg}

    def with_keyword(key: str, value: ast.expr | None) -> ast.Call:
        rest = [k for k in node.keywords if k.arg != key]
        return ast.Call(node.func, node.args, rest if value is None else [*rest, ast.keyword(key, value)])

    if name in ("var", "std"):
        now = given.get("ddof")
        for ddof, by in (
            (0, "the number of values"),
            (1, "one less than the number of values"),
            (2, "two less than the number of values"),
        ):
            if ddof != (now.value if isinstance(now, ast.Constant) else 0):
                yield "ddof", 1, with_keyword("ddof", ast.Constant(ddof)), f"`{name}` divides by {by} (see ddof)"
    if "axis" in given:
        for axis in (0, 1, None):
            if ast.dump(ast.Constant(axis)) != ast.dump(given["axis"]):
                along = (
                    "taken along the wrong axis"
                    if axis is not None
                    else "taken over everything at once, where each row has its own"
                )
                yield "axis", 1, with_keyword("axis", ast.Constant(axis)), f"`{name}` is {along}"
    if (scale := given.get("scale")) is not None:
        moved = ast.Call(node.func, [*node.args, scale], [k for k in node.keywords if k.arg != "scale"])
        located = f"a scale or rate is given to `{name}` by its place, and so taken for the location: name it"
        yield "scale", 1, moved, located
        if isinstance(scale, ast.BinOp) and isinstance(scale.op, ast.Div):
            over = build("B / A", A=scale.left, B=scale.right)
            yield "scale", 1.5, ast.Call(node.func, [*node.args, over], moved.keywords), located
        yield (
            "scale",
            1.5,
            with_keyword("scale", build("1 / E", E=scale)),
            f"`{name}` is given a scale upside down: a rate for a scale, or the other way round",
        )
        yield (
            "scale",
            2,
            with_keyword("scale", build("E ** 2", E=scale)),
            f"`{name}` is given the square of its scale, a variance for an sd",
        )
    for key in _VALUES:
        if key in given:
            yield "keyword", 1, with_keyword(key, None), f"`{key}` is left out"
    for i in range(len(node.args) - 1):
        turned = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        if not any(isinstance(a, ast.Starred) for a in turned):
            yield (
                "order",
                2.5,
                ast.Call(node.func, turned, node.keywords),
                f"two arguments of `{name}` are in the wrong order",
            )
    if name in _DISTRIBUTIONS and len(node.args) > 1:
        for i in range(1, len(node.args)):
            for template, text in _TAKEN_FOR:
                changed = [build(template, E=a) if j == i else a for j, a in enumerate(node.args)]
                yield "scale", 2, ast.Call(node.func, changed, node.keywords), f"`{name}` is given {text}"
