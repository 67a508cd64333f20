"""Text that students wrote, or had a hand in, without what a terminal, a page or a spreadsheet would obey."""

import re

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
#: Halves of characters, which no file can hold; controls; and what turns the direction of the text around it.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_FORMULA = re.compile("(^|[;\t\n])(?=\t|[\\s\"']*[=+\\-@＝＋－＠])")
#: Without these, some scripts and some emoji fall apart.
_JOINERS = "\u200c\u200d"


def text(told: str) -> str:
    """The text, in the lines that it had, for a page or a file."""
    lines = _ESCAPES.sub("", told).replace("\r\n", "\n").replace("\r", "\n")
    return _OBEYED.sub("\N{REPLACEMENT CHARACTER}", lines)


def line(told: str, longest: int = 500) -> str:
    """The text in one line, for a terminal or a row, and no longer than that."""
    joined = " ".join(text(told).split())
    shown = "".join(c if c.isprintable() or c in _JOINERS else "\N{REPLACEMENT CHARACTER}" for c in joined)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def cell(told: str) -> str:
    """The text for a table: whatever separates its cells, no spreadsheet takes a part of it for a formula."""
    return _FORMULA.sub(r"\1'", text(told))
