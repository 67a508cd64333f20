"""What grading prints: progress, and a summary that a person can read."""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from . import gradebook, kernel, runner
from .gradebook import Result

#: Students listed by name; a larger class is in the CSV file.
_LISTED = 40


def grade_and_show(folder: Path) -> None:
    """Grade the course, with a progress bar, then say what came of it."""
    console = Console()
    waiting, strays = runner.submissions(folder)
    console.print(f"[bold red]Warning:[/] {kernel.WARNING}\n")
    by_assignment: dict[str, list[Result]] = defaultdict(list)
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=len(waiting))
        for result in runner.grade(folder):
            by_assignment[result.assignment].append(result)
            progress.update(task, advance=1, description=escape(result.student))
    for assignment, results in by_assignment.items():
        table = folder / "grades" / f"{assignment}.csv"
        gradebook.export(results, table)
        _show_results(console, assignment, results)
        console.print(f"Marks: {table}\nFeedback: {folder / 'feedback'}\n", soft_wrap=True)
    for stray in strays:
        console.print(f"[red]Left out:[/] {escape(stray)}", soft_wrap=True, highlight=False)


def _show_results(console: Console, assignment: str, results: Sequence[Result]) -> None:
    console.rule(f"{assignment}: {len(results)} handed in", align="left")
    for result in results[:_LISTED]:
        unread = sum(part.max_points for part in result.parts if part.points is None)
        to_read = f", {unread:g} more for a person to give" if unread else ""
        console.print(
            f"[bold]{escape(result.student)}[/]: {result.score:g} of {result.max_score - unread:g} points{to_read}"
        )
        for part in result.parts:
            if part.message:
                lost = f"{part.max_points - (part.points or 0):g}"
                console.print(
                    f"  [red]−{lost}[/] {part.title}: {escape(part.message)}", soft_wrap=True, highlight=False
                )
        if result.problem:
            console.print(f"  [red]{escape(result.problem)}[/]", soft_wrap=True, highlight=False)
    if len(results) > _LISTED:
        console.print(f"… and {len(results) - _LISTED} more.")
    console.print()
    console.print(_parts_table([result for result in results if not result.problem]))
    if troubled := [result.student for result in results if result.problem]:
        console.print(f"With a problem: {escape(', '.join(troubled))}")


def _parts_table(graded: Sequence[Result]) -> Table:
    table = Table("part")
    for column in ("right", "points on average", "of"):
        table.add_column(column, justify="right")
    for same in zip(*(result.parts for result in graded), strict=True):
        points = [part.points for part in same if part.points is not None]
        right = f"{sum(p == same[0].max_points for p in points)} of {len(points)}" if points else "to read"
        average = f"{sum(points) / len(points):.2f}" if points else ""
        table.add_row(same[0].title, right, average, f"{same[0].max_points:g}")
    return table
