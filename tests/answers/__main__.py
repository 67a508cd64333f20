"""How many hints name the mistake? `python -m tests.answers HINTS.json` compares sentences with the labels.

The file holds, for each exercise, a sentence for each answer: `{"pooling": {"rates | survival": "That is ..."}}`,
by `task | odd`. An empty sentence, or none, is silence.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.answers.exercise import NAMES, answers, key

Hints = dict[str, dict[str, str]]


def outcome(answer: dict[str, Any], sentence: str) -> str:
    """What a sentence is to an answer that is wrong: fitting, silent or misleading; to a right one: quiet or unfair."""
    sentence = " ".join(sentence.split()).lower()
    if answer["verdict"] == "right":
        return "unfair" if sentence else "quiet"
    if not sentence:
        return "silent"
    return "fitting" if re.search(answer["fits"], sentence) else "misleading"


def compare(hints: Hints) -> tuple[dict[str, Counter[str]], list[str]]:
    """Outcomes counted for each exercise, for models and for all, and a line for each sentence that does not fit."""
    rows: dict[str, Counter[str]] = {name: Counter() for name in (*NAMES, "all models", "all")}
    lines = []
    for name in NAMES:
        given = hints.get(name, {})
        unknown = given.keys() - {key(answer) for answer in answers(name)}
        if unknown:
            raise ValueError(f"each hint must be for an answer, not for {name}'s {min(unknown)!r}")
        for answer in answers(name):
            sentence = given.get(key(answer), "")
            result = outcome(answer, sentence)
            for row in (name, "all", *(["all models"] if answer["task"] == "model" else [])):
                rows[row][result] += 1
            if result in ("misleading", "unfair"):
                lines.append(f"{name}, {key(answer)}: {sentence}\n    {answer.get('mistake', 'is right')}")
    return rows, lines


def main(path: str) -> None:
    """Prints the shares for each exercise, then what did not fit."""
    rows, lines = compare(json.loads(Path(path).read_text(encoding="utf-8")))
    outcomes = ("fitting", "silent", "misleading")
    print(f"{'':18}{'wrong':>7}" + "".join(f"{result:>12}" for result in outcomes) + f"{'right':>8}{'unfair':>8}")
    for row, count in rows.items():
        wrong = sum(count[result] for result in outcomes)
        shares = "".join(f"{count[result] / max(wrong, 1):12.0%}" for result in outcomes)
        print(f"{row:18}{wrong:7}{shares}{count['quiet'] + count['unfair']:8}{count['unfair']:8}")
    print("", *lines, sep="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.answers HINTS.json")
    main(sys.argv[1])
