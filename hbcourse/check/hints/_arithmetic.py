"""Edits of formulas: powers, roots, terms, factors, brackets, signs, names and numbers."""

import ast
from collections.abc import Iterator

from ._edit import Option, Site, build, called_name, is_power, rebuilt

#: What may stand where a name belongs, its kind, and how likely that is.
_FORMS = (
    ("E**2", "square", 2),
    ("np.sqrt(E)", "root", 2),
    ("1 / E", "inverse", 2),
    ("1 / E**2", "inverse", 3),
    ("np.mean(E)", "statistic", 2),
    ("np.median(E)", "statistic", 2),
    ("np.sum(E)", "statistic", 3),
    ("np.max(E)", "statistic", 3),
    ("E[0]", "index", 3),
    ("1 - E", "complement", 2),
    ("2 * E", "multiple", 3),
    ("E / 2", "multiple", 3),
    ("-E", "sign", 3),
    ("np.abs(E)", "sign", 3),
    ("np.log(E)", "logarithm", 3),
    ("np.exp(E)", "logarithm", 3),
    ("np.sort(E)", "sorting", 3),
)
#: Numbers that are taken for each other.
_GROUPS = ((0.975, 0.95, 0.9, 0.995, 0.99), (0.025, 0.05, 0.1, 0.5), (1.96, 1.645, 2.0, 1.0, 2.576))


def names(site: Site) -> Iterator[Option]:
    """Another name, or a function of the name, in its place."""
    node = site.node
    if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
        return
    for other in site.others:
        if other != node.id:
            yield "name", 2, build(other), f"`{other}` stands where something else belongs"
            yield "name", 3, build(f"np.mean({other})"), f"the mean of `{other}` stands where something else belongs"
    for form, kind, cost in _FORMS:
        new = build(form, E=node)
        yield kind, cost, new, f"{site.phrase(new)} stands where something else belongs"
    yield "number", 2, build("E + 1", E=node), f"{site.phrase(node)} is one too large where it is used"
    yield "number", 2, build("E - 1", E=node), f"{site.phrase(node)} is one too small where it is used"
    for value in ("0 * E", "0 * E + 1"):
        yield "influence", 3, build(value, E=node), f"{site.phrase(node)} is left out of a part of the formula"


def numbers(site: Site) -> Iterator[Option]:
    """Another number."""
    node, parent = site.node, site.parent
    if not (isinstance(node, ast.Constant) and type(node.value) in (int, float)) or is_power(parent):
        return
    value = float(str(node.value))
    near = [value + 1, value - 1, 2 * value, value / 2, -value, 0.0, 1.0]
    alike = [new for group in _GROUPS if value in group for new in group]
    beside = next((n for n in ast.iter_child_nodes(parent) if n is not node and isinstance(n, ast.expr)), None)
    at = f" beside {phrase}" if beside is not None and (phrase := site.phrase(beside)).count("`") else ""
    for new in dict.fromkeys([*near, *alike]):
        if new != value:
            mine = f" (yours acts like {new:g})" if sayable(new, site) else ""
            whole = new == round(new) and type(node.value) is int
            cost = 2.0 if abs(new - value) == 1 or new in alike else 3.0
            yield "number", cost, ast.Constant(int(new) if whole else new), f"a number{at} is not the right one{mine}"


def sayable(number: float, site: Site) -> bool:
    """Whether a number may be shown: it tells something, and is none of the solution's own."""
    own = {f"{literal:g}" for literal in site.literals}
    return f"{abs(number):g}" not in own | {"0", "1"}


def powers(site: Site) -> Iterator[Option]:
    """A power dropped, or another one, or of a part."""
    node = site.node
    if not isinstance(node, ast.BinOp):
        return
    inner = [n for n in ast.walk(node) if is_power(n)]
    if len(inner) > 1:
        bare = rebuilt(node, {id(n): n.left for n in inner if isinstance(n, ast.BinOp)})
        text = (
            f"values{site.used(node)} are used as they are where their powers belong: an sd for a variance, or the like"
        )
        if isinstance(bare, ast.expr):
            yield "power", 1, bare, text
    if not isinstance(node.op, ast.Pow):
        return
    base, exponent = node.left, node.right
    yield (
        "power",
        1,
        base,
        f"{site.phrase(base)} is used as it is where a power of it belongs, such as its square or root",
    )
    for power in ("2", "0.5", "-1.0", "-0.5", "-2.0", "3"):
        new = build(f"E ** {power}", E=base)
        if ast.dump(new) != ast.dump(node):
            yield "power", 2, new, f"{site.phrase(new)} stands where another power belongs"
    yield (
        "power",
        2,
        build("np.abs(E)", E=base),
        f"an absolute value{site.used(base)} stands where a power belongs, such as a square",
    )
    if isinstance(base, ast.BinOp) and isinstance(base.op, ast.Mult | ast.Div):
        for left, right in ((False, True), (True, False)):
            a = ast.BinOp(base.left, ast.Pow(), exponent) if left else base.left
            b = ast.BinOp(base.right, ast.Pow(), exponent) if right else base.right
            bare_part = base.left if right else base.right
            yield (
                "power",
                2,
                ast.BinOp(a, base.op, b),
                f"{site.phrase(bare_part)} is left out of a power, such as a square",
            )


def roots(site: Site) -> Iterator[Option]:
    """A root dropped, or of a part."""
    if called_name(site.node) != "sqrt" or not isinstance(site.node, ast.Call) or not site.node.args:
        return
    inner = site.node.args[0]
    yield (
        "root",
        1,
        inner,
        f"a root is missing{site.where()}: what you have there is the square, a variance for an sd or the like",
    )
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add | ast.Sub):
        new = ast.BinOp(build("np.sqrt(E)", E=inner.left), inner.op, build("np.sqrt(E)", E=inner.right))
        yield "root", 2, new, "the root is taken of each term by itself, where it belongs to the whole"
        yield (
            "root",
            2,
            ast.BinOp(new.left, inner.op, inner.right),
            "the root is taken of one term, where it belongs to the whole",
        )
    if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Mult | ast.Div):
        for a, b, bare in (("np.sqrt(A)", "B", inner.right), ("A", "np.sqrt(B)", inner.left)):
            sides = build(a, A=inner.left), build(b, B=inner.right)
            yield (
                "root",
                2,
                ast.BinOp(sides[0], inner.op, sides[1]),
                f"{site.phrase(bare)} stands outside a root, and belongs under it",
            )


def terms(site: Site) -> Iterator[Option]:
    """A term dropped, a sign turned."""
    node = site.node
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)):
        return
    a, b, plus = node.left, node.right, isinstance(node.op, ast.Add)
    yield "term", 2, a, f"a term{site.used(b)} is missing{site.where()}"
    yield "term", 2, b if plus else ast.UnaryOp(ast.USub(), b), f"a term{site.used(a)} is missing{site.where()}"
    if not plus:
        yield "term", 2, b, f"a difference is left out: the part{site.used(b)} stands there alone"
        yield "sign", 2, build("B - A", A=a, B=b), f"a difference{site.used(node)} is taken the wrong way round"
        yield (
            "bound",
            2,
            build("np.maximum(E, 0)", E=node),
            f"a difference{site.used(node)} is kept from falling below zero, and should not be",
        )
        yield (
            "bound",
            2,
            build("np.abs(E)", E=node),
            f"an absolute value is taken of a difference{site.used(node)}, and should not be",
        )
    else:
        yield (
            "sign",
            2,
            build("np.abs(A - B)", A=a, B=b),
            f"an absolute difference{site.used(node)} stands where a sum belongs",
        )
    done, other = ("taken away", "added") if plus else ("added", "taken away")
    new = build("A - B" if plus else "A + B", A=a, B=b)
    yield "sign", 2, new, f"a term{site.used(b)} is {done}, and must be {other}"


def factors(site: Site) -> Iterator[Option]:
    """A factor or divisor dropped, turned upside down, or without its brackets."""
    node = site.node
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)):
        return
    a, b = node.left, node.right
    if isinstance(node.op, ast.Mult):
        for kept, gone in ((a, b), (b, a)):
            what = (
                "a complement (one minus a share) is missing as a factor"
                if is_complement(gone)
                else "a factor{} is missing"
            )
            yield "factor", 2, kept, what.format(site.used(gone)) + site.where()
        yield "factor", 3, build("A / B", A=a, B=b), f"what should multiply{site.used(b)} divides"
        yield "factor", 3, build("A + B", A=a, B=b), "a sum stands where a product belongs"
    else:
        yield "factor", 2, a, f"a divisor{site.used(b)} is missing{site.where()}"
        yield "factor", 3, build("1 / B", B=b), f"a factor{site.used(a)} is missing above the bar"
        yield "factor", 2, build("B / A", A=a, B=b), f"a quotient{site.used(node)} is upside down"
        yield "factor", 2, build("A * B", A=a, B=b), f"what should divide{site.used(b)} multiplies"
        yield "rounding", 2, build("A // B", A=a, B=b), "an integer division (`//`) cuts the fraction off"
        yield "power", 3, build("A / np.sqrt(B)", A=a, B=b), f"the root of a divisor{site.used(b)} divides in its place"
    yield (
        "power",
        3,
        build("A * B ** 2" if isinstance(node.op, ast.Mult) else "A / B ** 2", A=a, B=b),
        f"a factor or divisor{site.used(b)} comes twice",
    )
    yield from _brackets(node)


def is_complement(node: ast.expr) -> bool:
    """Whether it is ``1 - x``."""
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Sub)
        and isinstance(node.left, ast.Constant)
        and node.left.value == 1
    )


_UNBRACKETED = "brackets are missing: a product or quotient takes a part of a sum, not the whole"


def _brackets(node: ast.BinOp) -> Iterator[Option]:
    a, b = node.left, node.right
    for part, first in ((b, True), (a, False)):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
            if first:
                new = ast.BinOp(ast.BinOp(a, node.op, part.left), part.op, part.right)
                yield "brackets", 2, ast.BinOp(part.left, part.op, ast.BinOp(a, node.op, part.right)), _UNBRACKETED
            else:
                new = ast.BinOp(part.left, part.op, ast.BinOp(part.right, node.op, b))
            yield "brackets", 2, new, _UNBRACKETED
