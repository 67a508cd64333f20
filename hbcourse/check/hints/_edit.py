"""One edit of a program's syntax tree, and the words for what then stands there."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True)
class Edit:
    """Nodes of a program that others replace.

    Attributes
    ----------
    kind : str
        What is done, in one word.
    cost : float
        How unlikely it is that a student makes this mistake; of two that fit, the cheaper one is named.
    swaps : mapping from id of a node to node
        A new node may hold old ones, the replaced one included.
    sentence : str
        What the student has done, without the right expression; empty if no words say it.
    """

    kind: str
    cost: float
    swaps: Mapping[int, ast.AST]
    sentence: str


@dataclass(frozen=True)
class Site:
    """A node that may be edited, the node that holds it, and what is known of the whole program.

    ``names`` are those that a hint may use; ``others`` may stand in the place of a name by mistake; ``literals`` are
    the program's own numbers; ``behind`` says which names a variable of the program is made of.
    """

    node: ast.AST
    parent: ast.AST
    names: frozenset[str]
    others: tuple[str, ...]
    literals: frozenset[float]
    behind: Mapping[str, frozenset[str]]

    def phrase(self, node: ast.AST) -> str:
        """The node in words, or a phrase without any of its parts."""
        return in_words(node, self.names) or "an intermediate result"

    def used(self, node: ast.AST) -> str:
        """Which arguments a part depends on: `` with `sigma` and `tau` ``, or nothing."""
        own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        found = sorted(self.names & own or self.names & {b for n in own for b in self.behind.get(n, ())})
        return f" with {' and '.join(f'`{n}`' for n in found)}" if 0 < len(found) < 3 else ""

    def where(self) -> str:
        """The part of a formula that this is."""
        if isinstance(self.parent, ast.BinOp) and isinstance(self.parent.op, ast.Div):
            return " in a divisor" if self.parent.right is self.node else " in a numerator"
        called = called_name(self.parent)
        return " under a root" if called == "sqrt" else f" in what `{called}` is given" if called else ""


#: What an edit of one expression gives: kind, cost, what stands in its place, and the sentence.
Option = tuple[str, float, ast.expr, str]


def rebuilt(node: ast.AST, swaps: Mapping[int, ast.AST]) -> ast.AST:
    """A copy of the tree with the swaps made, those within new nodes too."""
    if id(node) in swaps:
        return rebuilt(swaps[id(node)], {key: new for key, new in swaps.items() if key != id(node)})
    fields: dict[str, Any] = {}
    for field, value in ast.iter_fields(node):
        if isinstance(value, list):
            fields[field] = [rebuilt(v, swaps) if isinstance(v, ast.AST) else v for v in value]
        else:
            fields[field] = rebuilt(value, swaps) if isinstance(value, ast.AST) else value
    return ast.copy_location(type(node)(**fields), node)


def build(template: str, **parts: ast.AST) -> ast.expr:
    """An expression from a template with capitals for its parts."""
    tree = ast.parse(template, mode="eval").body
    return cast(ast.expr, _put(tree, parts))


def _put(node: ast.AST, parts: Mapping[str, ast.AST]) -> ast.AST:
    """Put the parts in, themselves and no copies of them: edits know nodes by their identity."""
    if isinstance(node, ast.Name) and node.id in parts:
        return parts[node.id]
    for field, value in ast.iter_fields(node):
        if isinstance(value, list):
            setattr(node, field, [_put(v, parts) if isinstance(v, ast.AST) else v for v in value])
        elif isinstance(value, ast.AST):
            setattr(node, field, _put(value, parts))
    return node


def called_name(node: ast.AST) -> str:
    """The name of the function or method that is called, or nothing."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_power(node: ast.AST) -> bool:
    """Whether it is ``a ** b``."""
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)


_POWERS = {2: "the square of {}", 0.5: "the root of {}", -1: "one over {}", -2: "one over the square of {}"}
_CALLS = {
    "sqrt": "the root of {}",
    "abs": "the absolute value of {}",
    "mean": "the mean of {}",
    "median": "the median of {}",
    "sum": "the sum of {}",
    "max": "the largest of {}",
    "min": "the smallest of {}",
    "log": "the logarithm of {}",
    "exp": "the exponential of {}",
    "len": "the length of {}",
    "sort": "{} in order of size",
    "round": "{}, rounded,",
}


def in_words(node: ast.AST, names: frozenset[str]) -> str:
    """An expression in words, if it is short and holds no name that the student may not know; else nothing.

    Words, not code, and no number: a hint must not be pasted into an answer, nor give a literal of the solution away.
    """
    if isinstance(node, ast.Name):
        return f"`{node.id}`" if node.id in names else ""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _about("minus {}", node.operand, names)
    if isinstance(node, ast.BinOp):
        return _operation(node, names)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return _about("one entry of {}", node.value, names)
    called = called_name(node)
    if isinstance(node, ast.Call) and called in _CALLS:
        of = node.args[0] if node.args else node.func.value if isinstance(node.func, ast.Attribute) else node
        return _about(_CALLS[called], of, names) if of is not node else ""
    return ""


def _operation(node: ast.BinOp, names: frozenset[str]) -> str:
    left, right, op = node.left, node.right, type(node.op)
    one, two = (isinstance(left, ast.Constant) and left.value == n for n in (1, 2))
    half = isinstance(right, ast.Constant) and right.value == 2
    if op is ast.Pow:
        try:
            return _about(_POWERS.get(ast.literal_eval(right), ""), left, names)
        except ValueError:
            return ""
    if one and op in (ast.Div, ast.Sub):
        return _about("one over {}" if op is ast.Div else "one minus {}", right, names)
    if (two and op is ast.Mult) or (half and op is ast.Div):
        return _about("twice {}", right, names) if two else _about("half of {}", left, names)
    if isinstance(left, ast.Name) and isinstance(right, ast.Name) and {left.id, right.id} <= names:
        return f"`{ast.unparse(node)}`"
    return ""


def _about(text: str, node: ast.AST, names: frozenset[str]) -> str:
    inner = in_words(node, names)
    return text.format(inner) if inner and text else ""
