"""What a terminal, a page or a spreadsheet would obey is taken out of what they show."""

import csv
import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hbcourse.grading.shown import plain

ANYTHING = st.text(st.characters(exclude_categories=()))
MARK = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("é ∑ 学", "é ∑ 学"),
        ("a\nb\x07\x9b31m", f"a b{MARK}{MARK}31m"),
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://x\x1b\\link", "red link"),
        ("\x1b[2J\u202egnp.exe\u200f", f"{MARK}gnp.exe{MARK}"),
        ("10 %\r100 %\r\ndone", "10 % 100 % done"),
        ("x" * 600, "x" * 499 + "…"),
        ("half \ud800", f"half {MARK}"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_a_line_holds_nothing_that_a_terminal_obeys(told, shown):
    assert plain.line(told) == shown


@given(ANYTHING)
def test_any_text_is_made_one_line_that_can_be_written(told):
    line = plain.line(told)
    assert len(line) <= 500
    line.encode()
    assert not {unicodedata.category(c) for c in line} & {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(c) for c in line} & {
        *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    }


@given(ANYTHING)
def test_any_text_keeps_its_lines_and_can_be_written(told):
    text = plain.text(told)
    text.encode()
    assert plain.text(text) == text
    assert not set(text) & {"\x00", "\x1b", "\r", "\u202e", "\u200f"}


FORMULAS = ["=1+1", "+1", "-1", "@sum(A1)", " =1", '"=1"', "\t=1", "＝1", "a;=1", "a\t=1", "a; -1", "a\n=1", "a\r\n=1"]


@given(st.lists(ANYTHING | st.sampled_from(FORMULAS), min_size=1, max_size=4))
def test_no_spreadsheet_finds_a_formula_whatever_it_takes_for_a_separator(told):
    file = io.StringIO()
    csv.writer(file).writerow(["ada", *map(plain.cell, told)])
    read = [cell for row in csv.reader(io.StringIO(file.getvalue(), newline="")) for cell in row]
    # What knows no quotes, or another separator, splits at these.
    split = re.split(r"[;\t\r\n]", file.getvalue())
    assert not [cell for cell in read + split if re.match(r"[\s\"]*[=+\-@＝＋－＠]", cell)]
