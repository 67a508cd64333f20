"""Edits of programs: statements left out or in another order, and what simulations draw."""

import ast
import copy
from collections.abc import Iterator
from typing import Any

from ._edit import Edit, Option, Site, build, called_name

_DRAWS = ("normal", "gamma", "poisson", "binomial", "uniform", "random", "beta", "exponential", "integers", "choice")


def draws(site: Site) -> Iterator[Option]:
    """One draw for all units or for all data sets; one seed for two layers."""
    node = site.node
    if isinstance(node, ast.Name) and node.id == "rng" and isinstance(node.ctx, ast.Load):
        text = "each layer is drawn by a new generator with the same seed, so that the layers are not independent"
        yield "draw", 1, build("np.random.default_rng(seed)"), text
    if not (called_name(node) in _DRAWS and isinstance(site.parent, ast.Assign | ast.BinOp | ast.Call)):
        return
    target = site.parent.targets[0] if isinstance(site.parent, ast.Assign) else None
    drawn = site.phrase(target) if target is not None and site.phrase(target).count("`") else "a number"
    yield (
        "draw",
        1,
        build("E[:, :1] + 0 * E", E=node),
        f"{drawn} is drawn once for all units of a data set, where each has its own",
    )
    yield "draw", 1, build("E[:1] + 0 * E", E=node), f"{drawn} is drawn once, and is the same in all data sets"
    if isinstance(node, ast.Call) and node.args and called_name(node) == "poisson":
        yield "draw", 2, node.args[0], "a layer of the model is not drawn: its mean stands in its place"
    if isinstance(node, ast.Call) and len(node.args) > 1 and called_name(node) == "gamma":
        yield (
            "draw",
            2,
            build("A * B + 0 * E", A=node.args[0], B=node.args[1], E=node),
            "a layer of the model is not drawn: its mean stands in its place",
        )
    if isinstance(node, ast.Call) and node.args and called_name(node) == "normal":
        yield (
            "draw",
            2,
            build("M + 0 * E", M=node.args[0], E=node),
            "a layer of the model is not drawn: its mean stands in its place",
        )
    yield from _sizes(node)


def _sizes(node: ast.AST) -> Iterator[Option]:
    """Shapes of simulations with another number of units."""
    if isinstance(node, ast.Call):
        shape = next((k.value for k in node.keywords if k.arg == "size"), node.args[-1] if node.args else None)
        if isinstance(shape, ast.Tuple) and len(shape.elts) == 2:
            for i, text in ((0, "is the same in all data sets"), (1, "is the same for all units of a data set")):
                elts = [ast.Constant(1) if j == i else e for j, e in enumerate(shape.elts)]
                new: Any = copy.copy(node)
                new.args = [ast.Tuple(elts, ast.Load()) if a is shape else a for a in node.args]
                new.keywords = [
                    ast.keyword(k.arg, ast.Tuple(elts, ast.Load())) if k.value is shape else k for k in node.keywords
                ]
                yield "draw", 1, new, f"a number that is drawn {text}"


def statements(scope: ast.AST) -> Iterator[Edit]:
    """A statement left out, two turned round, a special case left out."""
    for owner in ast.walk(scope):
        for field in ("body", "orelse"):
            block = getattr(owner, field, None)
            if isinstance(owner, ast.Module) or not isinstance(block, list) or not block:
                continue
            for i, statement in enumerate(block):
                rest, turned = block[:i] + block[i + 1 :], [*block[:i], *block[i : i + 2][::-1], *block[i + 2 :]]
                special = isinstance(statement, ast.If)
                if rest and not isinstance(statement, ast.Return | ast.FunctionDef):
                    text = (
                        "a special case of the task is left out" if special else "a step of the calculation is left out"
                    )
                    yield Edit(
                        "guard" if special else "step",
                        1 if special else 2,
                        {id(owner): _with(owner, field, rest)},
                        text,
                    )
                if i + 1 < len(block) and not isinstance(block[i + 1], ast.Return):
                    where = " within the loop" if isinstance(owner, ast.For) else ""
                    text = f"two steps are done in the wrong order{where}"
                    yield Edit("order", 2, {id(owner): _with(owner, field, turned)}, text)


def _with(owner: ast.AST, field: str, block: list[ast.stmt]) -> ast.AST:
    new = copy.copy(owner)
    setattr(new, field, block)
    return new
