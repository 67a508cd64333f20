"""Variants: uniform, independent, the same everywhere, and each student's own."""

import copy
import hashlib
import pickle
import unicodedata
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, chi2_contingency, kstest

from hbcourse import variants
from hbcourse.check import CheckFailed

STUDENTS = [f"student{number:05}" for number in range(6000)]


def hmac_sha256(key, message):
    """As RFC 2104 writes it, without the library's own."""
    key = key if len(key) <= 64 else hashlib.sha256(key).digest()
    key = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()


def independently(student, exercise, key, name, values):
    """The value that the formula of the docstring picks, in fractions and from the bytes up."""
    digest = hmac_sha256(key.encode("utf-8"), b"\n".join(part.encode("utf-8") for part in (student, exercise, name)))
    share = sum(Fraction(byte, 256 ** (place + 1)) for place, byte in enumerate(digest))
    return list(values)[int(share * len(values))]


def all_draws(**parameters):
    return [variants.draw(student, "pooling", key="2026", **parameters) for student in STUDENTS]


def goodness_of_fit(observed):
    expected = observed.sum() / observed.size
    return chi2.sf(((observed - expected) ** 2 / expected).sum(), observed.size - 1)


def test_values_are_those_of_an_independent_implementation():
    parameters = {
        "J": range(8, 21),
        "tau": [0.5, 0.75, 2.0],
        "town": ("Oslo", "Bergen", "Ålesund"),
        "k": range(9, 0, -2),
    }
    for student in ("ada", "øyvind", "123456", "李"):
        for key in ("2026", "a key longer than the block of the hash, which is sixty-four bytes long"):
            variant = variants.draw(student, "james_stein", key=key, **parameters)
            for name, values in parameters.items():
                assert getattr(variant, name) == independently(student, "james_stein", key, name, values)


def test_pinned_values():
    # By hand: printf 'ada\npooling\nJ' | openssl dgst -sha256 -hmac 2026 begins with 279f, and 13 * 0x279f >> 16 is 2.
    # That of ada's seed begins with b158ddfa, of which the upper 31 bits are 1487695613.
    parameters = {"J": range(8, 21), "tau": variants.numbers(0.5, 2.0, digits=2), "seed": range(2**31)}
    ada = variants.draw("ada", "pooling", key="2026", **parameters)
    assert vars(ada) == {"student_id": "ada", "J": 8 + 2, "tau": 0.74, "seed": 1487695613}
    bo = variants.draw("bo", "pooling", key="2026", **parameters)
    assert vars(bo) == {"student_id": "bo", "J": 20, "tau": 0.63, "seed": 2087053178}


def test_each_value_is_equally_likely():
    drawn = all_draws(J=range(8, 21), town=["Oslo", "Bergen", "Porto"], seed=range(2**31))
    counts = np.bincount([variant.J - 8 for variant in drawn])
    assert counts.size == 13
    assert goodness_of_fit(counts) > 1e-3
    towns = [variant.town for variant in drawn]
    assert goodness_of_fit(np.array([towns.count(town) for town in ("Oslo", "Bergen", "Porto")])) > 1e-3
    assert kstest([variant.seed / 2**31 for variant in drawn], "uniform").pvalue > 1e-3


def crossed(one, other):
    table = np.zeros((5, 5))
    np.add.at(table, (np.array(one), np.array(other)), 1)
    return chi2_contingency(table).pvalue


def test_parameters_exercises_keys_and_neighbours_are_independent():
    drawn = all_draws(a=range(5), b=range(5))
    a = [variant.a for variant in drawn]
    assert crossed(a, [variant.b for variant in drawn]) > 1e-3
    assert crossed(a[::2], a[1::2]) > 1e-3
    elsewhere = [variants.draw(student, "nesting", key="2026", a=range(5)).a for student in STUDENTS]
    next_year = [variants.draw(student, "pooling", key="2027", a=range(5)).a for student in STUDENTS]
    assert crossed(a, elsewhere) > 1e-3
    assert crossed(a, next_year) > 1e-3


def test_another_parameter_changes_none_of_the_others():
    alone = variants.draw("ada", "pooling", key="2026", J=range(8, 21))
    among = variants.draw("ada", "pooling", key="2026", tau=[1, 2, 3], J=range(8, 21), town=["Oslo", "Bergen"])
    assert among.J == alone.J


def test_the_parts_of_the_hashed_text_do_not_run_together():
    one = variants.draw("ada", "pooling", key="k", seed=range(2**60))
    other = variants.draw("adap", "ooling", key="k", seed=range(2**60))
    assert one.seed != other.seed


@pytest.mark.parametrize("typed", ["Ada.Straße", " ada.straße\t", "ADA.STRASSE", "ａｄａ.straße"])
def test_an_id_is_read_without_regard_to_its_form(typed):
    assert variants.normalised(typed) == "ada.strasse"
    assert variants.draw(typed, "x", key="k", seed=range(2**60)) == variants.draw(
        "ada.strasse", "x", key="k", seed=range(2**60)
    )


def test_composed_and_decomposed_letters_are_the_same():
    assert variants.normalised(unicodedata.normalize("NFD", "Zoë")) == variants.normalised(
        unicodedata.normalize("NFC", "ZOË")
    )


@given(st.text())
def test_normalising_twice_is_normalising_once(text):
    try:
        once = variants.normalised(text)
    except ValueError:
        return
    assert variants.normalised(once) == once


def test_numbers_are_those_that_one_would_type():
    assert variants.numbers(0.1, 0.7, digits=1) == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    assert variants.numbers(-0.02, 0.01, digits=2) == (-0.02, -0.01, 0.0, 0.01)
    assert variants.numbers(3, 3, digits=0) == (3.0,)
    assert all(float(f"{value:.3f}") == value for value in variants.numbers(0, 9.999, digits=3))


def test_a_variant_is_plain_and_frozen():
    variant = variants.draw("ada", "pooling", key="2026", J=range(8, 21), tau=[0.5, 1.5], town=["Oslo"])
    assert [type(value) for value in vars(variant).values()] == [str, int, float, str]
    for change in (lambda: setattr(variant, "J", 3), lambda: setattr(variant, "new", 3), lambda: delattr(variant, "J")):
        with pytest.raises(AttributeError, match="a variant cannot be changed"):
            change()
    with pytest.raises(AttributeError, match="this variant has no K; it has student_id, J, tau, town"):
        _ = variant.K
    assert copy.deepcopy(variant) == variant == pickle.loads(pickle.dumps(variant))
    assert hasattr(variant, "J")
    assert not hasattr(variant, "sigma")


def test_a_range_may_be_as_long_as_anyone_needs():
    assert 0 <= variants.draw("ada", "x", key="k", seed=range(2**62)).seed < 2**62


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("bo", "student_id is 'bo', but the data are those of 'ada'. Hint: Put your own id at the top"),
        (..., "student_id must be your own id, in quotes; got Ellipsis"),
        (np.array(["ada"]), "student_id must be your own id, in quotes; got array"),
        (lambda: "ada", "student_id must be your own id, in quotes; got <function"),
        ("x" * 100_000, "student_id is 'xxx"),
    ],
)
def test_an_answer_about_another_students_data_is_told_so(typed, message):
    variant = variants.draw("ada", "pooling", key="2026", J=range(8, 21))
    variants.check_student(" ADA ", variant)
    with pytest.raises(CheckFailed) as caught:
        variants.check_student(typed, variant)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 250
