"""Grades the attacks and prints what came of each: ``python -m tests.attacks.table [PATTERN ...]``."""

import fnmatch
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from . import classroom, corpus
from .classroom import Outcome


def main(patterns: Sequence[str]) -> int:
    """Print the table of the attacks whose names fit; return 1 if one of them did not hold."""
    chosen = [
        attack
        for attack in corpus.attacks()
        if not patterns or any(fnmatch.fnmatch(attack.name, pattern) for pattern in patterns)
    ]
    outcomes = sorted(classroom.grade(chosen), key=lambda outcome: outcome.attack.name)
    # Wide enough to be read where the output is no terminal.
    console = Console(width=None if sys.stdout.isatty() else 180)
    console.print(_table(outcomes))
    failed = sum(bool(outcome.faults) for outcome in outcomes)
    console.print(
        f"{len(outcomes)} attacks, {failed} of which did not hold." if failed else f"All {len(outcomes)} held."
    )
    return int(failed > 0)


def _table(outcomes: Sequence[Outcome]) -> Table:
    table = Table("attack", "what it tries", "points", "its row", "held")
    for outcome in outcomes:
        held = f"[red]no: {_shown('; '.join(outcome.faults))}[/]" if outcome.faults else "yes"
        points = f"{outcome.seen.result.score:g} of {corpus.FULL:g}"
        told = _shown(outcome.seen.told[:160])
        table.add_row(outcome.attack.name, escape(outcome.attack.tries), points, told, held)
    return table


def _shown(text: str) -> str:
    """Text that an attack may have made, fit for a terminal."""
    return escape("".join(c if c.isprintable() else ascii(c)[1:-1] for c in text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
