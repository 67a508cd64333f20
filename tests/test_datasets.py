"""The tables are the published ones, and say where they come from."""

import re

import numpy as np
import pytest

from hbcourse import datasets


@pytest.mark.parametrize("name", datasets.__all__)
def test_each_table_describes_all_its_columns_and_cites_its_source(name, root):
    frame = getattr(datasets, name)()
    assert list(frame.attrs["columns"]) == list(frame.columns)
    assert frame.notna().all().all()
    known = re.findall(r"@\w+\{(\w+),", (root / "book" / "references.bib").read_text())
    assert set(frame.attrs["bib"]) <= set(known)


@pytest.mark.parametrize("name", datasets.__all__)
def test_each_call_returns_a_frame_of_its_own(name):
    loader = getattr(datasets, name)
    before = loader()
    before.iloc[:, -1] = 0
    before.attrs["columns"].clear()
    assert not loader().equals(before)
    assert loader().attrs["columns"]


def test_published_totals():
    assert datasets.rat_tumor().sum().to_list() == [267, 1739]
    assert datasets.surgical().deaths.sum() == 208
    assert (datasets.pumps().t_1000h.min(), datasets.pumps().t_1000h.max()) == (1.05, 126)
    assert len(datasets.reedfrogs()) == 48
    assert (datasets.reedfrogs().surv <= datasets.reedfrogs().density).all()
    assert len(datasets.star98()) == 303
    schools = datasets.eight_schools()
    assert np.array_equal(schools.y_rubin.round(), schools.y)


def test_the_batters_are_the_published_ones():
    batters = datasets.baseball()
    error = ((batters.hits / batters.at_bats - batters.remaining_average) ** 2).sum()
    # Efron and Morris (1977) give .077; their printed averages, rounded to three digits, give .0753.
    assert error == pytest.approx(0.077, rel=0.03)
    assert float(batters.remaining_average[batters.player == "Walt Williams"].iloc[0]) == 0.256
