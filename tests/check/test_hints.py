"""The sentence for a wrong answer: what speaks first, when there is silence, where an answer is wrong."""

import numpy as np
import pytest

from hbcourse.check.hints import Question, Raised, Row, hint
from hbcourse.check.hints._values import as_value, sketch

Y = [np.array([1.0, 2.0, 6.0]), np.array([0.5, 3.5, 1.1, 7.0]), np.array([2.2, 2.9])]
CASES = [(y, tau) for y in Y for tau in (0.0, 0.7, 2.5)]


def shrunken(y, tau):
    return y * tau**2 / (1 + tau**2)


def question(cases=CASES, right=shrunken, arguments=("y", "tau"), **known):
    return Question("shrunken", arguments, cases, [as_value(right(*case)) for case in cases], **known)


def wrong(y, tau):
    return shrunken(y, tau) + np.sin(y)


def said(answer, asked=None, **known):
    asked = asked or question(**known)
    outputs = []
    for case in asked.cases:
        try:
            outputs.append(answer(*case))
        except Exception as error:
            outputs.append(Raised(type(error).__name__, str(error)))
    return hint(asked, outputs)


def row(answer, sentence, cost=1.0):
    return Row("term", cost, sentence, tuple(sketch(as_value(answer(*case))) for case in CASES))


def test_there_is_one_output_for_each_case():
    with pytest.raises(ValueError, match="one for each of the 9 cases; got 1"):
        hint(question(), [1.0])


def test_the_right_answer_is_met_with_silence():
    assert not said(shrunken)


def test_a_foreseen_mistake_speaks_only_if_it_fits_all_cases():
    mistakes = {"That is doubled.": [as_value(2 * shrunken(*case)) for case in CASES]}
    assert said(lambda y, tau: 2 * shrunken(y, tau), foreseen=mistakes) == "That is doubled."
    mixed = [(2 if i < 4 else 3) * shrunken(*case) for i, case in enumerate(CASES)]
    assert "doubled" not in hint(question(foreseen=mistakes), mixed)


def test_more_than_three_sentences_are_none():
    for n in (1, 2, 3, 4):
        rows = [row(wrong, f"`y` is {i} too large") for i in range(n)]
        assert bool(said(wrong, rows=rows)) == (n <= 3)


def test_the_likelier_mutant_speaks():
    assert said(wrong, rows=[row(wrong, "`a`", 2.0), row(wrong, "`b`", 1.0)]) == "`b`."


def test_a_mutant_that_fits_some_cases_is_silent():
    assert not said(wrong, rows=[row(lambda y, tau: wrong(y, tau) + (tau > 2), "`b`")])


def test_little_information_is_met_with_silence():
    cases = [(x,) for x in (0.2, 0.8, 0.4)]
    turned = tuple(sketch(as_value(float(x <= 0.5))) for (x,) in cases)
    rows = [Row("comparison", 1, "`b`", turned)]
    asked = question(cases, lambda x: float(x > 0.5), ("x",), rows=rows)
    assert not said(lambda x: float(x <= 0.5), asked)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda y, tau: shrunken(y, 1 / (1 / tau)), "where `tau` is 0 it divides by zero"),
        (lambda y, tau: shrunken(y, tau) if tau else np.full(len(y), np.nan), "where `tau` is 0 it is not a number"),
        (lambda y, tau: shrunken(y, tau) if len(y) < 4 else y, "namely `y` unchanged"),
        (lambda y, tau: shrunken(y, tau) * 1.0001, "1.0001 times|close"),
        (lambda y, tau: y if y > tau else tau, "a whole array at once"),
        (lambda y, tau: None, "without a `return`"),
        (lambda y, tau: np.array(["0", "1"]), "it gives text, not numbers"),
        (lambda y, tau: {"a": 1}, "it gives a dict, not numbers"),
        (lambda y, tau: shrunken(y, tau) + "a", "it raises"),
        (lambda y, tau: np.append(shrunken(y, tau)[:-1], 9.5), "only the last entry is wrong"),
        (lambda y, tau: 0.25, "the same whatever the input"),
    ],
)
def test_where_it_is_wrong(answer, words):
    assert any(word in said(answer).lower() for word in words.split("|"))


def test_groups_of_one_size():
    rng = np.random.default_rng(3)
    groups = [np.repeat([0, 1], k) for k in ((3, 3), (2, 2), (1, 4), (5, 2), (2, 6))]
    cases = [(rng.normal(0, 1, len(g)), g) for g in groups]

    def weighted(y, g):
        return sum(y[g == k].var() * (g == k).sum() for k in (0, 1)) / len(y)

    def plain(y, g):
        return np.mean([y[g == k].var() for k in (0, 1)])

    asked = question(cases, weighted, ("y", "group"))
    assert "right only where all groups in `group` have the same size" in said(plain, asked).lower()


def pair(y, tau):
    return np.mean(y), 1 / (1 + tau)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda y, tau: pair(y, tau)[::-1], "wrong order"),
        (lambda y, tau: np.mean(y), "the first value alone"),
        (lambda y, tau: (np.mean(y), pair(y, tau)[1] ** 2), "in the second value, it is the square"),
        (lambda y, tau: (np.mean(y), np.mean(y)), "the second value is the one that belongs in the first place"),
    ],
)
def test_several_values_are_told_apart(answer, words):
    assert words in said(answer, question(right=pair)).lower()


SHARES = [(p, 4000, 1) for p in (0.2, 0.5, 0.7)]


def test_shares_near_zero_or_one_prove_nothing():
    rows = [
        Row("power", 1, "a power of `p` is taken", tuple(sketch(as_value(share)) for _ in SHARES)) for share in (0, 1)
    ]
    asked = question(SHARES, lambda p, n, s: p, ("p", "n_sim", "seed"), rows=rows)
    assert not said(lambda p, n, s: 0.0, asked)
    assert not said(lambda p, n, s: 1.0, asked)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda p, n, s: 1 - p, "complement"),
        (lambda p, n, s: p**2, "power"),
        (lambda p, n, s: p**2 + 0.004, "power"),
        (lambda p, n, s: round(n * p), "a count"),
        (lambda p, n, s: np.nan, "not a number"),
        (lambda p, n, s: 1.5 * p, "between 0 and 1"),
        (lambda p, n, s: p + 0.004, ""),
    ],
)
def test_shares_are_compared_within_chance(answer, words):
    squares = Row("power", 1, "a power of `p` is taken", tuple(sketch(as_value(p**2)) for p, _, _ in SHARES))
    asked = question(SHARES, lambda p, n, s: p, ("p", "n_sim", "seed"), rows=[squares])
    assert words in said(answer, asked).lower()
    assert bool(words) == bool(said(answer, asked))
