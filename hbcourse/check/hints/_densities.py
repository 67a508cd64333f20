"""Edits of densities: their constants, and how they are put together."""

import ast
from collections.abc import Iterator

from ._edit import Option, Site, build, called_name

_DENSITIES = ("logpdf", "logpmf")
_LACKS = "a density lacks its normalizing constant, or a part of it"


def densities(site: Site) -> Iterator[Option]:
    """A constant left out of a density; densities added before the logarithm is taken."""
    node = site.node
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    owner, name = node.func.value, called_name(node)
    if name == "sum" and called_name(owner) in _DENSITIES:
        new = build("np.log(np.exp(E).sum())", E=owner)
        yield "density", 1, new, "densities are added and then the logarithm is taken, though the parts are independent"
    if name not in _DENSITIES or not isinstance(owner, ast.Attribute) or len(node.args) < 1:
        return
    given = {k.arg: k.value for k in node.keywords}
    if owner.attr == "poisson" and len(node.args) == 2:
        yield "density", 1.5, build("K * np.log(L) - L", K=node.args[0], L=node.args[1]), f"{_LACKS} (a factorial)"
    if owner.attr == "norm":
        scale = node.args[2] if len(node.args) > 2 else given.get("scale", ast.Constant(1))
        yield "density", 1.5, build("E + np.log(2 * np.pi) / 2", E=node), _LACKS
        yield "density", 1.5, build("E + np.log(S)", E=node, S=scale), f"{_LACKS} (the one with the sd)"
        yield "density", 1.5, build("E + np.log(S) + np.log(2 * np.pi) / 2", E=node, S=scale), _LACKS
    if owner.attr.startswith("half"):
        yield "density", 1.5, build("E - np.log(2)", E=node), f"{_LACKS}: it is that of both sides, for one side"
