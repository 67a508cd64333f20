"""How the course is written: options that do not give the answer away, American spelling, chapters of one length."""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from .test_book import CHAPTERS

#: Those whose text has its length.
SHORT = ["pooling", "exchangeability", "hierarchy", "shrinkage"]

FRONT_MATTER = r"\A---\n.*?^---$"
FENCE = r"^```([^`\n]*)\n.*?^```$"
CODE = ("{code-cell}", "{raw}", "{math}")  # Fences with another {directive} are around prose.
LINK = r"\{[\w:-]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)|https?://\S+|^\([\w-]+\)=$|^\+\+\+ .*?$"
DROPDOWN = r"^````\{dropdown\}.*?^````$"
DISPLAY = r"^\$\$$.*?^\$\$.*?$"
FORMULA = r"\$[^$]*\$"
OPTION = r"^:[\w-]+:.*?$"

# What is spelled alike on both sides is left out: promise, exercise, precise, noise, the noun analyses.
BRITISH = re.compile(
    r"""\b(?:
      (?:behavi|col|fav|flav|harb|hon|hum|lab|neighb|rum|vap)ours?(?:\w*) | tumours?
    | cent(?:re[sd]?|ring) | (?:kilo|milli|centi)?metres? | litres? | fibres? | theatres?
    | (?:re)?(?:cancel|channel|counsel|fuel|label|level|model|signal|total|travel)l(?:ed|er|ers|ing|ings)
    | (?:ana|cata|para)lys(?:e|ed|er|ers|ing)
    | \w*(?:
        author|capital|categor|character|computer|critic|discret|emphas|equal|factor|final|formal|general|harmon|ideal
      | initial|linear|local|marginal|maxim|memor|minim|modern|normal|optim|organ|parameter|parametr|penal|random
      | real|recogn|regular|special|stabil|standard|summar|symbol|util|vector|visual
      )is(?:e|ed|er|ers|es|ing|ation|ations)
    | towards | afterwards | (?:in|out|up|down)wards | whilst | amongst | learnt | spelt | burnt
    | (?:ac|fore)?(?:knowledge|judge)ment(?:s)? | (?:de|of)fence | licence | programmes? | grey(?:s|er|ish)?
    | artefacts? | ageing | catalogues? | sceptic(?:s|al|ism)? | maths | practis(?:e|ed|ing) | skilful | fulfil
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


def without(pattern: str, text: str) -> str:
    """The text with each match made blank; lines keep their numbers. A fence goes only if it is around code."""

    def blank(match: re.Match[str]) -> str:
        if pattern == FENCE and match[1].startswith("{") and not match[1].startswith(CODE):
            return match[0]
        return " " + "\n" * match[0].count("\n")

    return re.sub(pattern, blank, text, flags=re.DOTALL | re.MULTILINE)


class Question(NamedTuple):
    options: dict[str, str]
    right: str

    @property
    def longest(self) -> str:
        return max(self.options, key=lambda letter: len(re.sub(LINK, "x", self.options[letter])))


def questions(text: str) -> list[Question]:
    """The questions at a chapter's end. The answer behind a right option, and behind no other, begins with Yes."""
    found = []
    for part in re.split(r"^\*\*\d\. ", text[text.index("Decide before you open an answer.") :], flags=re.MULTILINE)[
        1:
    ]:
        part = part.split("\n## ")[0]
        dropdowns = re.findall(r"^````\{dropdown\} ([A-Z])\. (.*)\n+(\w+)", part, re.MULTILINE)
        right = [letter for letter, _, first in dropdowns if first == "Yes"]
        letters = "".join(letter for letter, _, _ in dropdowns)
        assert letters in ("AB", "ABC", "ABCD"), part[:80]
        assert len(right) == 1, part[:80]
        found.append(Question({letter: title for letter, title, _ in dropdowns}, right[0]))
    return found


@pytest.fixture(scope="module")
def asked(root: Path) -> list[Question]:
    return [one for name in CHAPTERS for one in questions((root / "book" / f"{name}.md").read_text())]


def test_each_letter_is_right_often_enough(asked: list[Question]) -> None:
    right = Counter(question.right for question in asked)
    assert all(right[letter] >= 5 for letter in "ABC"), right


def test_the_longest_option_is_right_now_and_then(asked: list[Question]) -> None:
    assert 4 <= sum(question.right == question.longest for question in asked) <= 12


def british(text: str) -> list[str]:
    for pattern in (FRONT_MATTER, FENCE, LINK):
        text = without(pattern, text)
    return [
        f"{number}: {match[0]}" for number, line in enumerate(text.split("\n"), 1) for match in BRITISH.finditer(line)
    ]


def test_spelling_is_american(root: Path) -> None:
    pages = [*root.glob("book/*.md"), *root.glob("exercises/*/*.md"), root / "README.md", root / "ARCHITECTURE.md"]
    found = {str(page.relative_to(root)): british(page.read_text()) for page in sorted(pages)}
    assert {page: words for page, words in found.items() if words} == {}


def test_british_forms_are_told_from_names_and_code() -> None:
    assert british("The modelled behaviour\n\ntends towards its centre.") == [
        "1: modelled",
        "1: behaviour",
        "3: towards",
        "3: centre",
    ]
    assert british("Precise noise promises exercises; {ref}`exchangeability-relabelling` and `colour` are names.") == []
    assert british('```{code-cell} ipython3\ncentre = "grey"\n```\n[text](https://example.org/colour)') == []


@pytest.mark.parametrize("chapter", SHORT)
def test_a_chapter_is_neither_short_nor_long(root: Path, chapter: str) -> None:
    text = (root / "book" / f"{chapter}.md").read_text()
    for pattern in (FRONT_MATTER, FENCE, DROPDOWN, OPTION, DISPLAY):
        text = without(pattern, text)
    text = re.sub(f"{LINK}|{FORMULA}", "x", text, flags=re.MULTILINE)  # Read as one word.
    assert 2000 <= len(re.findall(r"[A-Za-z][\w'’-]*", text)) <= 2600
