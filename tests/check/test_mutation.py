"""Wrong answers by machine: enough of them, of many kinds, each a program that differs from the solution."""

import ast
from collections import Counter

import pytest

from .exercise_tasks import NAMES, sources_of
from .mutation import mutants

SOLUTIONS = [pytest.param(source, id=f"{name}-{task}") for name in NAMES for task, _, source in sources_of(name)]


@pytest.mark.parametrize("source", SOLUTIONS)
def test_every_mutant_is_a_program_that_differs(source):
    found = mutants(source)
    own = ast.dump(ast.parse(source))
    assert all(ast.dump(ast.parse(mutant)) != own for _, mutant in found)
    assert len({mutant for _, mutant in found}) == len(found)


def test_there_are_a_thousand_and_more_of_many_kinds():
    kinds = Counter(kind for name in NAMES for _, _, source in sources_of(name) for kind, _ in mutants(source))
    assert sum(kinds.values()) > 1000
    assert len(kinds) >= 8


@pytest.mark.parametrize(
    ("source", "kind", "mutant"),
    [
        ("a = b + 2", "operator", "a = b - 2"),
        ("a = b + 2", "operand dropped", "a = (b)"),
        ("a = b - 2", "operands swapped", "a = (2 - b)"),
        ("a = b + 2", "constant", "a = b + (3)"),
        ("a = f(b, 2)", "arguments swapped", "a = f(2, b)"),
        ("a = b.mean(axis=1)", "function", "a = b.sum(axis=1)"),
        ("a = b.mean(axis=1)", "axis", "a = b.mean(axis=0)"),
        ("a = b > 2", "comparison", "a = (b >= 2)"),
        ("a = b[i]", "index", "a = b[i - 1]"),
        ("a = np.sqrt(b)", "call dropped", "a = (b)"),
        ("é = b + 2", "operator", "é = b - 2"),
    ],
)
def test_one_thing_is_changed(source, kind, mutant):
    assert (kind, mutant) in mutants(source)
