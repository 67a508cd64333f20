"""Wrong answers by machine: a solution's text with one thing changed. Shares no code with the grader's own mutants."""

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

_OPERATORS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.Pow: "*"}
_COMPARISONS = {
    ast.Lt: ("<=", ">"),
    ast.LtE: ("<", ">="),
    ast.Gt: (">=", "<"),
    ast.GtE: (">", "<="),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
}
_FUNCTIONS = {
    "sum": "mean", "mean": "sum", "var": "std", "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax",
    "sqrt": "square", "ceil": "floor", "floor": "ceil", "log": "log10", "exp": "expm1", "pmf": "cdf", "pdf": "cdf",
    "logpdf": "pdf", "logpmf": "pmf", "cdf": "sf", "isf": "ppf", "ppf": "isf", "all": "any", "any": "all",
    "abs": "sum", "zeros": "ones", "normal": "laplace", "average": "sum", "maximum": "minimum", "hypot": "maximum",
    "gamma": "normal", "poisson": "geometric", "diag": "array", "argsort": "argmax", "HalfNormal": "HalfCauchy",
    "Exponential": "HalfNormal", "Normal": "Laplace", "StudentT": "Normal",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A part of the text, what stands in its place, and the kind of the change."""

    kind: str
    start: int
    stop: int
    text: str

    def of(self, source: str) -> str:
        return source[: self.start] + self.text + source[self.stop :]


def changes(source: str) -> Iterator[Change]:
    """Everything that is changed in a solution, one at a time."""
    starts = list(itertools.accumulate((len(line) for line in source.splitlines(keepends=True)), initial=0))
    lines = source.splitlines(keepends=True)

    def place(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    def span(node: ast.AST) -> tuple[int, int]:
        return place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)

    def text(node: ast.AST) -> str:
        return source[slice(*span(node))]

    tree = ast.parse(source)
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names = sorted(stored | {a.arg for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) for a in n.args.args})
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left, op, right):
                between = span(left)[1], span(right)[0]
                written = source[slice(*between)]
                sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}.get(type(op), "?")
                if sign in written:
                    at = between[0] + written.index(sign)
                    yield Change("operator", at, at + len(sign), _OPERATORS[type(op)])
                yield Change("operand dropped", *span(node), f"({text(left)})")
                yield Change("operand dropped", *span(node), f"({text(right)})")
                if not isinstance(op, ast.Add | ast.Mult):
                    yield Change("operands swapped", *span(node), f"({text(right)} {sign} {text(left)})")
            case ast.Constant(value) if type(value) in (int, float):
                for new in dict.fromkeys((value + 1, value - 1, value * 2, value / 10)):
                    if new != value:
                        yield Change("constant", *span(node), f"({new!r})")
            case ast.Name(name, ast.Load()) if name in names:
                for other in [n for n in names if n != name][:4]:
                    yield Change("name", *span(node), other)
            case ast.Compare(left, [op], [right]):
                for new in _COMPARISONS.get(type(op), ()):
                    yield Change("comparison", *span(node), f"({text(left)} {new} {text(right)})")
            case ast.Call(func, args, keywords):
                called = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
                if other := _FUNCTIONS.get(called):
                    end = span(func)[1]
                    yield Change("function", end - len(called), end, other)
                if len(args) == 1 and not keywords and isinstance(func, ast.Attribute | ast.Name):
                    yield Change("call dropped", *span(node), f"({text(args[0])})")
                for a, b in itertools.pairwise(args):
                    between = source[span(a)[1] : span(b)[0]]
                    yield Change("arguments swapped", span(a)[0], span(b)[1], f"{text(b)}{between}{text(a)}")
                for keyword in keywords:
                    before = source[: span(keyword)[0]].rstrip()
                    if before.endswith(","):
                        yield Change("keyword dropped", len(before) - 1, span(keyword)[1], "")
                    if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
                        yield Change("axis", *span(keyword.value), "0" if keyword.value.value == 1 else "1")
            case ast.Subscript(value, index) if isinstance(node.ctx, ast.Load):
                if isinstance(index, ast.Slice | ast.Tuple):
                    yield Change("index", *span(node), text(value))
                else:
                    yield Change("index", *span(index), f"{text(index)} - 1")
            case ast.Tuple([a, b], ast.Load()):
                yield Change("pair swapped", *span(node), f"({text(b)}, {text(a)})")
            case ast.UnaryOp(_, operand):
                yield Change("sign", *span(node), f"({text(operand)})")
            case ast.Return(value) if value is not None:
                yield Change("sign", *span(value), f"-np.asarray({text(value)})")
            case ast.Assign() | ast.AugAssign() if node.col_offset:
                yield Change("statement dropped", *span(node), "pass")


def mutants(source: str) -> list[tuple[str, str]]:
    """Kind and text of each changed solution that is still a program, none of them twice."""
    found: dict[str, str] = {}
    own = ast.dump(ast.parse(source))
    for change in changes(source):
        new = change.of(source)
        try:
            tree = ast.parse(new)
        except SyntaxError:
            continue
        if ast.dump(tree) != own:
            found.setdefault(new, change.kind)
    return [(kind, new) for new, kind in found.items()]
