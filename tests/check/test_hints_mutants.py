"""Mutants of reference solutions: every edit is a program, and no sentence gives the solution away."""

import ast
import re
from collections import Counter

import numpy as np
import pytest

from hbcourse.check.hints import Question, Reference, hint, probes, table
from hbcourse.check.hints import _edits as edits
from hbcourse.check.hints._edit import rebuilt

from .exercise_tasks import NAMES, sources_of

SOLUTIONS = [pytest.param(*task, id=f"{name}-{task[0]}") for name in NAMES for task in sources_of(name)]

SHRINK = """
def shrink(y, sigma, tau):
    kappa = tau**2 / (tau**2 + sigma**2)
    mean = np.average(y, weights=1 / (sigma**2 + tau**2))
    return kappa * y + (1 - kappa) * mean
"""
SPREAD = """
def spread(y, sigma):
    return np.sqrt(max(0, np.var(y, ddof=1) - np.mean(sigma**2)))
"""
WAIT = """
def wait(rate, n_sim, seed):
    rng = np.random.default_rng(seed)
    times = rng.exponential(1 / rate, (n_sim, 3))
    return np.mean(times.sum(axis=1) > 2)
"""


def reference(source, name, arguments, cases):
    return Reference(name, source, {"np": np, "other": np.array([1.5, 2.5, 4.5])}, arguments, cases)


def shrink_reference():
    rng = np.random.default_rng(1)
    cases = [(rng.normal(0, 3, J), rng.uniform(0.5, 2, J), tau) for J in (2, 5) for tau in (0.0, 0.7, 3.0)]
    return reference(SHRINK, "shrink", ("y", "sigma", "tau"), cases)


def answered(made, source):
    """The hint for a function of this source."""
    right = made.right()
    question = Question(made.name, made.arguments, made.cases, right, table(made, right, seconds=6))
    space = dict(made.space)
    exec(source, space)  # noqa: S102
    return hint(question, [space[made.name](*case) for case in made.cases])


@pytest.fixture(scope="module")
def shrunken():
    made = shrink_reference()
    right = made.right()
    return Question("shrink", made.arguments, made.cases, right, table(made, right, seconds=6))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y, s, t: (t / (t + s), 1 / (s**2 + t**2)), "powers belong"),
        (lambda y, s, t: (t**2 / (t**2 + s**2), s**2 + t**2), "upside down|multiplies|factor"),
        (lambda y, s, t: (t**2 / (t**2 + s**2), 1 / s**2), "term with `tau` is missing|`tau` is left out"),
        (lambda y, s, t: (s**2 / (t**2 + s**2), 1 / (s**2 + t**2)), "one minus|swapped|`sigma`"),
        (lambda y, s, t: (t**2 / (t**2 + s**2), np.ones(len(y))), "weights.* left out"),
    ],
)
def test_a_mutant_is_named(shrunken, change, words):
    outputs = []
    for y, s, t in shrunken.cases:
        kappa, weights = change(y, s, t)
        outputs.append(kappa * y + (1 - kappa) * np.average(y, weights=weights))
    assert re.search(words, hint(shrunken, outputs))


def test_the_right_answer_gets_no_hint(shrunken):
    assert not hint(shrunken, [value[0] for value in shrunken.right])


def test_no_row_gives_the_right_values(shrunken):
    outputs = [value[0] for value in shrunken.right]
    assert shrunken.rows
    assert not hint(Question("shrink", shrunken.arguments, shrunken.cases, shrunken.right, shrunken.rows), outputs)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("np.sqrt(max(0, np.var(y) - np.mean(sigma**2)))", "divides by the number of values"),
        ("max(0, np.var(y, ddof=1) - np.mean(sigma**2))", "square"),
        ("np.sqrt(max(0, np.var(y, ddof=1) - np.mean(sigma)**2))", "mean of `sigma`"),
        ("np.sqrt(abs(np.var(y, ddof=1) - np.mean(sigma**2)))", "absolute value"),
    ],
)
def test_statistics_are_named(answer, words):
    rng = np.random.default_rng(2)
    cases = [(rng.normal(0, sd, J), rng.uniform(0.5, 1.5, J)) for J in (3, 8) for sd in (0.3, 2.0, 4.0)]
    made = reference(SPREAD, "spread", ("y", "sigma"), cases)
    assert re.search(words, answered(made, f"def spread(y, sigma):\n    return {answer}"))


@pytest.mark.parametrize(
    ("size", "hit", "words"),
    [("(n_sim, 1)", "3 * times[:, 0] > 2", "once for all"), ("(n_sim, 3)", "times.sum(axis=1) <= 2", "complement|<")],
)
def test_a_simulation_that_draws_too_little_is_named(size, hit, words):
    made = reference(WAIT, "wait", ("rate", "n_sim", "seed"), [(rate, 5000, 3) for rate in (0.8, 1.5, 2.5)])
    source = WAIT.replace("(n_sim, 3)", size).replace("times.sum(axis=1) > 2", hit)
    assert re.search(words, answered(made, source))


def test_names_of_the_notebook_in_the_place_of_an_argument_are_found():
    cases = [(np.array([1.0, s, 5.0]), np.full(3, s)) for s in (0.2, 0.9, 1.1)]
    made = reference("def total(y, sigma):\n    return np.sum(y / sigma)", "total", ("y", "sigma"), cases)
    assert "`other`" in answered(made, "def total(y, sigma):\n    return np.sum(other / sigma)")


def test_probes_differ_in_one_argument():
    made = shrink_reference()
    found = probes(made, made.right(), np.random.default_rng(1))
    assert found
    assert all(
        any(np.array_equal(case[0], other[0]) or len(case[0]) == len(other[0]) for other in made.cases)
        for case in found
    )


def test_what_never_ends_is_left_out():
    made = reference("def f(x):\n    while x < 3:\n        x = x + 1\n    return x", "f", ("x",), [(0.5,), (1.25,)])
    rows = table(made, made.right(), seconds=2)
    assert all(len(row.values) == 2 for row in rows)


@pytest.mark.parametrize(("name", "text", "source"), SOLUTIONS)
def test_every_edit_is_a_program_that_differs(name, text, source):
    tree = ast.parse(source)
    before = ast.dump(tree)
    for edit in edits.edits_of(tree, name, words(tree, name)):
        program = edits.program_of(tree, edit)
        compile(program, "mutant", "exec")
        assert ast.dump(program) != before, edit
    assert ast.dump(tree) == before


@pytest.mark.parametrize(("name", "text", "source"), SOLUTIONS)
def test_no_sentence_gives_the_solution_away(name, text, source):
    tree = ast.parse(source)
    scope = edits.scope_of(tree, name)
    literals = {str(n.value) for n in ast.walk(scope) if isinstance(n, ast.Constant) and type(n.value) in (int, float)}
    longer = {
        ast.unparse(n) for n in ast.walk(scope) if isinstance(n, ast.BinOp | ast.Call | ast.Compare | ast.Subscript)
    }
    for edit in edits.edits_of(tree, name, words(tree, name)):
        numbers = set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", edit.sentence))
        assert not numbers & literals, edit.sentence
        quoted = set(re.findall(r"`([^`]+)`", edit.sentence))
        right = {text for key in edit.swaps for n in ast.walk(tree) if id(n) == key for text in [ast.unparse(n)]}
        assert not quoted & longer & right, edit.sentence


def test_there_are_many_kinds_and_none_is_most():
    kinds = Counter(
        edit.kind
        for exercise in NAMES
        for name, _, source in sources_of(exercise)
        for edit in edits.edits_of(ast.parse(source), name, words(ast.parse(source), name))
    )
    assert sum(kinds.values()) > 5000
    assert len(kinds) >= 15
    assert max(kinds.values()) < 0.25 * sum(kinds.values())


def test_rebuilding_changes_what_is_swapped_and_nothing_else():
    tree = ast.parse("a = b + c * b")
    inner = tree.body[0].value.right
    new = rebuilt(tree, {id(inner): inner.left, id(inner.left): ast.Name("d", ast.Load())})
    assert ast.unparse(new) == "a = b + d"
    assert ast.unparse(tree) == "a = b + c * b"


def words(tree, name):
    scope = edits.scope_of(tree, name)
    return [a.arg for a in scope.args.args] if isinstance(scope, ast.FunctionDef) else []
