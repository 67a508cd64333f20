"""What grading prints: progress, and a summary that a person can read."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from . import classreport, gradebook, runner
from .changes import Change
from .classreport import PartSummary, by_part, plain, unread, was_graded
from .doctor import Finding
from .executors import Grader
from .gradebook import Result
from .options import Options
from .runner import Graded

#: Students listed by name; a larger class is in the CSV file and in the class report.
_LISTED = 40
#: Seconds over which the rate is taken, so long that slow submissions have one too.
_WINDOW = 600


_UNWALLED = (
    "Submissions run WITHOUT a sandbox: their code can read and change whatever you can, this course's solutions and "
    "gradebook included. Grade only people you trust so, or on a machine that holds nothing else."
)


def grade_and_show(folder: Path, options: Options, started: Grader | None = None) -> int:
    """Grade the course, with a progress bar, then say what came of it; return 130 if it was stopped by Ctrl-C."""
    console = Console()
    waiting, strays = runner.submissions(folder)
    waiting = runner.of_assignments(waiting, options)
    if options.trusted:
        console.print(f"[bold red]Warning:[/] {_UNWALLED}\n")
    graded: list[Graded] = []
    stopped = False
    with progress(console, len(waiting)) as bar:
        try:
            for one in runner.grade(folder, options, started):
                graded.append(one)
                bar.advance(one.result.student)
        except KeyboardInterrupt:
            stopped = True
    if stopped:
        show_stopped(console, len(graded), len(waiting))
        return 130
    by_assignment: dict[str, list[Result]] = defaultdict(list)
    for one in sorted(graded, key=lambda one: one.result.student):
        by_assignment[one.result.assignment].append(one.result)
    for assignment, results in by_assignment.items():
        table, page = (folder / "grades" / f"{assignment}{suffix}" for suffix in (".csv", ".html"))
        gradebook.export(results, table)
        classreport.write(results, page)
        asked = [result for result in results if result.student in (options.students or [result.student])]
        show_results(console, assignment, asked)
        console.print(f"Marks: {table}\nClass report: {page}\nFeedback: {folder / 'feedback'}\n", soft_wrap=True)
    show_changes(console, [change for one in graded for change in one.changes])
    if unchanged := sum(not one.fresh for one in graded):
        console.print(f"{unchanged} of {len(graded)} had not changed since they were graded.")
    for stray in strays:
        _say(console, "[red]Left out:[/] ", stray)
    return 0


def show_findings(findings: Sequence[Finding]) -> int:
    """What this machine offers for grading; return 1 if something that is needed is missing."""
    console = Console()
    for finding in findings:
        sign = "[green]✓[/]" if finding.found else "[red]✗[/]" if finding.needed else "[yellow]–[/]"
        _say(console, f"{sign} {finding.what}: ", finding.says)
        if not finding.found:
            _say(console, "    ", finding.advice)
    missing = [finding.what for finding in findings if finding.needed and not finding.found]
    console.print(f"\nMissing: {', '.join(missing)}." if missing else "\nReady to grade.")
    return int(bool(missing))


@dataclass(frozen=True)
class Bar:
    """A progress bar on the screen."""

    progress: Progress
    task: TaskID

    def advance(self, name: str) -> None:
        """One more is done; ``name`` says whose."""
        self.progress.update(self.task, advance=1, description=_safe(name))


class _Rate(ProgressColumn):
    """How fast it goes, in the unit that makes a number above one."""

    max_refresh = 0.5

    def render(self, task: Task) -> Text:
        per_second = task.finished_speed or task.speed or 0
        if per_second >= 1:
            return Text(f"{per_second:.1f} per second")
        return Text(f"{60 * per_second:.1f} per minute" if per_second else "")


@contextmanager
def progress(console: Console, total: int) -> Iterator[Bar]:
    """A bar with the number done, the rate and the time left."""
    columns = (
        TextColumn("Grading"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
        TextColumn("left"),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, speed_estimate_period=_WINDOW) as shown:
        yield Bar(shown, shown.add_task("", total=total))


def show_results(console: Console, assignment: str, results: Sequence[Result]) -> None:
    """Points and remarks of each student of an assignment, how each part went, and who had a problem."""
    console.rule(f"{_safe(assignment)}: {len(results)} handed in", align="left")
    for result in results[:_LISTED]:
        waiting = unread(result)
        to_read = f", {waiting:g} more for a person to give" if waiting else ""
        points = f"{result.score:g} of {result.max_score - waiting:g} points{to_read}"
        console.print(f"[bold]{_safe(result.student)}[/]: {points}")
        for part in result.parts:
            if part.message:
                lost = f"{part.max_points - (part.points or 0):g}"
                _say(console, f"  [red]−{lost}[/] {_safe(part.title)}: ", part.message)
        if result.problem:
            _say(console, "  ", result.problem, style="red")
    if len(results) > _LISTED:
        console.print(f"… and {len(results) - _LISTED} more.")
    console.print()
    console.print(_parts_table(by_part(list(filter(was_graded, results)))))
    if troubled := [result.student for result in results if result.problem]:
        console.print(f"With a problem: {', '.join(map(_safe, troubled))}")


def show_changes(console: Console, changes: Sequence[Change]) -> None:
    """The marks that grading again has changed, if it has."""
    if not changes:
        return
    table = Table("student", "part", title=f"Marks that changed: {len(changes)}", title_justify="left")
    for column in ("before", "after"):
        table.add_column(column, justify="right")
    table.add_column("why")
    for change in changes:
        before, after = ("–" if points is None else f"{points:g}" for points in (change.before, change.after))
        table.add_row(_safe(change.student), _safe(change.part), before, after, change.why)
    console.print(table)


def show_stopped(console: Console, done: int, total: int) -> None:
    """That grading was stopped, and what becomes of the rest."""
    console.print(f"Stopped: {done} of {total} submissions are graded. The next run goes on from there.")


def _safe(text: str) -> str:
    """Text by a student, without what a terminal or the console's markup would obey."""
    return escape(plain(text))


def _say(console: Console, label: str, text: str, style: str = "") -> None:
    console.print(f"{label}{_safe(text)}", style=style, soft_wrap=True, highlight=False)


def _parts_table(parts: Sequence[PartSummary]) -> Table:
    table = Table("part")
    for column in ("right", "points on average", "of"):
        table.add_column(column, justify="right")
    for part in parts:
        right = f"{part.right} of {len(part.points)}" if part.points else "to read"
        average = f"{part.average:.2f}" if part.points else ""
        table.add_row(_safe(part.title), right, average, f"{part.max_points:g}")
    return table
