"""All the edits of a reference solution: where it may be edited, the same edit everywhere, pairs of edits."""

import ast
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ._arithmetic import factors, names, numbers, powers, roots, terms
from ._calls import ALIKE, arguments, functions, with_function
from ._choices import comparisons, ranges
from ._densities import densities
from ._edit import Edit, Option, Site, build, called_name, rebuilt
from ._steps import draws, statements

_MAKERS = (names, numbers, powers, roots, terms, factors, functions, arguments, densities, ranges, comparisons)
#: Kinds that are likely to be done wherever they can be.
_WHEREVER = ("scale", "ddof", "axis", "keyword", "density", "root", "bound", "comparison")
#: What makes a simulation repeatable, and how long it is.
_CHANCE = ("seed", "n_sim", "rng")
_LIBRARIES = ("np", "stats", "norm", "itertools", "integrate", "special")
#: What may be done to a whole step.
_WHOLE = (
    ("E ** 2", "square", "the square"),
    ("np.sqrt(E)", "root", "the root"),
    ("1 / E", "inverse", "one over (the inverse)"),
    ("1 - E", "complement", "the complement (one minus)"),
    ("-E", "sign", "the negative"),
    ("np.abs(E)", "sign", "the absolute value"),
    ("np.log(E)", "logarithm", "the logarithm"),
    ("np.exp(E)", "logarithm", "the exponential"),
    ("2 * E", "multiple", "twice"),
    ("E / 2", "multiple", "half"),
    ("np.mean(E)", "statistic", "the mean"),
    ("np.sum(E)", "statistic", "the sum"),
    ("np.maximum(E, 0)", "bound", "a version without negative values"),
    ("np.round(E)", "rounding", "a rounded version"),
    ("np.round(E, 1)", "rounding", "a rounded version"),
    ("np.sort(E)", "sorting", "a sorted version"),
)


def scope_of(tree: ast.Module, name: str) -> ast.AST:
    """The function of this name, or the whole program where the answer is a value."""
    return next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == name), tree)


def edits_of(tree: ast.Module, name: str, names: Iterable[str], data: Sequence[str] = ()) -> Iterator[Edit]:
    """One edit of the program at a time.

    Parameters
    ----------
    tree : ast.Module
        The reference solution.
    name : str
        The function, or the value, that it defines.
    names : iterable of str
        What a hint may name, arguments among them.
    data : sequence of str
        Variables of the notebook that may stand in the place of an argument.
    """
    scope = scope_of(tree, name)
    simulated = isinstance(scope, ast.FunctionDef) and "seed" in {a.arg for a in scope.args.args}
    sites = list(_sites(scope, frozenset(names), data))
    alike = defaultdict(list)
    for site in sites:
        alike[ast.dump(site.node)].append(site)
    wherever: dict[tuple[str, str, int], dict[int, ast.AST]] = defaultdict(dict)
    for site in sites:
        twins = alike[ast.dump(site.node)]
        said: list[str] = []
        own = ast.dump(site.node)
        for kind, cost, new, sentence in _options(site, simulated):
            if ast.dump(new) == own:
                continue
            yield Edit(kind, cost, {id(site.node): new}, sentence)
            if len(twins) > 1 and twins[0] is site:
                yield Edit(kind, cost + 0.1, {id(twin.node): new for twin in twins}, sentence)
            if kind in _WHEREVER:
                same = wherever[_of(site.node), sentence, said.count(sentence)]
                said.append(sentence)
                if same:
                    yield Edit(kind, cost + 0.2, {**same, id(site.node): new}, sentence)
                same[id(site.node)] = new
    yield from _everywhere(sites)
    yield from _exchanged(sites)
    yield from statements(scope)


def pairs_of(edits: Sequence[Edit]) -> Iterator[Edit]:
    """Two edits at once, of different nodes."""
    for a, b in itertools.combinations(edits, 2):
        if not set(a.swaps) & set(b.swaps) and a.sentence != b.sentence and a.sentence and b.sentence:
            yield Edit(
                f"{a.kind} and {b.kind}",
                a.cost + b.cost,
                {**a.swaps, **b.swaps},
                f"{a.sentence}; and besides, {b.sentence}",
            )


def program_of(tree: ast.Module, edit: Edit) -> ast.Module:
    """The program with this edit."""
    program = rebuilt(tree, edit.swaps)
    if not isinstance(program, ast.Module):
        raise TypeError(f"an edit must leave a module; it leaves {type(program).__name__}")
    return ast.fix_missing_locations(program)


def _options(site: Site, simulated: bool) -> Iterator[Option]:
    node = site.node
    if isinstance(node, ast.Name) and node.id in _CHANCE:
        if simulated and node.id == "rng":
            yield from draws(site)
        return
    for make in (*_MAKERS, draws) if simulated else _MAKERS:
        yield from make(site)
    yield from _forms(site)


def _forms(site: Site) -> Iterator[Option]:
    """What may be done to a whole step: to what is returned, assigned, or handed to a function."""
    node, parent = site.node, site.parent
    whole = (isinstance(parent, ast.Return | ast.Assign | ast.AugAssign) and node is parent.value) or (
        isinstance(parent, ast.Call) and isinstance(node, ast.BinOp)
    )
    if (
        not whole
        or isinstance(node, ast.Name | ast.Constant | ast.Tuple | ast.List | ast.Dict)
        or not isinstance(node, ast.expr)
    ):
        return
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    what = "what is returned" if isinstance(parent, ast.Return) else "an intermediate result"
    if isinstance(target, ast.Name) and target.id in site.names:
        what = f"`{target.id}`"
    elif name := called_name(parent):
        what = f"what `{name}` is given"
    for template, kind, text in _WHOLE:
        yield kind, 3, build(template, E=node), f"{what} is {text} of what it should be"


def _exchanged(sites: Sequence[Site]) -> Iterator[Edit]:
    """Two numbers of the program in each other's place."""
    numbers = [s.node for s in sites if isinstance(s.node, ast.Constant) and type(s.node.value) is float]
    for a, b in itertools.combinations(numbers, 2):
        if a.value != b.value:
            yield Edit(
                "order",
                2,
                {id(a): ast.Constant(b.value), id(b): ast.Constant(a.value)},
                "two numbers of the task are swapped",
            )


def _of(node: ast.AST) -> str:
    """What is called; edits of the same kind are made wherever the same is called."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _everywhere(sites: Sequence[Site]) -> Iterator[Edit]:
    """A function left out, or another one, wherever it is called."""
    calls = defaultdict(list)
    for site in sites:
        if isinstance(site.node, ast.Call) and called_name(site.node):
            calls[called_name(site.node)].append(site.node)
    for name, nodes in calls.items():
        if len(nodes) > 1:
            for other in ALIKE.get(name, []):
                yield Edit(
                    "function",
                    1,
                    {id(n): with_function(n, other) for n in nodes},
                    f"`{other}` is used where another function belongs",
                )
            if name in ("abs", "sqrt", "max", "maximum"):
                text = {"abs": "absolute values are missing", "sqrt": "roots are missing"}.get(
                    name, "bounds are missing"
                )
                yield Edit("function", 1, {id(n): n.args[0] for n in nodes if n.args}, text)


def _sites(scope: ast.AST, names: frozenset[str], data: Sequence[str]) -> Iterator[Site]:
    stored = {n.id for n in ast.walk(scope) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    given = [a.arg for a in scope.args.args] if isinstance(scope, ast.FunctionDef) else []
    others = tuple(n for n in dict.fromkeys([*given, *sorted(stored & names), *data]) if n not in _CHANCE)
    literals = frozenset(
        float(str(n.value)) for n in ast.walk(scope) if isinstance(n, ast.Constant) and type(n.value) in (int, float)
    )
    behind = _behind(scope)
    for parent in ast.walk(scope):
        if isinstance(parent, ast.arguments):
            continue
        for node in ast.iter_child_nodes(parent):
            function = isinstance(parent, ast.Call) and node is parent.func
            library = isinstance(node, ast.Name) and node.id in _LIBRARIES
            if isinstance(node, ast.expr) and not function and not library:
                yield Site(node, parent, names, others, literals, behind)


def _behind(scope: ast.AST) -> dict[str, frozenset[str]]:
    """The names that each variable is made of, directly or through others."""
    behind: dict[str, set[str]] = defaultdict(set)
    for statement in ast.walk(scope):
        if isinstance(statement, ast.Assign | ast.AugAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            made_of = {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
            for name in (n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)):
                behind[name] |= made_of.union(*(behind.get(n, set()) for n in made_of))
    return {name: frozenset(made_of) for name, made_of in behind.items()}
