"""Edits of comparisons, entries, ranges and choices."""

import ast
from collections.abc import Iterator, Mapping, Sequence

from ._edit import Option, Site, build, called_name

_ORDER: Mapping[type[ast.cmpop], Sequence[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq, ast.GtE, ast.LtE],
    ast.NotEq: [ast.Eq],
}
_SIGNS = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


def ranges(site: Site) -> Iterator[Option]:
    """Ends of ranges; lengths."""
    node, name = site.node, called_name(site.node)
    if not isinstance(node, ast.Call):
        return
    if name in ("arange", "range") and len(node.args) == 1:
        end = node.args[0]
        for args, text in (
            ([ast.Constant(1), end], "the range starts at one, and so misses its first number"),
            ([build("E - 1", E=end)], "the range ends one too early"),
            ([build("E + 1", E=end)], "the range ends one too late"),
        ):
            yield "range", 1, ast.Call(node.func, args, []), text
    if name == "len":
        for template, text in (
            ("E - 1", "is one too small"),
            ("E + 1", "is one too large"),
            ("E - 2", "is two too small"),
        ):
            yield "number", 2, build(template, E=node), f"the number of values {text} where it is used"
        yield (
            "number",
            2,
            build("np.sqrt(E)", E=node),
            "the root of the number of values is used where another power of it belongs",
        )
        yield "factor", 2, ast.Constant(1), "the number of values is left out"


def comparisons(site: Site) -> Iterator[Option]:
    """Other comparisons, other entries, one side of a choice."""
    node = site.node
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for new in _ORDER.get(type(node.ops[0]), []):
            yield (
                "comparison",
                1,
                ast.Compare(node.left, [new()], node.comparators),
                f"the comparison acts like `{_SIGNS[new]}`: look at what happens at a tie, and at the direction",
            )
    if isinstance(node, ast.IfExp):
        yield "choice", 1, node.body, "one side of an `if` is taken always"
        yield "choice", 1, node.orelse, "one side of an `if` is taken always"
    if (
        isinstance(node, ast.Tuple)
        and isinstance(node.ctx, ast.Load)
        and len(node.elts) == 2
        and isinstance(site.parent, ast.Return)
    ):
        yield "order", 1, ast.Tuple(node.elts[::-1], ast.Load()), "the two values are in the wrong order"
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        for entry in ("E[..., 0]", "E[..., -1]", "E[0]", "E[-1]"):
            yield (
                "index",
                2,
                build(entry, E=node.value),
                f"another entry is taken{site.used(node.value)} than is asked for",
            )
        yield from _slices(node)


def _slices(node: ast.Subscript) -> Iterator[Option]:
    cut = node.slice
    if not isinstance(cut, ast.Slice):
        return
    if isinstance(cut.lower, ast.UnaryOp):
        yield (
            "index",
            1,
            ast.Subscript(node.value, ast.Slice(None, cut.lower.operand), ast.Load()),
            "the entries are taken from the wrong end",
        )
    for i, bound in enumerate((cut.lower, cut.upper)):
        for template, text in (("E + 1", "after"), ("E - 1", "before")):
            if bound is not None:
                ends = [build(template, E=bound), cut.upper] if i == 0 else [cut.lower, build(template, E=bound)]
                yield (
                    "index",
                    2,
                    ast.Subscript(node.value, ast.Slice(ends[0], ends[1], cut.step), ast.Load()),
                    f"a slice {'begins' if i == 0 else 'ends'} one entry {text} its place",
                )
